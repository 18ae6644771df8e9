"""Queries of the history."""

from __future__ import annotations

import pytest

from flighttracker.query.history_query import (
    MAX_FRAMES,
    parse_frames_request,
    parse_past_flights_request,
    parse_track_format,
)


def test_frames_have_a_moment_each_step_and_the_last_one_only_if_a_step_meets_it() -> None:
    wanted = parse_frames_request({"from": ["1000"], "to": ["4500"], "step_s": ["1.5"], "bbox": ["5,45,15,55"]})
    assert list(wanted.moments_ms) == [1000, 2500, 4000]
    assert wanted.bounding_box is not None
    assert list(parse_frames_request({"from": ["1000"]}).moments_ms) == [1000]


def test_frames_are_bounded_in_number() -> None:
    last_ms = (MAX_FRAMES - 1) * 1000
    assert len(parse_frames_request({"from": ["0"], "to": [str(last_ms)], "step_s": ["1"]}).moments_ms) == MAX_FRAMES
    with pytest.raises(ValueError, match=f"more than {MAX_FRAMES} frames apart"):
        parse_frames_request({"from": ["0"], "to": [str(last_ms + 1000)], "step_s": ["1"]})


@pytest.mark.parametrize("step", ["0", "0.5", "301", "nan", "inf", "1s", ""])
def test_a_step_has_a_range(step: str) -> None:
    with pytest.raises(ValueError, match=r"^step_s is "):
        parse_frames_request({"from": ["0"], "step_s": [step]})


def test_past_flights_have_the_filters_of_live_ones() -> None:
    period, wanted = parse_past_flights_request({"from": ["0"], "to": ["9"], "operator": ["Lufthansa"], "limit": ["5"]})
    assert (period, wanted.filters.operators, wanted.limit) == ((0, 9), ("lufthansa",), 5)
    with pytest.raises(ValueError, match=r"^bbox is "):
        parse_frames_request({"from": ["0"], "bbox": ["1,2,3"]})


def test_a_track_has_four_formats() -> None:
    assert parse_track_format({}) is None
    assert parse_track_format({"format": ["gpx"]}) == "gpx"
    with pytest.raises(ValueError, match="it may be json, geojson, gpx, csv"):
        parse_track_format({"format": ["kml"]})
