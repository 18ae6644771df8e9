"""Run in a historian's pod: writes a file once more, under the name of another log, so that its rows count twice."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flighttracker.settings import HistorianSettings, read_settings
from flighttracker_historian.files.kept import current_files
from flighttracker_historian.files.names import parse_path
from flighttracker_historian.files.opening import store_of

SETTINGS: Final = Path("/etc/flighttracker/config/historian.json")
OTHER_LOG: Final = 99_999


def main() -> None:
    """Double the first file."""
    store = store_of(read_settings(SETTINGS, HistorianSettings))
    first = current_files(store.files())[0]
    name = parse_path(first.path)
    assert name is not None
    with store.open(first.path) as file:
        store.write(name._replace(log=OTHER_LOG).path, file.read_buffer())


if __name__ == "__main__":
    main()
