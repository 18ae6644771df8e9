"""A track as GPX 1.1 (https://www.topografix.com/GPX/1/1/), which maps, watches and flight simulators read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from flighttracker.track.point import TrackPoint, split_at_gaps

GPX_NAMESPACE: Final = "http://www.topografix.com/GPX/1/1"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def track_gpx(icao24: str, points: Sequence[TrackPoint], longest_gap_ms: int | None = None) -> bytes:
    """Return a GPX document with one track.

    `ele` is the barometric altitude in metres, where it is known.

    Args:
        icao24: six hexadecimal digits, the name of the track.
        points: oldest first.
        longest_gap_ms: the track has another segment after a longer gap, milliseconds; None: it has one segment.
    """
    document = Element("gpx", {"xmlns": GPX_NAMESPACE, "version": "1.1", "creator": "flighttracker"})
    track = SubElement(document, "trk")
    SubElement(track, "name").text = icao24
    for part in split_at_gaps(points, longest_gap_ms):
        segment = SubElement(track, "trkseg")
        for point in part:
            place = {"lat": f"{point.latitude_deg:.5f}", "lon": f"{point.longitude_deg:.5f}"}
            element = SubElement(segment, "trkpt", place)
            if point.baro_altitude_m is not None:
                SubElement(element, "ele").text = f"{point.baro_altitude_m:.2f}"
            SubElement(element, "time").text = _time(point.position_time_ms)
    encoded: bytes = tostring(document, encoding="utf-8", xml_declaration=True)
    return encoded


def _time(time_ms: int) -> str:
    moment = _EPOCH + timedelta(milliseconds=time_ms)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
