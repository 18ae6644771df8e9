"""Which tracker has which host: two that want the same would share one Ingress controller's rule, and one of them lose.

Pure. Who has an Ingress for a host keeps it; among those that have none, or both, the older tracker wins. Trackers of
namespaces that this operator does not look after are not known here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.objects.store import TrackerKey


@dataclass(frozen=True, slots=True)
class Claim:
    """What a tracker wants at the ingress.

    Attributes:
        host: its host, empty for every host.
        class_name: the IngressClass that it names, None for the default one.
        gateway: the Gateway of the Gateway API that it names instead, as `namespace/name`, empty for none.
        created: when the tracker was made, RFC 3339.
    """

    host: str
    class_name: str | None
    gateway: str
    created: str


class Hosts:
    """Every tracker's claim."""

    def __init__(self) -> None:
        self._claims: dict[TrackerKey, Claim] = {}
        self._by_host: dict[str, set[TrackerKey]] = {}

    def put(self, key: TrackerKey, tracker: Manifest) -> set[TrackerKey]:
        """Take a tracker as the API server has it; return the others whose chances changed."""
        claim = _claim(key, tracker)
        before = self._claims.get(key)
        if claim == before:
            return set()
        touched = self.remove(key)
        if claim is not None:
            self._claims[key] = claim
            self._by_host.setdefault(claim.host, set()).add(key)
            touched |= self._by_host[claim.host] - {key}
        return touched

    def remove(self, key: TrackerKey) -> set[TrackerKey]:
        """Forget a tracker; return the others that wanted its host."""
        claim = self._claims.pop(key, None)
        if claim is None:
            return set()
        others = self._by_host[claim.host]
        others.discard(key)
        if not others:
            del self._by_host[claim.host]
        return set(others)

    def holder(
        self, key: TrackerKey, default_class: str | None, has_route: Callable[[TrackerKey], bool]
    ) -> TrackerKey | None:
        """Return the tracker that has the host of this one already, None when this one may have it.

        Args:
            key: the tracker that asks.
            default_class: the IngressClass of those that name none.
            has_route: whether a tracker has an Ingress or an HTTPRoute now.
        """
        claim = self._claims.get(key)
        if claim is None:
            return None

        def place(one: Claim) -> tuple[str, str]:
            return one.gateway, (one.class_name or default_class or "") if not one.gateway else ""

        rivals = [other for other in self._by_host[claim.host] if place(self._claims[other]) == place(claim)]
        first = min(rivals, key=lambda other: (not has_route(other), self._claims[other].created, other))
        return None if first == key else first


def _claim(key: TrackerKey, tracker: Manifest) -> Claim | None:
    ingress: dict[str, Any] = (tracker.get("spec") or {}).get("ingress") or {}
    if not ingress.get("enabled"):
        return None
    parent = (ingress.get("gatewayApi") or {}).get("parentRef") or {}
    return Claim(
        host=ingress.get("host") or "",
        class_name=ingress.get("className"),
        gateway=f"{parent.get('namespace') or key.namespace}/{parent['name']}" if parent else "",
        created=tracker["metadata"].get("creationTimestamp", ""),
    )
