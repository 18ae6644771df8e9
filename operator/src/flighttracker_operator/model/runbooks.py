"""Address of the pages about alerts: a setting of the operator (`--runbook-url`), for those who host their own."""

from __future__ import annotations

import re
from typing import Final

RUNBOOK_URL: Final = "https://github.com/flighttracker/flighttracker/blob/main/docs/runbooks/{name}.md"
"""Pages of this project, one for each alert."""
PLACEHOLDER: Final = "{name}"
"""Stands for the name of the alert."""
_URL: Final = re.compile(r"https?://[^\s\"$]*\{name\}[^\s\"$]*")


def is_runbook_url(text: str) -> bool:
    """Return whether a text is an address with a place for the name of the alert."""
    return _URL.fullmatch(text) is not None


def runbook_of(alert: str, url: str) -> str:
    """Return the address of an alert's page."""
    return url.replace(PLACEHOLDER, alert)
