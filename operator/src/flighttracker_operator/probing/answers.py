"""What pods answered, read: sums of metrics in Prometheus' text format, words, numbers that do not flicker. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample


class _Health(msgspec.Struct):
    waits_for: dict[str, str] = {}


RATE_S: Final = 20.0
"""Shortest time over which positions are counted: they are written in bursts, many at once after a wait."""
CHANGE: Final = 0.1
"""A number changes when it is off by more than this share of itself."""


def total(metrics: str, name: str) -> float | None:
    """Return the sum of a metric over its labels, None when the pod does not tell it."""
    values = [sample.value for sample in _samples(metrics, name)]
    return sum(values) if values else None


def by_label(metrics: str, name: str, label: str) -> dict[str, float]:
    """Return a metric by the values of one label."""
    found: dict[str, float] = {}
    for sample in _samples(metrics, name):
        value = sample.labels.get(label, "")
        found[value] = found.get(value, 0.0) + sample.value
    return found


class Rate:
    """How many positions generators write a second."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[float, float]] = {}
        self._told: float | None = None

    def of(self, written: Mapping[str, float], now_s: float) -> float | None:
        """Return the sum over generators, None as long as nothing is known.

        Args:
            written: positions that each has written since it started.
            now_s: the time, from any start.
        """
        latest = {generator: (now_s, count) for generator, count in written.items()}
        since = {generator: self._since.get(generator, now) for generator, now in latest.items()}
        if any(count < since[generator][1] for generator, count in written.items()):
            since = latest  # one of them has started anew
        self._since = since
        if not latest:
            self._told = None
        elif all(now_s - at_s >= RATE_S for at_s, _ in since.values()):
            self._told = sum(
                (written[generator] - count) / (now_s - at_s) for generator, (at_s, count) in since.items()
            )
            self._since = latest
        return self._told


def waits_for(health: bytes) -> dict[str, str]:
    """Return why a generator waits for which server, as its `/health` tells; nothing where it tells something else."""
    try:
        return msgspec.json.decode(health, type=_Health).waits_for
    except (msgspec.DecodeError, msgspec.ValidationError):
        return {}


def steady(value: float, before: float | None) -> float:
    """Return a number with two digits; the one before while it is still about right."""
    if before is not None and abs(value - before) <= CHANGE * max(value, before):
        return before
    if value < 1:
        return 0.0
    digits = 1 - math.floor(math.log10(value))
    return round(value, digits)


def _samples(metrics: str, name: str) -> Iterator[Sample]:
    """Yield the samples of one metric; only its own lines are parsed, and what is no metric says nothing."""
    lines = [line for line in metrics.splitlines() if line.startswith((f"{name} ", f"{name}{{"))]
    try:
        for family in text_string_to_metric_families("\n".join(lines)):
            yield from family.samples
    except ValueError:
        return
