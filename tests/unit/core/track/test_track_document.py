"""A track as CSV and GPX; lines end where the aircraft was not heard."""

from __future__ import annotations

import json
from xml.etree.ElementTree import fromstring

import pytest

from flighttracker.track import Track, TrackPoint, track_document
from flighttracker.track.gpx import GPX_NAMESPACE

POINTS = [
    TrackPoint(1_782_907_200_000, 50.0, 8.5, 10_668.0, 231.5, on_ground=False),
    TrackPoint(1_782_907_260_500, 50.1, 8.75, None, None, on_ground=True),
    TrackPoint(1_782_990_000_000, -1.0, 9.0, 0.0, 0.0, on_ground=True),
]
GAP_MS = 300_000


def test_csv_has_a_line_for_each_position() -> None:
    body, media_type = track_document("3c6444", POINTS[:2], "csv")
    assert media_type == "text/csv"
    assert body.decode().splitlines() == [
        "icao24,position_time_ms,latitude_deg,longitude_deg,baro_altitude_m,ground_speed_mps,on_ground",
        "3c6444,1782907200000,50.0,8.5,10668.0,231.5,false",
        "3c6444,1782907260500,50.1,8.75,,,true",
    ]


def test_gpx_has_a_segment_for_each_part_that_was_heard() -> None:
    body, media_type = track_document("3c6444", POINTS, "gpx", GAP_MS)
    assert media_type == "application/gpx+xml"
    names = {"g": GPX_NAMESPACE}
    document = fromstring(body)
    segments = document.findall("g:trk/g:trkseg", names)
    assert [len(segment) for segment in segments] == [2, 1]
    first, second = segments[0]
    assert (first.get("lat"), first.get("lon")) == ("50.00000", "8.50000")
    assert [element.text for element in first] == ["10668.00", "2026-07-01T12:00:00.000Z"]
    assert [element.text for element in second] == ["2026-07-01T12:01:00.500Z"]


def test_geojson_has_a_line_for_each_part_with_two_positions_at_least() -> None:
    feature = json.loads(track_document("3c6444", POINTS, "geojson", GAP_MS)[0])
    assert feature["geometry"]["type"] == "MultiLineString"
    assert [len(line) for line in feature["geometry"]["coordinates"]] == [2, 2]
    assert feature["properties"]["position_times_ms"][1] == [1_782_990_000_000] * 2


def test_json_is_what_a_client_decodes_and_an_unknown_format_is_an_error() -> None:
    body, media_type = track_document("3c6444", POINTS, "json")
    assert (media_type, json.loads(body)["points"][2]["latitude_deg"]) == ("application/json", -1.0)
    assert Track("3c6444", POINTS).points == POINTS
    with pytest.raises(ValueError, match="kml"):
        track_document("3c6444", POINTS, "kml")
