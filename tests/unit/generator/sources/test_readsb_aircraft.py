"""aircraft.json, tidy and messy."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flighttracker.errors import SourceError
from flighttracker.flight import FlightPosition
from flighttracker_generator.sources.kinds import Wanted
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


def test_bare_aircraft_is_enough() -> None:
    (position,) = read_aircraft(answer({"hex": "ABCDEF", "lat": 1, "lon": 2})).positions
    assert (position.icao24, position.callsign, position.squawk, position.status) == ("abcdef", "", "", "unknown")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"nothing", "not_json"),
        (b"<html>404</html>", "not_json"),
        (b'{"now": 1}', "wrong_shape"),
        (b'{"now": 1, "aircraft": {"4b1801": {}}}', "wrong_shape"),
        (b'"aircraft"', "wrong_shape"),
    ],
)
def test_another_answer_is_an_error_with_a_stable_reason(body: bytes, reason: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_aircraft(body)
    assert caught.value.reason == reason


def read(aircraft: dict[str, Any]) -> FlightPosition:
    (position,) = read_aircraft(answer(aircraft)).positions
    return position


WITHOUT_VALUES = {"hex": "4b1801", "lat": 47.1, "lon": 8.2, "seen_pos": 0.4, "seen": 0.1}


def test_names_of_the_older_dump1090_are_read() -> None:
    old = {"altitude": 17350, "vert_rate": -832, "speed": 322, "track": 97, "squawk": "3370", "flight": "LEGACY1 "}
    position = read(WITHOUT_VALUES | old)
    assert position.baro_altitude_m == pytest.approx(5288.28)
    assert position.ground_speed_mps == pytest.approx(165.65, abs=0.01)
    assert position.vertical_rate_mps == pytest.approx(-4.227, abs=0.001)
    assert (position.on_ground, position.status, position.squawk) == (False, "descending", "3370")


@pytest.mark.parametrize(
    "ground", [{"altitude": "ground"}, {"alt_baro": "ground"}, {"alt_baro": "Ground", "altitude": 0}]
)
def test_ground_is_an_altitude_in_every_generation(ground: dict[str, Any]) -> None:
    position = read(WITHOUT_VALUES | ground | {"speed": 14})
    assert (position.on_ground, position.baro_altitude_m, position.status) == (True, None, "taxiing")


def test_list_without_anything_around_it_is_an_answer_of_the_first_dump1090() -> None:
    body = b"""[{"hex":"71c228", "squawk":"0000", "flight":"KAL138  ", "lat":13.940673, "lon":144.760967,
    "validposition":1, "altitude":40000, "vert_rate":0, "track":315, "validtrack":1, "speed":476,
    "messages":46, "seen":19},
    {"hex":"ae038a", "squawk":"0000", "flight":"", "lat":0.000000, "lon":0.000000,
    "validposition":0, "altitude":0,
    "vert_rate":0, "track":0, "validtrack":0, "speed":0, "messages":1, "seen":8}]"""
    result = read_aircraft(body, received_ms=1750588112_500)
    (position,) = result.positions
    assert (position.icao24, position.callsign, position.track_deg) == ("71c228", "KAL138", 315.0)
    assert position.position_time == position.last_contact == 1750588093_500
    assert dict(result.losses.records) == {"no_position": 1}


@pytest.mark.parametrize("validity", [0, "0", False])
def test_track_that_is_not_valid_is_unknown(validity: object) -> None:
    assert read(WITHOUT_VALUES | {"track": 0, "validtrack": validity}).track_deg is None


@pytest.mark.parametrize("member", ["ac", "aircraft"])
@pytest.mark.parametrize("now", [1750588112.5, 1750588112500, "1750588112.5", "1750588112500"])
def test_answers_of_the_networks_are_read(member: str, now: float | str) -> None:
    body = json.dumps({member: [TIDY], "msg": "No error", "now": now, "total": 1, "ctime": 1750588112500, "ptime": 2})
    result = read_aircraft(body.encode())
    (position,) = result.positions
    assert (result.time_ms, position.position_time) == (1750588112_500, 1750588112_100)


def test_list_is_found_beside_a_member_without_one() -> None:
    body = json.dumps({"now": 1750588112.5, "aircraft": None, "ac": [TIDY]}).encode()
    assert len(read_aircraft(body).positions) == 1


def test_null_is_an_area_without_aircraft() -> None:
    assert read_aircraft(b'{"ac": null, "total": 0, "now": 1750588112500, "msg": "No error"}').positions == []


def test_uat_aircraft_of_dump978_is_read() -> None:
    uat = {
        "hex": "a66174", "type": "adsb_icao", "category": "A1", "emergency": "none", "flight": "N512DJ", "gs": 101.4,
        "lat": 42.35, "lon": -71.06, "alt_baro": 3325, "alt_geom": 3325, "geom_rate": -64, "mag_heading": 301,
        "messages": 214, "nac_p": 10, "rssi": -18.1, "seen": 0.3, "seen_pos": 0.3, "squawk": 1200, "uat_version": 2,
    }  # fmt: skip
    result = read_aircraft(answer(uat))
    (position,) = result.positions
    assert (position.callsign, position.squawk, position.status) == ("N512DJ", "1200", "cruising")
    assert position.track_deg is None
    assert not result.losses.fields


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
    [({"emergency": "tired"}, "emergency"), ({"seen": "x"}, "seen"), ({"seen_pos": -9}, "seen_pos")],
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


@pytest.mark.parametrize("priority", ["none", "lifeguard", "minfuel", "medical", "reserved", 0, "2", None, ""])
def test_priority_without_distress_is_no_emergency(priority: object) -> None:
    result = read_aircraft(answer(TIDY | {"emergency": priority}))
    assert result.positions[0].status == "cruising"
    assert not result.losses.fields


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


def test_record_that_is_no_object_is_lost_alone() -> None:
    body = json.dumps({"now": 1750588112.5, "aircraft": [None, 1, "x", [], TIDY]}).encode()
    result = read_aircraft(body)
    assert len(result.positions) == 1
    assert dict(result.losses.records) == {"malformed": 4}


@pytest.mark.parametrize("now", [b"null", b'"noon"', b"-1", b"{}"])
def test_answer_without_a_time_has_ours(now: bytes) -> None:
    result = read_aircraft(b'{"now": %b, "aircraft": [{"hex": "4b1801", "lat": 1, "lon": 2, "seen": 2}]}' % now, 9_000)
    assert result.positions[0].position_time == 7_000


def test_bytes_that_are_not_utf8_and_numbers_that_are_none_lose_their_field() -> None:
    body = answer(TIDY, TIDY | {"hex": "4b1802"})
    body = body.replace(b"450.0", b"NaN", 1).replace(b"271.5", b"-nan", 1).replace(b"36600", b"Infinity", 1)
    result = read_aircraft(body.replace(b"SWR123", b"SW\xff123", 1))
    first, second = result.positions
    assert (first.callsign, first.ground_speed_mps, first.track_deg, first.geo_altitude_m) == (
        "SW123",
        None,
        None,
        None,
    )
    assert (second.callsign, second.track_deg) == ("SWR123", 271.5)
    assert dict(result.losses.fields) == {"ground_speed_mps": 1, "track_deg": 1, "geo_altitude_m": 1}


ALL = Wanted(vehicles=True, non_icao_addresses=True)


@pytest.mark.parametrize("category", ["A0", "A7", "B1", "B2", "B6", "C0", "C6", "D1", "", None, 3, "helicopter"])
def test_every_other_category_is_an_aircraft(category: object) -> None:
    assert read(TIDY | {"category": category}).icao24 == "4b1801"


def test_vehicles_and_obstacles_are_shown_if_wanted() -> None:
    body = answer(TIDY | {"category": "C2"}, TIDY | {"hex": "4b1802", "category": "C3"})
    assert [flight.icao24 for flight in read_aircraft(body, 0, ALL).positions] == ["4b1801", "4b1802"]


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
