"""The metrics of two roles as one page.

Both roles have some metrics of the same name, with different `role` labels (`flights_rejected_total`). A registry
rejects a name that it has already, and a page that lists a name twice is invalid, so the families of both registries
are joined when they are collected.
"""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Metric


class JoinedRegistry(CollectorRegistry):
    """A registry that also collects the metrics of another one."""

    def __init__(self, other: CollectorRegistry) -> None:
        super().__init__()
        self._other = other

    def collect(self) -> Iterable[Metric]:
        """Return the families of both; those of the same name are joined."""
        families: dict[str, Metric] = {}
        for family in (*super().collect(), *self._other.collect()):
            if family.name in families:
                families[family.name].samples.extend(family.samples)
            else:
                families[family.name] = family
        return families.values()
