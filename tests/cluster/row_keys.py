"""Run in a historian's pod: prints aircraft and position time of every row that counts, one per line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from flighttracker.settings import HistorianSettings, read_settings
from flighttracker_historian.files.kept import current_files
from flighttracker_historian.files.opening import store_of
from flighttracker_historian.files.store import Store

SETTINGS: Final = Path("/etc/flighttracker/config/historian.json")
LISTINGS: Final = 5
"""A historian compacts every few seconds, and reading takes less than one."""


def main() -> None:
    """Print the keys of what is stored at one moment."""
    store = store_of(read_settings(SETTINGS, HistorianSettings))
    for _ in range(LISTINGS):
        try:
            keys = keys_of(store)
        except FileNotFoundError:
            continue  # compacted since it was listed
        for icao24, time_ms in keys:
            print(icao24, time_ms)
        return
    sys.exit(f"a file was removed after each of {LISTINGS} listings")


def keys_of(store: Store) -> list[tuple[str, int]]:
    """Read the key columns of each file.

    Raises:
        FileNotFoundError: a historian removed a file since it was listed.
    """
    keys: list[tuple[str, int]] = []
    for stored in current_files(store.files()):
        with store.open(stored.path) as file:
            table = pq.read_table(file, columns=["icao24", "position_time"])
        times = table.column("position_time").cast(pa.int64()).to_pylist()
        keys += zip(table.column("icao24").to_pylist(), times, strict=True)
    return keys


if __name__ == "__main__":
    main()
