"""Answers of every program that writes aircraft.json: names, shapes and damage."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flighttracker.errors import SourceError
from flighttracker_generator.sources.readsb_aircraft import read_aircraft
from tests.unit.generator.sources.readsb_answers import TIDY, WITHOUT_VALUES, answer, read


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
