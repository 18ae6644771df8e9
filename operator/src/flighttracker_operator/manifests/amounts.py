"""How much CPU and memory each container asks for, and what follows from it.

The defaults fit a whole `spec: {}` on a node with two cores and 4 GiB, with room for the cluster itself. What a person
sets wins, one amount at a time; a limit that was not set grows with a request above it, and a request that was not set
shrinks with a limit below it, so that half a setting is never refused by the API server.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flighttracker.spec.fields import Resources
from flighttracker.spec.quantities import in_units

MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Amount:
    """What a container asks for and may use, when nobody said otherwise."""

    cpu: str
    memory: str
    cpu_limit: str
    memory_limit: str


KAFKA: Final = Amount("200m", "640Mi", "2", "1Gi")
REDIS: Final = Amount("50m", "64Mi", "1", "256Mi")
REGISTRY: Final = Amount("150m", "384Mi", "2", "640Mi")
GENERATOR: Final = Amount("100m", "192Mi", "1", "512Mi")
GATEWAY: Final = Amount("100m", "192Mi", "2", "768Mi")
WEB: Final = Amount("20m", "24Mi", "500m", "128Mi")
HELPER: Final = Amount("50m", "128Mi", "1", "256Mi")
"""An init container that runs Kafka's own tools."""


def resources(amount: Amount, set_by_hand: Resources | None = None) -> dict[str, dict[str, str]]:
    """Return the `resources` of a container: the defaults, with what a person set."""
    wanted = set_by_hand or Resources()
    requests, limits = {}, {}
    for name, request, limit in (
        ("cpu", amount.cpu, amount.cpu_limit),
        ("memory", amount.memory, amount.memory_limit),
    ):
        own_request, own_limit = getattr(wanted.requests, name), getattr(wanted.limits, name)
        limits[name] = own_limit or max(limit, own_request or limit, key=in_units)
        requests[name] = own_request or min(request, limits[name], key=in_units)
    return {"requests": requests, "limits": limits}


def memory_limit(amount: Amount, set_by_hand: Resources | None = None) -> int:
    """Return how many bytes a container may use."""
    return int(in_units(resources(amount, set_by_hand)["limits"]["memory"]))
