"""The metrics of two roles as one page.

Each role names its own metrics, and some by the same name with another `role` label (`flights_rejected_total`). One
registry refuses a name that is there already, and a page that lists a name twice is not valid, so the families of both
are joined when they are asked for. `local.py` is the only caller.
"""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Metric


class JoinedRegistry(CollectorRegistry):
    """A registry that shows another's metrics beside its own."""

    def __init__(self, other: CollectorRegistry) -> None:
        super().__init__()
        self._other = other

    def collect(self) -> Iterable[Metric]:
        """Return the families of both, those of the same name joined."""
        families: dict[str, Metric] = {}
        for family in (*super().collect(), *self._other.collect()):
            if family.name in families:
                families[family.name].samples.extend(family.samples)
            else:
                families[family.name] = family
        return families.values()
