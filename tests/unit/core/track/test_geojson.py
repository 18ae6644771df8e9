"""A track as GeoJSON: a line that is cut at the antimeridian, where nothing is made up."""

from __future__ import annotations

import pytest

from flighttracker.track import TrackPoint
from flighttracker.track.geojson import track_feature


def point(time_ms: int, longitude_deg: float, latitude_deg: float, altitude_m: float | None = 10_000.0) -> TrackPoint:
    return TrackPoint(time_ms, latitude_deg, longitude_deg, altitude_m, 200.0, on_ground=False)


def test_a_track_is_a_line_with_the_time_of_each_position() -> None:
    feature = track_feature("3c6444", [point(1, 8.5, 50.0), point(2, 8.6, 50.1, None)])
    assert feature == {
        "type": "Feature",
        "id": "3c6444",
        "geometry": {"type": "LineString", "coordinates": [[8.5, 50.0, 10_000.0], [8.6, 50.1]]},
        "properties": {"icao24": "3c6444", "position_times_ms": [1, 2]},
    }


@pytest.mark.parametrize("side", [1, -1])
def test_a_track_over_the_antimeridian_is_cut_without_a_time_for_the_cut(side: int) -> None:
    feature = track_feature("3c6444", [point(1, side * 179.0, -17.0), point(2, side * -179.5, -18.5)])
    assert feature["geometry"] == {
        "type": "MultiLineString",
        "coordinates": [
            [[side * 179.0, -17.0, 10_000.0], [side * 180.0, -18.0]],
            [[side * -180.0, -18.0], [side * -179.5, -18.5, 10_000.0]],
        ],
    }
    assert feature["properties"]["position_times_ms"] == [[1, None], [None, 2]]


def test_one_position_is_a_point_and_none_has_no_geometry() -> None:
    assert track_feature("3c6444", [point(1, 8.5, 50.0)])["geometry"] == {
        "type": "Point",
        "coordinates": [8.5, 50.0, 10_000.0],
    }
    assert track_feature("3c6444", [])["geometry"] is None
