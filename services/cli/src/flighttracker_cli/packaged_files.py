"""Folders that the wheel contains: the built page, the examples and the CRD. A checkout has them at their own places.

`packaging/wheel_files.py` puts them into the wheel.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path


class Folder(Enum):
    """A folder, by its place in a checkout; the name in lower case is its place in the wheel."""

    PAGE = "web/out"
    EXAMPLES = "examples"
    CRDS = "charts/flighttracker/crds"


def find_folder(folder: Folder) -> Path | None:
    """Return where a folder is, or None: a wheel without it, or a checkout whose page is not built."""
    installed = Path(__file__).with_name("files") / folder.name.lower()
    checkouts = (parent / folder.value for parent in Path(__file__).parents if (parent / "pyproject.toml").is_file())
    return next((path for path in (installed, *checkouts) if path.is_dir()), None)
