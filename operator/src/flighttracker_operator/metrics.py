"""Metrics of the operator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from flighttracker.build_info import add_build_info

REGISTRY: Final = CollectorRegistry()
"""The registry of this process; the global one would also contain metrics of imported libraries."""
add_build_info(REGISTRY, "operator")

PASSES: Final = Counter(
    "flighttracker_operator_passes",
    "Passes over a tracker, by result: ok, retry, refused, held, standby, error.",
    ["result"],
    registry=REGISTRY,
)
PASS_SECONDS: Final = Histogram(
    "flighttracker_operator_pass_seconds",
    "Duration of a pass over a tracker, seconds.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=REGISTRY,
)
WRITES: Final = Counter(
    "flighttracker_operator_writes",
    "Write requests to the API server, by method and kind.",
    ["method", "kind"],
    registry=REGISTRY,
)
API_ERRORS: Final = Counter(
    "flighttracker_operator_api_errors",
    "Failed requests to the API server, by status code, timeout or connection.",
    ["code"],
    registry=REGISTRY,
)
WATCH_RESTARTS: Final = Counter("flighttracker_operator_watch_restarts", "Restarts of the watches.", registry=REGISTRY)
TRACKERS: Final = Gauge("flighttracker_operator_trackers", "Trackers in the operator's scope.", registry=REGISTRY)
OBJECTS: Final = Gauge("flighttracker_operator_objects", "Live objects in the store.", registry=REGISTRY)
WAITING: Final = Gauge("flighttracker_operator_waiting", "Trackers in the queue.", registry=REGISTRY)
UPGRADES: Final = Gauge(
    "flighttracker_operator_upgrades",
    "Trackers in an upgrade to this release, by state: rolling, waiting, failed (not Ready in time), held (by those).",
    ["state"],
    registry=REGISTRY,
)
LAST_SUCCESS: Final = Gauge(
    "flighttracker_operator_last_success_timestamp_seconds",
    "Time of the last successful pass or resync, seconds since 1970.",
    registry=REGISTRY,
)
TRACKER_PROBLEM: Final = Gauge(
    "flighttracker_operator_tracker_problem",
    "1 for each condition of a tracker that is False, or True with a reason to act.",
    ["tracker_namespace", "tracker", "condition", "reason"],
    registry=REGISTRY,
)
_FINE: Final = frozenset({"Ready", "External", "Disabled", "NoAddress", "Updating", "Paused"})
"""Reasons of conditions that are True and need nothing."""
_shown: dict[tuple[str, str], set[tuple[str, str]]] = {}


def show_problems(namespace: str, tracker: str, status: Mapping[str, Any]) -> None:
    """Export the conditions of a tracker that are problems, and drop the others; an empty status drops all."""
    problems = {
        (str(condition["type"]), str(condition["reason"]))
        for condition in status.get("conditions", ())
        if condition["status"] == "False" or (condition["status"] == "True" and condition["reason"] not in _FINE)
    }
    for labels in _shown.pop((namespace, tracker), set()) - problems:
        TRACKER_PROBLEM.remove(namespace, tracker, *labels)
    for labels in problems:
        TRACKER_PROBLEM.labels(namespace, tracker, *labels).set(1)
    if problems:
        _shown[namespace, tracker] = problems
