"""`python -m tests.faults.skewed OFFSET_FILE COMMAND...`: `flighttracker COMMAND...` whose clock is wrong.

The file holds by how many seconds, and may change while the process runs, as a clock does that somebody sets.
"""

from __future__ import annotations

import sys
from pathlib import Path

from flighttracker.clock import SystemClock
from flighttracker_cli import roles
from flighttracker_cli.main import main


def _skewed(offset_file: Path) -> type[SystemClock]:
    class Skewed(SystemClock):
        """The machine's clock plus the offset in the file."""

        def now_ms(self) -> int:
            """Return milliseconds since 1970, with the offset."""
            return super().now_ms() + round(float(offset_file.read_text() or 0) * 1000)

    return Skewed


if __name__ == "__main__":
    roles.SystemClock = _skewed(Path(sys.argv[1]))  # type: ignore[attr-defined]
    sys.argv[:2] = ["flighttracker"]
    main()
