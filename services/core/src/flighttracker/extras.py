"""The optional packages: which extra of the distribution installs a package that is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flighttracker.errors import StartError

EXTRA_OF_MODULE: Final[Mapping[str, str]] = {
    "aiokafka": "kafka",
    "redis": "redis",
    "rs1090": "beast",
    "opentelemetry": "tracing",
    "kopf": "operator",
    "kubernetes": "operator",
    "pandas": "pandas",
}


def missing_extra(error: ModuleNotFoundError) -> StartError | None:
    """Return an error with the command that installs the missing package; None if it belongs to no extra."""
    package = (error.name or "").partition(".")[0]
    extra = EXTRA_OF_MODULE.get(package)
    if extra is None:
        return None
    return StartError(f"the package {package} is not installed: run pip install 'flighttracker[{extra}]'")
