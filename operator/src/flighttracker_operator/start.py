"""Entry point of `flighttracker-operator`: reports missing packages of the operator's extra in one line."""

from __future__ import annotations

import sys
from typing import Final, NoReturn

from flighttracker.extras import missing_extra

USER_ERROR: Final = 2


def main() -> NoReturn:
    """Run the operator and end the process with its exit code."""
    try:
        from flighttracker_operator.main import main as run
    except ModuleNotFoundError as error:
        explained = missing_extra(error)
        if explained is None:
            raise
        print(f"error: {explained}", file=sys.stderr)
        sys.exit(USER_ERROR)
    run()
    sys.exit(0)
