"""Assigns each ingress host to one tracker, because two Ingresses for the same host would conflict. Pure.

Trackers of one namespace share a host below different paths, or through different entrances: IngressClasses, Gateways.
Those of other namespaces do not, whatever the entrance: pages of one host can read the tokens of each other, and two
classes may be of one controller. Only what is for every host is compared by its entrance alone. A tracker that already
has an Ingress for a host keeps it. If none or several have one, the oldest tracker wins. Trackers in namespaces outside
this operator's scope are not considered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.objects.store import TrackerKey


@dataclass(frozen=True, slots=True)
class Claim:
    """The path of an ingress host that a tracker requests.

    Attributes:
        host: the host; empty for every host.
        path: `spec.web.basePath`; empty for the root.
        class_name: the requested IngressClass; None for the default.
        gateway: the requested Gateway of the Gateway API, as `namespace/name`; empty for an Ingress.
        created: creation time of the tracker, RFC 3339.
    """

    host: str
    path: str
    class_name: str | None
    gateway: str
    created: str


class Hosts:
    """The claims of all trackers."""

    def __init__(self) -> None:
        self._claims: dict[TrackerKey, Claim] = {}
        self._by_host: dict[str, set[TrackerKey]] = {}

    def put(self, key: TrackerKey, tracker: Manifest) -> set[TrackerKey]:
        """Add or update a tracker; return the other trackers that are affected."""
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
        """Remove a tracker; return the others that request its host."""
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
        """Return the other tracker to which this tracker's host and path are assigned; None if it may use them.

        Args:
            key: the tracker.
            default_class: the IngressClass of trackers that request none.
            has_route: returns whether a tracker has an Ingress or an HTTPRoute now.
        """
        claim = self._claims.get(key)
        if claim is None:
            return None

        def entrance(one: Claim) -> tuple[str, str]:
            return one.gateway, (one.class_name or default_class or "") if not one.gateway else ""

        def rivals_with(other: TrackerKey) -> bool:
            theirs = self._claims[other]
            is_of_others = other.namespace != key.namespace
            if is_of_others and claim.host:
                return True
            return entrance(theirs) == entrance(claim) and (is_of_others or theirs.path == claim.path)

        rivals = [other for other in self._by_host[claim.host] if rivals_with(other)]
        first = min(rivals, key=lambda other: (not has_route(other), self._claims[other].created, other))
        return None if first == key else first


def _claim(key: TrackerKey, tracker: Manifest) -> Claim | None:
    ingress: dict[str, Any] = (tracker.get("spec") or {}).get("ingress") or {}
    if not ingress.get("enabled"):
        return None
    parent = (ingress.get("gatewayApi") or {}).get("parentRef") or {}
    return Claim(
        host=ingress.get("host") or "",
        path=((tracker.get("spec") or {}).get("web") or {}).get("basePath") or "",
        class_name=ingress.get("className"),
        gateway=f"{parent.get('namespace') or key.namespace}/{parent['name']}" if parent else "",
        created=tracker["metadata"].get("creationTimestamp", ""),
    )
