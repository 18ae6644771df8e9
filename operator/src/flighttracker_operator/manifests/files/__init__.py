"""Files that pods read as they are: scripts and configuration of the builtin servers."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def read(name: str) -> str:
    """Return one of the files of this folder."""
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
