"""The base of every settings struct, and the settings that all roles share."""

from __future__ import annotations

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Frozen, named arguments only, and an unknown field in a file is an error."""


class TracingSettings(Settings, frozen=True):
    """Traces of some positions, from source to frame."""

    otlp_endpoint: str
    """Address of an OpenTelemetry collector that takes OTLP over HTTP: `http://collector:4318`."""
    sample_ratio: float = 0.0001
    """Share of the positions that are followed: 0.0001 of 20,000 a second is two a second."""
