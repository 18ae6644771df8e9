"""Run in a historian's pod: writes a file once more, under the name of another log, so that its rows count twice."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from flighttracker.settings import HistorianSettings, read_settings
from flighttracker_historian.files.kept import current_files
from flighttracker_historian.files.names import parse_path
from flighttracker_historian.files.opening import store_of

SETTINGS: Final = Path("/etc/flighttracker/config/historian.json")
OTHER_LOG: Final = 99_999


def main() -> None:
    """Double the first file that is still there."""
    store = store_of(read_settings(SETTINGS, HistorianSettings))
    for stored in current_files(store.files()):
        name = parse_path(stored.path)
        assert name is not None
        try:
            with store.open(stored.path) as file:
                store.write(name._replace(log=OTHER_LOG).path, file.read_buffer())
        except FileNotFoundError:
            continue  # compacted since it was listed
        return
    sys.exit("no file that was listed is there")


if __name__ == "__main__":
    main()
