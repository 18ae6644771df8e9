"""The metrics of several roles as one page.

Roles have some metrics of the same name, with different `role` labels (`flights_rejected_total`). A registry
rejects a name that it has already, and a page that lists a name twice is invalid, so the families of all registries
are joined when they are collected.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from prometheus_client import CollectorRegistry, Metric


class JoinedRegistry(CollectorRegistry):
    """A registry that also collects the metrics of others."""

    def __init__(self, other: CollectorRegistry) -> None:
        super().__init__()
        self._others = [other]

    def join(self, other: CollectorRegistry) -> None:
        """Collect the metrics of one more registry."""
        self._others.append(other)

    def collect(self) -> Iterable[Metric]:
        """Return the families of all; those of the same name are joined."""
        families: dict[str, Metric] = {}
        for family in chain(super().collect(), *(other.collect() for other in self._others)):
            if family.name in families:
                families[family.name].samples.extend(family.samples)
            else:
                families[family.name] = family
        return families.values()
