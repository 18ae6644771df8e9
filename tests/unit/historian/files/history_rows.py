"""Rows of a history for tests."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from flighttracker_historian.files.names import FileName
from flighttracker_historian.files.parquet import parquet_of, sorted_rows
from flighttracker_historian.files.schema import SCHEMA
from flighttracker_historian.files.store import Store

HOUR_MS = 1_764_439_200_000
"""2025-11-29T18:00:00Z"""


def row(icao24: str, time_ms: int, **values: Any) -> dict[str, Any]:
    return {
        "icao24": icao24,
        "position_time": time_ms,
        "latitude_deg": 50.0,
        "longitude_deg": 8.5,
        "on_ground": False,
        "status": "cruising",
        "contact_delay_ms": 0,
        **values,
    }


def table_of(*rows: dict[str, Any]) -> pa.Table:
    return sorted_rows(pa.Table.from_pylist(list(rows), SCHEMA))


def put(store: Store, name: FileName, *rows: dict[str, Any]) -> None:
    content, _ = parquet_of(table_of(*rows), name, heard=len(rows))
    store.write(name.path, content)
