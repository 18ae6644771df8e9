"""What the operator tells about itself at `/metrics`."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from flighttracker.build_info import add_build_info

REGISTRY: Final = CollectorRegistry()
"""Of this process; not the global one, so that importing a library adds nothing."""
add_build_info(REGISTRY, "operator")

PASSES: Final = Counter(
    "flighttracker_operator_passes",
    "Looks at a tracker, by how they ended: ok, retry, refused, error.",
    ["result"],
    registry=REGISTRY,
)
PASS_SECONDS: Final = Histogram(
    "flighttracker_operator_pass_seconds",
    "How long one look at a tracker took.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=REGISTRY,
)
WRITES: Final = Counter(
    "flighttracker_operator_writes",
    "Requests that change something, by method and kind.",
    ["method", "kind"],
    registry=REGISTRY,
)
API_ERRORS: Final = Counter(
    "flighttracker_operator_api_errors",
    "Requests that failed, by status code, timeout or connection.",
    ["code"],
    registry=REGISTRY,
)
WATCH_RESTARTS: Final = Counter(
    "flighttracker_operator_watch_restarts", "How often the watches ended and were started anew.", registry=REGISTRY
)
TRACKERS: Final = Gauge("flighttracker_operator_trackers", "Trackers that are looked after.", registry=REGISTRY)
OBJECTS: Final = Gauge("flighttracker_operator_objects", "Live objects that are remembered.", registry=REGISTRY)
WAITING: Final = Gauge("flighttracker_operator_waiting", "Trackers that wait for a look.", registry=REGISTRY)
LAST_SUCCESS: Final = Gauge(
    "flighttracker_operator_last_success_timestamp_seconds",
    "When a look or a resync last went well, seconds since 1970.",
    registry=REGISTRY,
)
