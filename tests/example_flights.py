"""Example positions for tests of every level."""

from __future__ import annotations

from typing import Any

from flighttracker.flight import FlightPosition

NOW_MS = 1_750_000_000_000
"""The present time in tests, milliseconds since 1970."""


def position(**changes: Any) -> FlightPosition:
    """Return a valid position; keyword arguments replace its fields."""
    fields: dict[str, Any] = {
        "icao24": "3c6444",
        "callsign": "DLH4YA",
        "registration": "D-AIBL",
        "aircraft_type": "A319",
        "operator": "Lufthansa",
        "origin_country": "Germany",
        "origin": "EDDF",
        "destination": "EGLL",
        "category": "large",
        "address_type": "adsb_icao",
        "latitude_deg": 50.033333,
        "longitude_deg": 8.570556,
        "baro_altitude_m": 10668.0,
        "geo_altitude_m": 10820.4,
        "ground_speed_mps": 231.5,
        "track_deg": 301.4,
        "vertical_rate_mps": 0.0,
        "on_ground": False,
        "squawk": "1000",
        "status": "cruising",
        "position_time": NOW_MS,
        "last_contact": NOW_MS,
        "source": "test",
    }
    return FlightPosition(**(fields | changes))
