"""The version of the installed distribution, also as the metric `flights_build_info`."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

from prometheus_client import CollectorRegistry, Info, disable_created_metrics

VERSION: Final = version("flighttracker")


def add_build_info(registry: CollectorRegistry, role: str) -> None:
    """Add `flights_build_info{version, role}` to a role's registry.

    It also turns off the `_created` series of this process: they double the number of series, and Prometheus reads
    resets from the counters themselves.
    """
    disable_created_metrics()  # type: ignore[no-untyped-call]
    Info("flights_build", "Version of the running program.", registry=registry).info({"version": VERSION, "role": role})
