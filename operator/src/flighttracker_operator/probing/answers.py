"""Parses responses of pods (Prometheus metrics, `/health`), and rounds numbers to stable values. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

import msgspec
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from flighttracker.metric_names import (
    HISTORY_LAG,
    HISTORY_OLDEST,
    HISTORY_SIZE,
    HISTORY_VOLUME_FREE,
    HISTORY_VOLUME_SIZE,
    KAFKA_VOLUME_FREE,
    KAFKA_VOLUME_SIZE,
    SOURCE_NEXT_REQUEST,
    SOURCE_STATE,
)
from flighttracker.spec.source import MAX_SOURCES
from flighttracker_operator.manifests.log_bounds import NEARLY_FULL
from flighttracker_operator.manifests.tracker_alerts import HISTORY_FULL
from flighttracker_operator.status import HistoryNumbers


class _Health(msgspec.Struct):
    waits_for: dict[str, str] = {}


RATE_S: Final = 20.0
"""Shortest period over which positions are counted, because they are written in bursts."""
CHANGE: Final = 0.1
"""Relative change below which a reported number stays the same."""
FULL_STEP: Final = 5
LAST_TIME_S: Final = 253_402_300_740
"""The last whole minute that can be written with a year of four digits, seconds since 1970."""
LAG_STEP_S: Final = 60
"""A reader is always some records behind, and the status must not change with every probe."""


def total(metrics: str, name: str) -> float | None:
    """Return the sum of a metric over its labels, or None if the pod does not export it."""
    values = [sample.value for sample in _samples(metrics, name)]
    return sum(values) if values else None


def by_label(metrics: str, name: str, label: str) -> dict[str, float]:
    """Return the sums of a metric by the values of one label."""
    found: dict[str, float] = {}
    for sample in _samples(metrics, name):
        value = sample.labels.get(label, "")
        found[value] = found.get(value, 0.0) + sample.value
    return found


def source_states(metrics: str) -> dict[str, str]:
    """Return the state of each source that a generator runs."""
    samples = _samples(metrics, SOURCE_STATE)
    states = {sample.labels.get("source", ""): sample.labels.get("state", "") for sample in samples if sample.value}
    return dict(islice(states.items(), MAX_SOURCES))


def source_pauses(metrics: str) -> dict[str, int]:
    """Return when the pauses end that servers asked for, by source: seconds since 1970, whole minutes."""
    states = source_states(metrics)
    ends = ((sample.labels.get("source", ""), sample.value) for sample in _samples(metrics, SOURCE_NEXT_REQUEST))
    return {
        source: math.ceil(end_s / 60) * 60
        for source, end_s in ends
        if states.get(source) == "rate_limited" and 0 < end_s < LAST_TIME_S
    }


def nearly_full_volumes(metrics: str) -> dict[str, int]:
    """Return how full the volumes of Kafka's brokers are, those above `NEARLY_FULL`; in steps of `FULL_STEP` percent.

    A gateway reads them from the brokers.
    """
    free = by_label(metrics, KAFKA_VOLUME_FREE, "broker")
    found = {}
    for broker, size in by_label(metrics, KAFKA_VOLUME_SIZE, "broker").items():
        filled = 1 - free.get(broker, size) / size if size > 0 else 0.0
        if filled >= NEARLY_FULL:
            found[broker] = int(filled * 100 / FULL_STEP) * FULL_STEP
    return found


def history_volume(metrics: str) -> int | None:
    """Return how full the volume of the history is, in steps of `FULL_STEP` percent; None below `HISTORY_FULL`.

    A bucket has no size, which is NaN.
    """
    size, free = total(metrics, HISTORY_VOLUME_SIZE), total(metrics, HISTORY_VOLUME_FREE)
    if size is None or free is None or not size > 0:
        return None
    filled = 1 - free / size
    return int(filled * 100 / FULL_STEP) * FULL_STEP if filled >= HISTORY_FULL else None


def history_numbers(
    metrics: Iterable[str], rate: float | None, before: HistoryNumbers | None, *, fails_to_write: bool
) -> HistoryNumbers:
    """Return what is kept, from the metrics of all historians that respond.

    Each reports the whole store, and the lag of its own shards.

    Args:
        metrics: the metrics of each historian.
        rate: positions a second that are produced; None if it is unknown.
        before: the numbers of the previous probe.
        fails_to_write: whether files could not be written for some time.
    """
    texts = list(metrics)
    oldest = [value for text in texts if (value := total(text, HISTORY_OLDEST)) is not None and math.isfinite(value)]
    lags = [value for text in texts if (value := total(text, HISTORY_LAG)) is not None]
    size = max((total(text, HISTORY_SIZE) or 0.0 for text in texts), default=0.0)
    return HistoryNumbers(
        fails_to_write=fails_to_write,
        full_percent=next((full for text in texts if (full := history_volume(text)) is not None), None),
        since_s=int(min(oldest)) if oldest else None,
        size_bytes=steady(size, before.size_bytes if before else None),
        lag_s=_lag_s(sum(lags), rate) if lags else None,
    )


def _lag_s(records: float, rate: float | None) -> int | None:
    """Return after how long the records that were not read yet would be produced again, in whole minutes."""
    if records == 0:
        return 0
    return None if not rate else int(records / rate / LAG_STEP_S) * LAG_STEP_S


def lasting_states(states: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """Return the states of sources, without problems of a source that was fresh in the previous probe.

    Args:
        states: by source, in this probe.
        before: by source, in the previous probe.
    """
    return {name: "fresh" if before.get(name) == "fresh" else state for name, state in states.items()}


class Rate:
    """Measures how many positions a second the generators write."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[float, float]] = {}
        self._latest: float | None = None

    def update(self, written: Mapping[str, float], now_s: float) -> float | None:
        """Add the present counters and return the rate of all generators together, or None if it is not known yet.

        Args:
            written: positions that each generator has written since it started.
            now_s: monotonic time, seconds.
        """
        latest = {generator: (now_s, count) for generator, count in written.items()}
        since = {generator: self._since.get(generator, now) for generator, now in latest.items()}
        if any(count < since[generator][1] for generator, count in written.items()):
            since = latest  # a generator has restarted
        self._since = since
        if not latest:
            self._latest = None
        elif all(now_s - at_s >= RATE_S for at_s, _ in since.values()):
            self._latest = sum(
                (written[generator] - count) / (now_s - at_s) for generator, (at_s, count) in since.items()
            )
            self._since = latest
        return self._latest


def waits_for(health: bytes) -> dict[str, str]:
    """Return the servers for which a generator is waiting, with reasons, from its `/health`; empty if unreadable."""
    try:
        return msgspec.json.decode(health, type=_Health).waits_for
    except (msgspec.DecodeError, RecursionError):
        return {}


def steady(value: float, before: float | None) -> float:
    """Return a number rounded to two digits, or the one before if it differs by less than `CHANGE`."""
    if before is not None and abs(value - before) <= CHANGE * max(value, before):
        return before
    if value < 1:
        return 0.0
    digits = 1 - math.floor(math.log10(value))
    return round(value, digits)


def _samples(metrics: str, name: str) -> Iterator[Sample]:
    """Yield the samples of one metric; only its own lines are parsed, and invalid ones end the iteration."""
    lines = [line for line in metrics.splitlines() if line.startswith((f"{name} ", f"{name}{{"))]
    try:
        for family in text_string_to_metric_families("\n".join(lines)):
            yield from family.samples
    except ValueError:
        return
