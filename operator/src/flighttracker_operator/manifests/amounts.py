"""CPU and memory of each container: default requests and limits, and how settings of the resource override them.

With the defaults, a tracker with `spec: {}` fits on a node with two cores and 4 GiB, with room for the cluster itself.
Each amount can be set on its own. If only the request is set and exceeds the default limit, the limit is raised to it;
if only the limit is set and is below the default request, the request is lowered to it. The API server would reject a
request above its limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flighttracker.spec.fields import Resources
from flighttracker.spec.quantities import in_units

MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Amount:
    """Default requests and limits of a container."""

    cpu: str
    memory: str
    cpu_limit: str
    memory_limit: str


KAFKA: Final = Amount("200m", "640Mi", "2", "1Gi")
REDIS: Final = Amount("50m", "64Mi", "1", "256Mi")
REGISTRY: Final = Amount("150m", "384Mi", "2", "640Mi")
GENERATOR: Final = Amount("100m", "192Mi", "1", "512Mi")
GATEWAY: Final = Amount("100m", "192Mi", "2", "768Mi")
SCALED_GATEWAY: Final = Amount("250m", "192Mi", "2", "768Mi")
"""With autoscaling. Of 5,000 aircraft, a gateway without viewers uses 10m, and up to 50m while it owns half of the
shards. That is half of the default request and may be more than what an autoscaler removes gateways for, so idle
gateways would stay. It is a fifth of this request."""
HISTORIAN: Final = Amount("100m", "256Mi", "1", "1Gi")
WEB: Final = Amount("20m", "24Mi", "500m", "128Mi")
HELPER: Final = Amount("50m", "128Mi", "1", "256Mi")
"""Init containers that run Kafka's command-line tools."""


def resources(amount: Amount, overrides: Resources | None = None) -> dict[str, dict[str, str]]:
    """Return the `resources` of a container: the defaults with the overrides of the resource."""
    wanted = overrides or Resources()
    requests, limits = {}, {}
    for name, request, limit in (
        ("cpu", amount.cpu, amount.cpu_limit),
        ("memory", amount.memory, amount.memory_limit),
    ):
        own_request, own_limit = getattr(wanted.requests, name), getattr(wanted.limits, name)
        limits[name] = own_limit or max(limit, own_request or limit, key=in_units)
        requests[name] = own_request or min(request, limits[name], key=in_units)
    return {"requests": requests, "limits": limits}


def memory_limit(amount: Amount, overrides: Resources | None = None) -> int:
    """Return the memory limit of a container in bytes."""
    return int(in_units(resources(amount, overrides)["limits"]["memory"]))
