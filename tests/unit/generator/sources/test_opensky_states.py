"""OpenSky's answers, tidy and messy."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flighttracker.bounding_box import BoundingBox
from flighttracker.errors import SourceError
from flighttracker_generator.sources.opensky import area_parameters
from flighttracker_generator.sources.opensky_states import read_states

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
    ("vector", "reason"),
    [
        (changed(at5=None), "no_position"),
        (changed(at6="north"), "no_position"),
        (changed(at3=None, at4=None), "no_time"),
        (changed(at0=None), "malformed"),
        (TIDY[:12], "malformed"),
        ([], "malformed"),
    ],
)
def test_unusable_vector_is_counted_and_the_others_are_kept(vector: list[Any], reason: str) -> None:
    result = read_states(answer(vector, TIDY))
    assert dict(result.skipped) == {reason: 1}
    assert len(result.positions) == 1


def test_text_that_does_not_fit_is_cut_and_cleaned() -> None:
    (position,) = read_states(answer(changed(at1="ÄLONGCALLSIGN\n", at2="x" * 63 + "é", at0="3C6444"))).positions
    assert position.callsign == "LONGCALL"
    assert position.origin_country == "x" * 63
    assert position.icao24 == "3c6444"


def test_values_out_of_range_are_left_for_the_consumer_to_refuse() -> None:
    (position,) = read_states(answer(changed(at6=91.5, at9=9_999))).positions
    assert (position.latitude_deg, position.ground_speed_mps) == (91.5, 9999.0)


def test_numbers_that_are_no_quantity_are_unknown() -> None:
    (position,) = read_states(answer(TIDY).replace(b"231.5", b"1e300").replace(b"301.4", b'"NE"')).positions
    assert (position.ground_speed_mps, position.track_deg) == (None, None)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"at14": "7700"}, "emergency"),
        ({"at8": True, "at9": 8.0}, "taxiing"),
        ({"at8": True, "at9": 0.0}, "landed"),
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
        (b'{"states": []}', "wrong_shape"),
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
