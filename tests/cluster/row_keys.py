"""Run in a historian's pod: prints aircraft and position time of every row that counts, one per line."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from flighttracker.settings import HistorianSettings, read_settings
from flighttracker_historian.files.kept import current_files
from flighttracker_historian.files.opening import store_of

SETTINGS: Final = Path("/etc/flighttracker/config/historian.json")


def main() -> None:
    """Read the key columns of each file."""
    store = store_of(read_settings(SETTINGS, HistorianSettings))
    for stored in current_files(store.files()):
        with store.open(stored.path) as file:
            table = pq.read_table(file, columns=["icao24", "position_time"])
        times = table.column("position_time").cast(pa.int64()).to_pylist()
        for icao24, time_ms in zip(table.column("icao24").to_pylist(), times, strict=True):
            print(icao24, time_ms)


if __name__ == "__main__":
    main()
