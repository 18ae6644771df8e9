"""Asks a real source again and again: at its interval while it answers, ever more rarely while it does not.

After an error the wait doubles, up to five minutes, with jitter so that replicas do not ask in step; what the server
says in a 429 or 503 comes first. Each error is counted by reason and logged with what happens next. Positions that were
published before are left out. An answer whose clock is far from ours (a recording, a wrong clock) is moved to now, or
nothing of it could be shown. Called by `opensky` and `readsb`.
"""

from __future__ import annotations

import logging
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Final

from flighttracker.backoff import Backoff
from flighttracker.clock import Clock
from flighttracker.errors import SourceError
from flighttracker.flight import FlightPosition
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.replicas import replica_of
from flighttracker_generator.sources.answers import CLOCK_TOLERANCE_MS, Answer
from flighttracker_generator.sources.losses import LossReport

LONGEST_BACKOFF_S: Final = 300.0
_logger = logging.getLogger(__name__)


class Novelty:
    """Passes on what is this replica's and newer than what it passed on before.

    It remembers the aircraft of the latest answer only, so an endless stream of addresses does not fill memory.

    Args:
        replica: this replica.
        replicas: how many share the source.
        tolerance_ms: positions of one aircraft closer than this are the same one, for sources whose times are rounded.
    """

    def __init__(self, replica: int, replicas: int, tolerance_ms: int) -> None:
        self._replica, self._replicas = replica, replicas
        self._tolerance_ms = tolerance_ms
        self._published: dict[str, int] = {}

    def of(self, positions: list[FlightPosition]) -> tuple[list[FlightPosition], int]:
        """Return the new positions, and how many of this replica's were not new."""
        new: list[FlightPosition] = []
        published: dict[str, int] = {}
        unchanged = 0
        for position in positions:
            if replica_of(position.icao24, self._replicas) != self._replica:
                continue
            before_ms = max(self._published.get(position.icao24, 0), published.get(position.icao24, 0))
            if before_ms and position.position_time <= before_ms + self._tolerance_ms:
                unchanged += 1
                published[position.icao24] = before_ms
            else:
                new.append(position)
                published[position.icao24] = position.position_time
        self._published = published
        return new, unchanged


async def poll(
    name: str,
    ask: Callable[[], Awaitable[Answer]],
    novelty: Novelty,
    clock: Clock,
    interval_s: float,
    metrics: GeneratorMetrics,
) -> AsyncGenerator[list[FlightPosition], None]:
    """Yield what each answer has that is new.

    Args:
        name: of the source, for the log.
        ask: makes one request; raises `SourceError`.
        novelty: what was published before.
        clock: the time.
        interval_s: from one request to the next.
        metrics: counts.
    """
    jitter = random.Random()  # noqa: S311 - spreads requests, guards nothing
    failures = 0
    is_moved = False
    loss_report = LossReport()
    while True:
        started_ms = clock.now_ms()
        try:
            answer = await ask()
        except SourceError as error:
            failures += 1
            metrics.source_errors.labels(reason=error.reason).inc()
            wait_s = _wait_s(error, failures, interval_s, jitter)
            _logger.warning("%s: %s (%s); next request in %.1f s", name, error, error.reason, wait_s)
            await clock.sleep_ms(round(wait_s * 1000))
            continue
        if failures:
            _logger.info("%s answers again after %d failed requests", name, failures)
        failures = 0
        behind_ms = clock.now_ms() - answer.time_ms
        if abs(behind_ms) > CLOCK_TOLERANCE_MS:
            answer = answer.moved_to(clock.now_ms())
            if not is_moved:
                _logger.warning(
                    "%s: its clock is %s ours, so this is a recording or a wrong clock; its times are moved to now",
                    name,
                    _distance(behind_ms),
                )
        is_moved = abs(behind_ms) > CLOCK_TOLERANCE_MS
        new, unchanged = novelty.of(answer.positions)
        losses = answer.losses
        losses.records["unchanged"] += unchanged
        for reason, count in losses.records.items():
            if count:
                metrics.source_skipped.labels(reason=reason).inc(count)
        for field, count in losses.fields.items():
            metrics.source_fields_lost.labels(field=field).inc(count)
        for line in loss_report.lines(losses, clock.now_ms()):
            _logger.warning("%s: %s", name, line)
        yield new
        await clock.sleep_until(started_ms + round(interval_s * 1000))


def _distance(behind_ms: int) -> str:
    away_s = abs(behind_ms) // 1000
    amount = f"{away_s // 86_400} days" if away_s >= 2 * 86_400 else f"{away_s} s"
    return f"{amount} {'behind' if behind_ms > 0 else 'ahead of'}"


def _wait_s(error: SourceError, failures: int, interval_s: float, jitter: random.Random) -> float:
    if error.retry_after_s is not None:
        return max(error.retry_after_s, interval_s)
    backoff = Backoff(first_s=interval_s, longest_s=max(LONGEST_BACKOFF_S, interval_s))
    return backoff.jittered_s(failures, jitter.random()) + 0.5
