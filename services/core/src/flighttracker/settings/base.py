"""The base of every settings struct, and the settings that all roles share."""

from __future__ import annotations

from typing import Final

import msgspec

ALL_ADDRESSES: Final = "::"
"""Host to listen on all addresses of IPv6 and IPv4."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all settings: frozen, with keyword arguments only, and no unknown fields."""


class TracingSettings(Settings, frozen=True):
    """Traces of sampled positions, from source to frame."""

    otlp_endpoint: str
    """URL of an OpenTelemetry collector that accepts OTLP over HTTP: `http://collector:4318`."""
    sample_ratio: float = 0.0001
    """Share of the positions that are traced: 0.0001 of 20,000 a second is two a second."""
