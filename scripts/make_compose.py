"""Write compose.yaml for the minimal tracker.

Run by `make generate`; CI fails if the file is not up to date.
"""

from __future__ import annotations

from pathlib import Path

from flighttracker_cli.compose.compose_text import compose_text
from flighttracker_cli.compose.inputs import Options
from flighttracker_cli.tracker_file import minimal_tracker

TARGET = Path(__file__).parents[1] / "compose.yaml"


def content() -> str:
    """Return the content of the file, as the command prints it."""
    return compose_text(minimal_tracker(), Options(), "flighttracker compose > compose.yaml")


def main() -> None:
    """Write the file."""
    text = content()
    TARGET.write_text(text, encoding="utf-8")
    print(f"{TARGET.name}: {len(text.splitlines())} lines")


if __name__ == "__main__":
    main()
