"""The schema of a history's files: one row is one kept position. Names end in their unit; docs/history.md has them.

Unknown values are null. A reader ignores columns that it does not know, and a column never changes its meaning.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

SCHEMA_VERSION: Final = 1

TEXTS: Final = (
    "callsign",
    "registration",
    "aircraft_type",
    "operator",
    "origin_country",
    "origin",
    "destination",
    "category",
    "address_type",
    "source",
)
"""Columns that say who the aircraft is and where it goes, named as in `FlightPosition`."""
QUANTITIES: Final = {
    "baro_altitude_m": "metres above the standard pressure level",
    "geo_altitude_m": "metres above the WGS 84 ellipsoid",
    "ground_speed_mps": "metres per second",
    "track_deg": "degrees clockwise from true north",
    "vertical_rate_mps": "metres per second, up is positive",
}
"""Columns of numbers that may be unknown, with their units."""
QUANTITY_STEPS: Final = {
    "baro_altitude_m": 0.1,
    "geo_altitude_m": 0.1,
    "ground_speed_mps": 0.1,
    "track_deg": 0.1,
    "vertical_rate_mps": 0.05,
}
"""What the numbers are rounded to: finer than transponders send, and coarse enough for small files."""


def _field(name: str, kind: pa.DataType, unit: str, *, nullable: bool = True) -> pa.Field:
    return pa.field(name, kind, nullable=nullable, metadata={"unit": unit})


SCHEMA: Final = pa.schema(
    [
        _field("icao24", pa.string(), "six lower-case hex digits", nullable=False),
        _field("position_time", pa.timestamp("ms", "UTC"), "milliseconds since 1970, UTC", nullable=False),
        _field("latitude_deg", pa.float32(), "degrees north, WGS 84", nullable=False),
        _field("longitude_deg", pa.float32(), "degrees east, WGS 84", nullable=False),
        *(_field(name, pa.float32(), unit) for name, unit in QUANTITIES.items()),
        _field("on_ground", pa.bool_(), "whether it reports surface positions", nullable=False),
        _field("status", pa.string(), "phase of flight", nullable=False),
        _field("squawk", pa.string(), "four octal digits"),
        _field("contact_delay_ms", pa.int32(), "milliseconds from the position to the last contact", nullable=False),
        *(_field(name, pa.string(), "text") for name in TEXTS),
    ],
    metadata={"flighttracker.schema_version": str(SCHEMA_VERSION)},
)
"""Sorted by `icao24`, then `position_time`, in every file. Floats of 32 bits place an aircraft within 0.9 m."""
