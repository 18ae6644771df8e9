"""Values of one aircraft in aircraft.json, tidy and messy."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flighttracker_generator.sources.kinds import Wanted
from flighttracker_generator.sources.readsb_aircraft import read_aircraft
from flighttracker_generator.sources.timeline import Timeline
from tests.unit.generator.sources.readsb_answers import TIDY, answer, read


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
        ({"lat": 0, "lon": 0}, "no_position"),
        ({"validposition": 0}, "no_position"),
        ({"lat": None, "rr_lat": 47.0, "rr_lon": 8.0}, "no_position"),
        ({"lon": "east"}, "bad_position"),
        ({"lat": 90.5}, "bad_position"),
        ({"hex": "2b1801", "type": "tisb_other"}, "non_icao_address"),
        ({"hex": 484175}, "malformed"),
        ({"category": "C1"}, "surface_vehicle"),
        ({"category": "c2 ", "alt_baro": "ground"}, "surface_vehicle"),
        ({"category": "C3"}, "obstacle"),
        ({"t": "GRND"}, "surface_vehicle"),
        ({"t": "TWR", "category": ["C3"]}, "obstacle"),
        ({"hex": "ffffff"}, "malformed"),
        ({"hex": "4b18011"}, "malformed"),
    ],
)
def test_unusable_aircraft_is_counted_and_the_others_are_kept(changes: dict[str, Any], reason: str) -> None:
    result = read_aircraft(answer({**TIDY, **changes}, TIDY))
    assert dict(result.losses.records) == {reason: 1}
    assert len(result.positions) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"alt_baro": 195200}, "baro_altitude_m"),
        ({"alt_baro": "high"}, "baro_altitude_m"),
        ({"alt_geom": -99999}, "geo_altitude_m"),
        ({"gs": -1}, "ground_speed_mps"),
        ({"gs": True}, "ground_speed_mps"),
        ({"track": 360.4}, "track_deg"),
        ({"track": [1]}, "track_deg"),
        ({"baro_rate": 90000}, "vertical_rate_mps"),
        ({"squawk": "8123"}, "squawk"),
        ({"squawk": 12345}, "squawk"),
        ({"flight": ["SWR123"]}, "callsign"),
        ({"r": {}}, "registration"),
        ({"t": True}, "aircraft_type"),
        ({"ownOp": ["SWISS"]}, "operator"),
    ],
)
def test_impossible_value_is_unknown_and_the_position_is_kept(changes: dict[str, Any], field: str) -> None:
    result = read_aircraft(answer(TIDY | changes))
    (position,) = result.positions
    assert getattr(position, field) in (None, "")
    assert dict(result.losses.fields) == {field: 1}
    assert result.losses.examples[field].endswith("of 4b1801")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"emergency": "tired"}, "emergency"),
        ({"seen": "x"}, "seen"),
        ({"seen_pos": -9}, "seen_pos"),
        ({"ground": "perhaps"}, "on_ground"),
    ],
)
def test_value_that_becomes_no_field_is_counted_too(changes: dict[str, Any], field: str) -> None:
    result = read_aircraft(answer(TIDY | changes))
    assert len(result.positions) == 1
    assert dict(result.losses.fields) == {field: 1}


def test_second_name_stands_in_for_an_impossible_value() -> None:
    position = read(TIDY | {"alt_baro": 195200, "altitude": 36000, "baro_rate": "x", "geom_rate": -1920})
    assert position.baro_altitude_m == pytest.approx(10972.8)
    assert position.status == "descending"


def test_texts_are_read_as_numbers_and_numbers_as_texts() -> None:
    texts = {
        "lat": "47.1",
        "lon": " 8.2",
        "alt_baro": "36000",
        "gs": "450.0",
        "seen_pos": "0.4",
        "squawk": 21,
        "flight": 123,
    }
    position = read(TIDY | texts)
    assert (position.latitude_deg, position.longitude_deg) == (47.1, 8.2)
    assert position.baro_altitude_m == pytest.approx(10972.8)
    assert (position.squawk, position.callsign, position.position_time) == ("0021", "123", 1750588112_100)


@pytest.mark.parametrize("emergency", ["general", "nordo", "unlawful", "downed", 1, "4", "General "])
def test_emergency_beside_an_ordinary_squawk_is_an_emergency(emergency: object) -> None:
    assert read(TIDY | {"emergency": emergency}).status == "emergency"


@pytest.mark.parametrize(
    ("declared", "status"),
    [
        ("lifeguard", "lifeguard"),
        ("medical", "lifeguard"),
        (2, "lifeguard"),
        ("minfuel", "minimum_fuel"),
        ("3", "minimum_fuel"),
        ("none", "cruising"),
        ("reserved", "cruising"),
        (0, "cruising"),
        (7, "cruising"),
        (None, "cruising"),
        ("", "cruising"),
    ],
)
def test_priority_without_distress_is_a_status_of_its_own(declared: object, status: str) -> None:
    result = read_aircraft(answer(TIDY | {"emergency": declared}))
    assert result.positions[0].status == status
    assert not result.losses.fields


@pytest.mark.parametrize("declared", ["lifeguard", "minfuel"])
def test_a_squawk_of_distress_is_an_emergency_whatever_else_is_declared(declared: str) -> None:
    assert read(TIDY | {"emergency": declared, "squawk": "7700"}).status == "emergency"


@pytest.mark.parametrize("age", [None, "", "x", -9])
def test_a_position_without_a_usable_age_is_new_only_at_another_place(age: object) -> None:
    undated = TIDY | {"seen_pos": age}
    assert read_aircraft(answer(undated)).undated == {"4b1801"}
    assert read_aircraft(answer(TIDY)).undated == set()
    without_any_age = [undated | {"seen": age, "messages": count} for count in (10, 11)]
    first, second = (read_aircraft(answer(record)).fingerprints for record in without_any_age)
    assert first == second


@pytest.mark.parametrize("seen", [0, 0.3, None])
def test_a_squawk_is_news_also_of_a_position_without_an_age(seen: object) -> None:
    timeline, heard = Timeline("readsb", 200), []
    for second in range(0, 60, 5):
        now_s = 1750588112 + second
        record = TIDY | {
            "seen_pos": None,
            "seen": seen,
            "messages": second,
            "squawk": "7700" if second >= 30 else "1000",
        }
        body = json.dumps({"now": now_s, "aircraft": [record]}).encode()
        heard += timeline.hear(read_aircraft(body), now_s * 1000).positions
    assert [(flight.squawk, flight.status) for flight in heard][-1] == ("7700", "emergency")
    assert {flight.position_time for flight in heard} == {heard[0].position_time}
    contacts_ms = {flight.last_contact - heard[0].last_contact for flight in heard}
    assert max(contacts_ms) == (50_000 if seen is not None else 30_000)


@pytest.mark.parametrize("seen", [None, "", "x", -9])
def test_an_aircraft_was_last_heard_when_its_position_was_if_nothing_else_is_known(seen: object) -> None:
    position = read(TIDY | {"seen": seen, "seen_pos": 30.5})
    assert position.position_time == position.last_contact == 1750588112_500 - 30_500


def test_last_known_position_has_its_own_age() -> None:
    lost = {name: value for name, value in TIDY.items() if name not in ("lat", "lon", "seen_pos")}
    lost |= {
        "lastPosition": {"lat": 47.0, "lon": 8.0, "nic": 8, "rc": 186, "seen_pos": 75.5},
        "rr_lat": 1.0,
        "rr_lon": 2.0,
    }
    position = read(lost)
    assert (position.latitude_deg, position.longitude_deg) == (47.0, 8.0)
    assert (position.position_time, position.last_contact) == (1750588037_000, 1750588112_400)


def test_regular_position_comes_before_the_last_known_one() -> None:
    position = read(TIDY | {"lastPosition": {"lat": 1.0, "lon": 2.0, "seen_pos": 75.5}})
    assert (position.latitude_deg, position.position_time) == (47.1, 1750588112_100)


@pytest.mark.parametrize(
    ("ages", "position_ms"),
    [
        ({"seen": 3.0, "seen_pos": 1.0}, 1750588109_500),
        ({"seen": 3.0, "seen_pos": None}, 1750588109_500),
        ({"seen": None, "seen_pos": 4.0}, 1750588108_500),
        ({"seen": -0.3, "seen_pos": -0.2}, 1750588112_500),
    ],
)
def test_position_is_never_younger_than_the_last_message(ages: dict[str, Any], position_ms: int) -> None:
    assert read(TIDY | ages).position_time == position_ms


@pytest.mark.parametrize(
    ("sent", "icao24"), [("6abcd", "06abcd"), ("43FF", "0043ff"), ("0x4B1801", "4b1801"), (" 4b1801", "4b1801")]
)
def test_address_without_its_leading_zeros_is_completed(sent: str, icao24: str) -> None:
    assert read(TIDY | {"hex": sent}).icao24 == icao24


def test_heading_is_no_track_in_the_air() -> None:
    assert read(TIDY | {"track": None, "true_heading": 140.6, "mag_heading": 138.0}).track_deg is None
    assert read(TIDY | {"track": None, "calc_track": 268, "true_heading": 140.6}).track_deg == 268.0


def test_unknown_speed_on_the_ground_is_not_taxiing() -> None:
    assert read(TIDY | {"alt_baro": "ground", "gs": None}).status == "unknown"


@pytest.mark.parametrize("filler", ["@@@@@@@@", "????????", "        ", "00000000", "________", "\x00\x00", None])
def test_filler_is_no_callsign(filler: object) -> None:
    assert read(TIDY | {"flight": filler}).callsign == ""


def test_filler_around_a_callsign_is_cut() -> None:
    assert read(TIDY | {"flight": "SWR12@@@"}).callsign == "SWR12"


ALL = Wanted(vehicles=True, non_icao_addresses=True)


@pytest.mark.parametrize("category", ["A0", "A7", "B1", "B2", "B6", "C0", "C6", "D1", "", None, 3, "helicopter"])
def test_every_other_category_is_an_aircraft(category: object) -> None:
    assert read(TIDY | {"category": category}).icao24 == "4b1801"


def test_vehicles_and_obstacles_are_shown_if_wanted() -> None:
    body = answer(TIDY | {"category": "C2"}, TIDY | {"hex": "4b1802", "category": "C3"})
    assert [(flight.icao24, flight.category) for flight in read_aircraft(body, 0, ALL).positions] == [
        ("4b1801", "service_vehicle"),
        ("4b1802", "obstacle"),
    ]


@pytest.mark.parametrize(
    ("changes", "category"),
    [
        ({"category": "A1"}, "light"),
        ({"category": " a5"}, "heavy"),
        ({"category": "A7", "t": "GLID"}, "rotorcraft"),
        ({"category": "A0", "t": "BALL"}, "lighter_than_air"),
        ({"category": None, "t": "gyro"}, "rotorcraft"),
        ({"category": "B3"}, "parachutist"),
        ({"category": "B6"}, "drone"),
        ({"category": "C1"}, "emergency_vehicle"),
        ({"category": None, "t": "SERV"}, "service_vehicle"),
        ({"category": "C5"}, "obstacle"),
        ({"category": "C7"}, "unknown"),
        ({"category": None}, "unknown"),
        ({"category": ""}, "unknown"),
    ],
)
def test_category_follows_from_the_code_or_the_designator(changes: dict[str, Any], category: str) -> None:
    (flight,) = (result := read_aircraft(answer(TIDY | changes), 0, ALL)).positions
    assert flight.category == category
    assert "category" not in result.losses.fields


@pytest.mark.parametrize("code", [3, "helicopter", ["A1"], "E1", True, "A9"])
def test_category_that_does_not_exist_is_lost_and_counted(code: object) -> None:
    result = read_aircraft(answer(TIDY | {"category": code}))
    assert [flight.category for flight in result.positions] == ["unknown"]
    assert result.losses.fields["category"] == 1


@pytest.mark.parametrize(
    ("changes", "address_type"),
    [
        ({"type": "adsb_icao"}, "adsb_icao"),
        ({"type": "adsb_icao_nt"}, "adsb_icao_nt"),
        ({"type": "ADSR_ICAO "}, "adsr_icao"),
        ({"type": "mlat"}, "mlat"),
        ({"type": "mode_s"}, "mode_s"),
        ({"type": "adsc"}, "adsc"),
        ({"type": "tisb_icao"}, "tisb_icao"),
        ({"type": "other"}, "other"),
        ({"type": "tisb_trackfile", "hex": "~2a1b3c"}, "tisb_trackfile"),
        ({"type": "adsb_icao", "hex": "~2a1b3c"}, "non_icao"),
        ({"type": None, "hex": "~2a1b3c"}, "non_icao"),
        ({"type": None, "hex": "~2a1b3c", "tisb": ["lat", "lon"]}, "tisb_other"),
        ({"type": None, "mlat": ["lat", "lon", "track"], "tisb": []}, "mlat"),
        ({"type": None, "mlat": [], "tisb": ["lat", "lon"]}, "tisb_icao"),
        ({"type": None, "mlat": ["gs"], "tisb": []}, "adsb_icao"),
        ({"type": None, "mlat": None, "tisb": None}, "unknown"),
        ({"type": "", "mlat": None, "tisb": None}, "unknown"),
    ],
)
def test_how_the_position_was_obtained_follows_from_the_message(changes: dict[str, Any], address_type: str) -> None:
    (flight,) = (result := read_aircraft(answer(TIDY | changes), 0, ALL)).positions
    assert flight.address_type == address_type
    assert "address_type" not in result.losses.fields


@pytest.mark.parametrize("sent", ["satellite", 7, ["mlat"], False])
def test_a_message_type_that_does_not_exist_is_lost_and_counted(sent: object) -> None:
    result = read_aircraft(answer(TIDY | {"type": sent, "mlat": None}))
    assert [flight.address_type for flight in result.positions] == ["unknown"]
    assert result.losses.fields["address_type"] == 1


@pytest.mark.parametrize("target", [{"hex": "~2a1b3c"}, {"hex": "2a1b3c", "type": "adsb_other"}])
def test_address_that_is_not_icaos_is_shown_if_wanted_and_has_no_country(target: dict[str, Any]) -> None:
    result = read_aircraft(answer(TIDY, TIDY | target), 0, ALL)
    assert [(flight.icao24, flight.origin_country) for flight in result.positions] == [
        ("4b1801", "Switzerland"),
        ("2a1b3c", ""),
    ]


def test_address_that_is_not_icaos_never_takes_the_place_of_an_aircraft() -> None:
    result = read_aircraft(answer(TIDY | {"hex": "~4b1801", "lat": 1.0}, TIDY), 0, ALL)
    assert [flight.latitude_deg for flight in result.positions] == [47.1]
    assert dict(result.losses.records) == {"non_icao_address": 1}
