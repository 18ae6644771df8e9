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
