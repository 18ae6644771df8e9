"""aircraft.json, tidy and messy."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flighttracker.errors import SourceError
from flighttracker_generator.simulation.states import country_of_address
from flighttracker_generator.sources.readsb_aircraft import read_aircraft

TIDY: dict[str, Any] = {
    "hex": "4b1801", "flight": "SWR123  ", "r": "HB-JDA", "t": "A20N", "desc": "AIRBUS A-320neo", "ownOp": "SWISS",
    "alt_baro": 36000, "alt_geom": 36600, "gs": 450.0, "track": 271.5, "baro_rate": -64, "squawk": "2713",
    "lat": 47.1, "lon": 8.2, "seen_pos": 0.4, "seen": 0.1, "messages": 812, "rssi": -12.3,
}  # fmt: skip


def answer(*aircraft: dict[str, Any]) -> bytes:
    return json.dumps({"now": 1750588112.5, "messages": 1, "aircraft": aircraft}).encode()


def test_aircraft_becomes_a_position_in_si_units() -> None:
    (position,) = read_aircraft(answer(TIDY)).positions
    assert (position.callsign, position.registration, position.aircraft_type) == ("SWR123", "HB-JDA", "A20N")
    assert (position.operator, position.origin_country) == ("SWISS", "Switzerland")
    assert position.baro_altitude_m == pytest.approx(10972.8)
    assert position.geo_altitude_m == pytest.approx(11155.68)
    assert position.ground_speed_mps == pytest.approx(231.5)
    assert position.vertical_rate_mps == pytest.approx(-0.32512)
    assert (position.position_time, position.last_contact) == (1750588112_100, 1750588112_400)
    assert position.status == "cruising"


def test_aircraft_on_the_ground_has_no_altitude() -> None:
    taxiing = {**TIDY, "alt_baro": "ground", "gs": 12, "track": None, "true_heading": 140.6, "baro_rate": None}
    (position,) = read_aircraft(answer(taxiing)).positions
    assert (position.on_ground, position.baro_altitude_m, position.status) == (True, None, "taxiing")
    assert position.track_deg == 140.6


def test_geometric_rate_stands_in_for_the_barometric_one() -> None:
    aircraft = {name: value for name, value in TIDY.items() if name != "baro_rate"} | {"geom_rate": 1920}
    (position,) = read_aircraft(answer(aircraft)).positions
    assert position.status == "climbing"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"hex": "~2b1801"}, "non_icao_address"),
        ({"hex": None}, "malformed"),
        ({"hex": "zz"}, "malformed"),
        ({"lat": None}, "no_position"),
        ({"lon": "8.2"}, "no_position"),
    ],
)
def test_unusable_aircraft_is_counted_and_the_others_are_kept(changes: dict[str, Any], reason: str) -> None:
    result = read_aircraft(answer({**TIDY, **changes}, TIDY))
    assert dict(result.skipped) == {reason: 1}
    assert len(result.positions) == 1


def test_bare_aircraft_is_enough() -> None:
    (position,) = read_aircraft(answer({"hex": "ABCDEF", "lat": 1, "lon": 2})).positions
    assert (position.icao24, position.callsign, position.squawk, position.status) == ("abcdef", "", "", "unknown")


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"nothing", "not_json"), (b'{"aircraft": []}', "wrong_shape"), (b'{"now": 1, "aircraft": [1]}', "wrong_shape")],
)
def test_another_answer_is_an_error_with_a_stable_reason(body: bytes, reason: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_aircraft(body)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("address", "country"),
    [
        (0x3C6444, "Germany"), (0xA00001, "United States"), (0x789123, "Hong Kong"), (0x780123, "China"),
        (0x78A123, "China"), (0x7BFFFF, "China"), (0x4CA123, "Ireland"), (0x000001, ""), (0xFFFFFF, ""),
        (0x894400, "Bahrain"),
    ],
)  # fmt: skip
def test_country_follows_from_the_address(address: int, country: str) -> None:
    assert country_of_address(address) == country
