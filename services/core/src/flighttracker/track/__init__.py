"""The track of one aircraft, and the formats in which programs get it: JSON, GeoJSON, GPX and CSV. Pure."""

from flighttracker.track.point import Track, TrackPoint
from flighttracker.track.track_document import track_document

__all__ = ["Track", "TrackPoint", "track_document"]
