"""The version of the installed distribution, as /health and /api/config tell it."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

VERSION: Final = version("flighttracker")
