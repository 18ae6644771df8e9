"""The state of an address, compared with an independent table from ICAO Annex 10."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from flighttracker_generator.simulation.states import country_of_address, states

BLOCKS = Path(__file__).with_name("address_blocks.csv")
"""The state blocks of tar1090's `html/flags.js` (commit 9508b4e1), which follows ICAO Annex 10, Volume III, chapter 9.
Omitted: the parts that a state gives to its territories, and ICAO's own. Corrected: the code of the Cook Islands."""
SMALLEST_BLOCK = 0x400


def expected(address: int, blocks: list[tuple[int, int, str]]) -> str:
    """Return the state of the smallest block around an address; Hong Kong's lies within China's."""
    around = [(last - first, country) for first, last, country in blocks if first <= address <= last]
    return states()[min(around)[1]].name if around else ""


def test_every_address_belongs_to_the_state_of_annex_10() -> None:
    rows = csv.DictReader(BLOCKS.read_text(encoding="utf-8").splitlines())
    blocks = [(int(row["first"], 16), int(row["last"], 16), row["country"]) for row in rows]
    assert len(blocks) == 195
    wrong = {
        f"{address:06x}": (country_of_address(address), expected(address, blocks))
        for first in range(0, 1 << 24, SMALLEST_BLOCK)
        for address in (first, first + SMALLEST_BLOCK - 1)
        if country_of_address(address) != expected(address, blocks)
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("address", "country"),
    [
        (0x4D2401, "Malta"), (0x50051F, "San Marino"), (0x682455, "Mongolia"), (0x501900, "Croatia"),
        (0x0047FF, "Zimbabwe"), (0x004800, ""), (0x507800, "Uzbekistan"), (0x5077FF, ""), (0xF00001, ""),
        (0x3C6444, "Germany"), (0xA00001, "United States"), (0x789123, "Hong Kong"), (0x780123, "China"),
        (0x78A123, "China"), (0x7BFFFF, "China"), (0x4CA123, "Ireland"), (0x000001, ""), (0xFFFFFF, ""),
        (0x894400, "Bahrain"),
    ],
)  # fmt: skip
def test_country_follows_from_the_address(address: int, country: str) -> None:
    assert country_of_address(address) == country


VIRTUAL_RADAR = Path(__file__).with_name("virtual_radar_blocks.csv")
"""The civil state blocks of Virtual Radar Server's standing data (CC0-1.0, `code-blocks`, commit 1233707d), which
comes from none of the projects around dump1090. Omitted: military parts, blocks within another state's block, ICAO's
own. It follows Annex 10 of 2013 and what its users observed."""

FIRST_BLOCKS = """
AG AL AM AZ BA BB BJ BN BT BW BY BZ CK CV CY DJ EE ER FM GD GE GW KG KI KM KZ LC LS LU MC ME MH MK MR MU MV NA NR OM PW
SB SC SL ST SZ TJ TM TO TW VC VU WS ZW HR LT LV MD SI SK UZ
"""
"""Blocks of 1,024 addresses there. The table in use has twice as many: with what follows, or for the last seven, with
what precedes. Malta, Mongolia and San Marino fly with addresses of such a second half (next test)."""

OTHER_DIFFERENCES = {
    "CO": ("0ac000-0acfff", "0ac000-0adfff", "the block has been doubled, from 4,096 addresses"),
    "QA": ("06a000-06a3ff", "06a000-06afff", "the block is now four times as large"),
    "MN": ("682000-6824ff", "682000-6827ff", "theirs ends at the last address that somebody observed"),
    "SM": ("500000-5004ff", "500000-5007ff", "theirs ends at the last address that somebody observed"),
    "MT": ("4d2000-4d2fff", "4d2000-4d27ff", "theirs is rounded up; their last observed address is 4d2540"),
    "HK": ("", "789000-789fff", "theirs are single addresses within China's block, and 85 observed ones are in ours"),
    "AD": ("", "c91000-c917ff", "allocated after their table"),
    "DM": ("", "c92000-c927ff", "allocated after their table"),
    "KN": ("", "c93000-c937ff", "allocated after their table"),
    "SS": ("", "c94000-c947ff", "allocated after their table"),
    "TL": ("", "c95000-c957ff", "allocated after their table"),
    "TV": ("", "c97000-c977ff", "allocated after their table"),
}
"""Their block, ours, and the reason to keep ours."""


def test_every_difference_from_an_independent_table_is_decided() -> None:
    rows = csv.DictReader(VIRTUAL_RADAR.read_text(encoding="utf-8").splitlines())
    theirs = {row["country"]: (int(row["first"], 16), int(row["last"], 16)) for row in rows}
    ours = {country: (state.first_address, state.last_address) for country, state in states().items()}
    assert len(theirs) == 188
    assert len(FIRST_BLOCKS.split()) == 60
    different = {country for country in theirs | ours if theirs.get(country) != ours.get(country)}
    assert different == {*FIRST_BLOCKS.split(), *OTHER_DIFFERENCES}
    for country in FIRST_BLOCKS.split():
        first, last = theirs[country]
        assert last - first + 1 == 0x400, country
        assert ours[country] in ((first, last + 0x400), (first - 0x400, last)), country
    for country, (their_block, our_block, _) in OTHER_DIFFERENCES.items():
        assert _shown(theirs.get(country)) == their_block, country
        assert _shown(ours.get(country)) == our_block, country


def _shown(block: tuple[int, int] | None) -> str:
    return f"{block[0]:06x}-{block[1]:06x}" if block else ""


@pytest.mark.parametrize(
    ("address", "registration", "country"),
    [
        (0x4D2400, "9H-WAB", "Malta"), (0x4D2540, "9H-NEAH", "Malta"), (0x500402, "T7-ZAM", "San Marino"),
        (0x5004F0, "T7-BMB", "San Marino"), (0x682455, "JU-1109", "Mongolia"), (0x789208, "B-LVD", "Hong Kong"),
        (0x7892A9, "B-LMA", "Hong Kong"), (0x780034, "B-8293", "China"), (0x0AC170, "HK-4558", "Colombia"),
    ],
)  # fmt: skip
def test_aircraft_that_were_observed_have_the_country_of_their_registration(
    address: int, registration: str, country: str
) -> None:
    """Each is in the standing data's list of aircraft; 40 of its 10,181 with a prefix of one state contradict it."""
    assert country_of_address(address) == country, registration
