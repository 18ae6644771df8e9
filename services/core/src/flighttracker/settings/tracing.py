"""Where traces go."""

from __future__ import annotations

from flighttracker.settings.base import Settings


class TracingSettings(Settings, frozen=True):
    """Traces of some positions, from source to frame."""

    otlp_endpoint: str
    """Address of an OpenTelemetry collector that takes OTLP over HTTP: `http://collector:4318`."""
    sample_ratio: float = 0.0001
    """Share of the positions that are followed: 0.0001 of 20,000 a second is two a second."""
