"""OpenSky's answers, tidy and messy."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flighttracker.bounding_box import BoundingBox
from flighttracker.errors import SourceError
from flighttracker_generator.sources.opensky import area_parameters
from flighttracker_generator.sources.opensky_states import read_states
from flighttracker_generator.sources.timeline import Timeline

TIDY: list[Any] = [
    "3c6444", "DLH4YA  ", "Germany", 1750588110, 1750588112, 8.5706, 50.0333, 10668.0, False, 231.5, 301.4, 0.0, None,
    10820.4, "1000", False, 0,
]  # fmt: skip


def answer(*vectors: list[Any]) -> bytes:
    return json.dumps({"time": 1750588112, "states": vectors}).encode()


def changed(**values: Any) -> list[Any]:
    vector = list(TIDY)
    for place, value in values.items():
        vector[int(place.removeprefix("at"))] = value
    return vector


def test_vector_becomes_a_position() -> None:
    (position,) = read_states(answer(TIDY)).positions
    assert (position.icao24, position.callsign, position.origin_country) == ("3c6444", "DLH4YA", "Germany")
    assert (position.latitude_deg, position.longitude_deg) == (50.0333, 8.5706)
    assert (position.position_time, position.last_contact) == (1750588110_000, 1750588112_000)
    assert (position.status, position.squawk, position.on_ground) == ("cruising", "1000", False)


def test_integers_nulls_and_an_eighteenth_column_are_read() -> None:
    vector = [*changed(at7=10668, at9=0, at10=None, at11=None, at13=None, at14=None), 3]
    (position,) = read_states(answer(vector)).positions
    assert position.baro_altitude_m == 10668.0
    assert isinstance(position.baro_altitude_m, float)
    assert (position.track_deg, position.vertical_rate_mps, position.geo_altitude_m) == (None, None, None)
    assert (position.squawk, position.status) == ("", "unknown")


def test_position_without_its_own_time_has_that_of_the_last_contact() -> None:
    (position,) = read_states(answer(changed(at3=None))).positions
    assert position.position_time == position.last_contact == 1750588112_000


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"at1": ["DLH4YA"]}, "callsign"),
        ({"at2": {}}, "origin_country"),
        ({"at3": "soon"}, "time_position"),
        ({"at4": -1}, "last_contact"),
        ({"at8": "maybe"}, "on_ground"),
    ],
)
def test_value_of_the_wrong_type_is_lost_alone_and_counted(changes: dict[str, Any], field: str) -> None:
    result = read_states(answer(changed(**changes)))
    assert len(result.positions) == 1
    assert dict(result.losses.fields) == {field: 1}


@pytest.mark.parametrize("time", [None, "soon"])
def test_a_position_whose_time_gets_lost_does_not_become_young_again(time: object) -> None:
    timeline, heard = Timeline("opensky", 0), []
    for second in range(0, 60, 10):
        now_s = 1750588112 + second
        vector = changed(at3=1750588110 if second == 0 else time, at4=now_s)
        body = json.dumps({"time": now_s, "states": [vector]}).encode()
        heard += timeline.hear(read_states(body), now_s * 1000).positions
    assert {position.position_time for position in heard} == {1750588110_000}
    assert max(position.last_contact for position in heard) > 1750588150_000


@pytest.mark.parametrize(
    ("vector", "reason"),
    [
        (changed(at5=None), "no_position"),
        (changed(at6="north"), "bad_position"),
        (changed(at6=91.5), "bad_position"),
        (None, "malformed"),
        ([*TIDY, 16], "surface_vehicle"),
        ([*TIDY, "17"], "surface_vehicle"),
        ([*TIDY, 18], "obstacle"),
        (changed(at0="~3c6444"), "malformed"),
        (changed(at3=None, at4=None), "no_time"),
        (changed(at0=None), "malformed"),
        (TIDY[:12], "malformed"),
        ([], "malformed"),
    ],
)
def test_unusable_vector_is_counted_and_the_others_are_kept(vector: list[Any], reason: str) -> None:
    result = read_states(answer(vector, TIDY))
    assert dict(result.losses.records) == {reason: 1}
    assert len(result.positions) == 1


@pytest.mark.parametrize(
    ("code", "category"),
    [
        (None, "unknown"), (0, "unknown"), (1, "unknown"), (2, "light"), ("3", "small"), (4.0, "large"),
        (5, "high_vortex"), (6, "heavy"), (7, "high_performance"), (8, "rotorcraft"), (9, "glider"),
        (10, "lighter_than_air"), (11, "parachutist"), (12, "ultralight"), (13, "unknown"), (14, "drone"),
        (15, "space"), (16, "emergency_vehicle"), (17, "service_vehicle"), (18, "obstacle"), (20, "obstacle"),
    ],
)  # fmt: skip
def test_category_is_that_of_openskys_number(code: object, category: str) -> None:
    (position,) = (result := read_states(answer([*TIDY, code]), vehicles=True)).positions
    assert (position.category, dict(result.losses.fields)) == (category, {})


@pytest.mark.parametrize(
    ("code", "found"), [(0, "adsb_icao"), (1, "radar"), ("2", "mlat"), (3, "flarm"), (None, "unknown")]
)
def test_how_the_position_was_obtained_is_read(code: object, found: str) -> None:
    (position,) = (result := read_states(answer(changed(at16=code)))).positions
    assert (position.address_type, dict(result.losses.fields)) == (found, {})


@pytest.mark.parametrize("code", [21, -1, 2.5, "heavy", True])
def test_numbers_without_a_meaning_lose_the_field(code: object) -> None:
    result = read_states(answer([*changed(at16=code), code]))
    assert [(each.category, each.address_type) for each in result.positions] == [("unknown", "unknown")]
    assert dict(result.losses.fields) == {"category": 1, "address_type": 1}


def test_text_that_does_not_fit_is_cut_and_cleaned() -> None:
    (position,) = read_states(answer(changed(at1="ÄLONGCALLSIGN\n", at2="x" * 63 + "é", at0="3C6444"))).positions
    assert position.callsign == "LONGCALL"
    assert position.origin_country == "x" * 63
    assert position.icao24 == "3c6444"


def test_hidden_characters_of_a_name_are_removed() -> None:
    (position,) = read_states(answer(changed(at2=" \x1b[31mGer\u202emany\ufeff "))).positions
    assert position.origin_country == "[31mGermany"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"at7": 60_000}, "baro_altitude_m"),
        ({"at9": 9_999}, "ground_speed_mps"),
        ({"at10": 360.4}, "track_deg"),
        ({"at11": "climbing"}, "vertical_rate_mps"),
        ({"at13": -9_000}, "geo_altitude_m"),
        ({"at14": "8123"}, "squawk"),
    ],
)
def test_impossible_value_is_unknown_and_the_position_is_kept(changes: dict[str, Any], field: str) -> None:
    result = read_states(answer(changed(**changes)))
    (position,) = result.positions
    assert getattr(position, field) in (None, "")
    assert dict(result.losses.fields) == {field: 1}
    assert "3c6444" in result.losses.examples[field]


@pytest.mark.parametrize("category", [0, 1, 8, 14, None, "x", 21])
def test_every_other_category_is_an_aircraft(category: object) -> None:
    assert len(read_states(answer([*TIDY, category])).positions) == 1


def test_vehicles_are_shown_if_wanted() -> None:
    assert len(read_states(answer([*TIDY, 17]), vehicles=True).positions) == 1


def test_texts_are_read_as_numbers_and_numbers_as_texts() -> None:
    (position,) = read_states(answer(changed(at5="8.5706", at9="231.5", at14=21, at1=123, at3="1750588110"))).positions
    assert (position.longitude_deg, position.ground_speed_mps) == (8.5706, 231.5)
    assert (position.squawk, position.callsign, position.position_time) == ("0021", "123", 1750588110_000)


def test_country_is_that_of_the_address_when_opensky_does_not_know_it() -> None:
    (position,) = read_states(answer(changed(at2=None))).positions
    assert position.origin_country == "Germany"


def test_numbers_that_are_no_quantity_are_unknown() -> None:
    (position,) = read_states(answer(TIDY).replace(b"231.5", b"1e300").replace(b"301.4", b'"NE"')).positions
    assert (position.ground_speed_mps, position.track_deg) == (None, None)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"at14": "7700"}, "emergency"),
        ({"at8": True, "at9": 8.0}, "taxiing"),
        ({"at8": True, "at9": 0.0}, "landed"),
        ({"at8": True, "at9": None}, "unknown"),
        ({"at11": 8.1}, "climbing"),
        ({"at11": -8.1}, "descending"),
        ({"at11": 0.3}, "cruising"),
        ({"at7": None, "at13": None}, "unknown"),
    ],
)
def test_status_follows_from_the_values(changes: dict[str, Any], status: str) -> None:
    (position,) = read_states(answer(changed(**changes))).positions
    assert position.status == status


def test_no_aircraft_is_an_answer_too() -> None:
    assert read_states(b'{"time": 1, "states": null}').positions == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>maintenance</html>", "not_json"),
        (b'{"time": 1, "states": [[', "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"", "not_json"),
        (b"[1, 2]", "wrong_shape"),
        (b'{"time": 1}', "wrong_shape"),
        (b'{"time": 1, "states": {"a": 1}}', "wrong_shape"),
    ],
)
def test_another_answer_is_an_error_with_a_stable_reason(body: bytes, reason: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_states(body)
    assert caught.value.reason == reason


def test_box_becomes_query_parameters() -> None:
    box = BoundingBox(south_deg=45.8, west_deg=5.9, north_deg=47.8, east_deg=10.5)
    assert area_parameters(box) == {"lamin": "45.8", "lomin": "5.9", "lamax": "47.8", "lomax": "10.5"}


def test_box_across_the_180th_meridian_asks_for_every_longitude() -> None:
    box = BoundingBox(south_deg=-50.0, west_deg=160.0, north_deg=-10.0, east_deg=-170.0)
    assert area_parameters(box) == {"lamin": "-50", "lomin": "-180", "lamax": "-10", "lomax": "180"}


def test_no_box_asks_for_the_world() -> None:
    assert area_parameters(None) == {}
