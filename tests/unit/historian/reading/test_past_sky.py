"""The sky at a moment of the past, from kept rows."""

from __future__ import annotations

import numpy as np
import pytest

from flighttracker.bounding_box import parse_bounding_box
from flighttracker.flight import FlightPosition
from flighttracker.frame import FrameStamp, ShardTable, decode_frame, positions_of
from flighttracker_historian.reading.past_sky import Sky
from flighttracker_historian.reading.rows import joined, no_rows
from tests.example_flights import NOW_MS
from tests.history_files import MINUTE_MS, PRESENCE, heard, rows


def shown(sky: Sky, minute: float, box: str = "") -> list[FlightPosition]:
    """Return what a viewer decodes from the frame of a moment."""
    moment_ms = NOW_MS + round(minute * MINUTE_MS)
    frame = sky.frame(moment_ms, FrameStamp(0, 1, 1, moment_ms, 1000), parse_bounding_box(box) if box else None)
    header, content = decode_frame(frame)
    assert (header.is_key, header.tick_time_ms) == (True, moment_ms)
    table = ShardTable()
    table.apply(content, header.tick_time_ms)
    slots = table.taken_slots()
    return positions_of(table.identities[slots], table.names, table.dynamic[:, slots], table.position_time_ms[slots])


def test_a_row_shows_as_it_was_heard() -> None:
    heard_then = heard(0)
    [now] = shown(Sky(rows([heard_then]), PRESENCE), 0)
    assert now.latitude_deg == pytest.approx(heard_then.latitude_deg, abs=1e-5)
    unchanged = ("icao24", "callsign", "registration", "operator", "origin_country", "category", "squawk", "status")
    assert [getattr(now, name) for name in unchanged] == [getattr(heard_then, name) for name in unchanged]
    assert (now.baro_altitude_m, now.position_time) == (10668.0, NOW_MS)


def test_between_two_rows_an_aircraft_flies_straight_and_the_short_way() -> None:
    before = heard(0, latitude_deg=-1.0, longitude_deg=179.9, track_deg=350.0, baro_altitude_m=1524.0)
    after = heard(1, latitude_deg=1.0, longitude_deg=-179.7, track_deg=20.0, baro_altitude_m=3048.0)
    [now] = shown(Sky(rows([before, after]), PRESENCE), 0.25)
    # Files have floats of 32 bits.
    assert abs(now.longitude_deg) == pytest.approx(180.0, abs=2e-5)
    assert now.latitude_deg == -0.5
    assert (now.track_deg, now.baro_altitude_m) == (357.5, 1905.0)
    assert now.position_time == NOW_MS + 15_000


def test_an_unknown_value_stays_unknown_between_two_rows() -> None:
    before = heard(0, baro_altitude_m=None, geo_altitude_m=None, ground_speed_mps=None, track_deg=None)
    [now] = shown(Sky(rows([before, heard(1)]), PRESENCE), 0.5)
    assert (now.baro_altitude_m, now.ground_speed_mps, now.track_deg) == (None, None, None)


def test_after_its_last_row_an_aircraft_is_as_old_as_in_live_frames_until_the_time_to_live() -> None:
    sky = Sky(rows([heard(0)]), PRESENCE)
    [now] = shown(sky, 5)
    assert (now.position_time, now.latitude_deg) == (NOW_MS, 50.03333)
    assert shown(sky, 5.01) == []
    assert shown(sky, -0.01) == []


def test_rows_that_are_far_apart_have_no_line_between_them() -> None:
    sky = Sky(rows([heard(0), heard(3, latitude_deg=51.0), heard(20)]), PRESENCE)
    [now] = shown(sky, 2)
    assert (now.latitude_deg, now.position_time) == (50.03333, NOW_MS)
    assert shown(sky, 10) == []


def test_a_box_counts_where_the_aircraft_is_at_the_moment() -> None:
    sky = Sky(rows([heard(0, longitude_deg=8.0), heard(1, longitude_deg=9.0)]), PRESENCE)
    assert len(shown(sky, 0.5, "8.4,49,8.6,51")) == 1
    assert shown(sky, 0.25, "8.4,49,8.6,51") == []


def test_an_aircraft_has_the_identity_of_its_time() -> None:
    sky = Sky(rows([heard(0, callsign="DLH1"), heard(1, callsign="DLH2"), heard(1, icao24="000001")]), PRESENCE)
    assert [flight.callsign for flight in shown(sky, 0.9)] == ["DLH1"]
    assert [(flight.icao24, flight.callsign) for flight in shown(sky, 1)] == [("000001", "DLH4YA"), ("3c6444", "DLH2")]


def test_no_rows_are_an_empty_sky() -> None:
    assert shown(Sky(no_rows(), PRESENCE), 0) == []


def test_joined_tables_keep_order_and_identities() -> None:
    one = rows([heard(0), heard(2, operator="")])
    other = rows([heard(1, operator="KLM"), heard(0, icao24="000001", operator="KLM")])
    both = joined([one, other])
    names = [both.names[number] for number in both.identities["operator"][both.identity].tolist()]
    assert both.icao24.tolist() == [1, 0x3C6444, 0x3C6444, 0x3C6444]
    assert names == ["KLM", "Lufthansa", "KLM", ""]
    assert np.all(np.diff(both.time_ms[1:]) == MINUTE_MS)
