"""Requests positions from a real source: once an interval while it answers, less often while it does not.

After an error the wait doubles, up to five minutes. Jitter keeps replicas from sending their requests together. A
`Retry-After` of the server comes first. A request that did not reach the server cost nothing, so the next one follows
within a minute. Each error is counted by reason and logged with the time of the next request. `timeline` decides which
positions of an answer are new. Called by `polled`.
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
from flighttracker_generator.metrics import SourceMetrics
from flighttracker_generator.sources.answers import Answer
from flighttracker_generator.sources.losses import LossReport
from flighttracker_generator.sources.pause import Pause
from flighttracker_generator.sources.timeline import Timeline

LONGEST_BACKOFF_S: Final = 300.0
UNREACHED: Final = Backoff(first_s=1.0, longest_s=60.0)
_logger = logging.getLogger(__name__)


async def poll(
    name: str,
    ask: Callable[[], Awaitable[Answer]],
    timeline: Timeline,
    clock: Clock,
    interval_s: float,
    metrics: SourceMetrics,
    pause: Pause,
) -> AsyncGenerator[list[FlightPosition], None]:
    """Yield what each answer has that is new.

    Args:
        name: of the source, for the log.
        ask: makes one request; raises `SourceError`.
        timeline: what was heard before.
        clock: the time.
        interval_s: from one request to the next.
        metrics: counts.
        pause: what the server asked for before, and asks for.
    """
    paused_until_ms = pause.until_ms(clock.now_ms())
    if paused_until_ms > clock.now_ms():
        wait_s = (paused_until_ms - clock.now_ms()) / 1000
        metrics.health.paused(clock.now_ms(), paused_until_ms)
        _logger.warning("%s: the server asked before to be left alone; first request in %.1f s", name, wait_s)
        await clock.sleep_until(paused_until_ms)
    jitter = random.Random()  # noqa: S311 - spreads requests, guards nothing
    failures = 0
    loss_report = LossReport()
    while True:
        started_ms = clock.now_ms()
        try:
            answer = await ask()
        except SourceError as error:
            failures += 1
            metrics.failed(error.reason)
            wait_s = _wait_s(error, failures, interval_s, jitter)
            if error.retry_after_s is not None:
                pause.begin(clock.now_ms() + round(wait_s * 1000))
            _logger.warning("%s: %s (%s); next request in %.1f s", name, error, error.reason, wait_s)
            next_request_ms = clock.now_ms() + round(wait_s * 1000)
            metrics.next_request.set(next_request_ms / 1000)
            metrics.health.failed(clock.now_ms(), error, next_request_ms)
            await clock.sleep_ms(round(wait_s * 1000))
            continue
        if failures:
            _logger.info("%s answers again after %d failed requests", name, failures)
        failures = 0
        received_ms = clock.now_ms()
        heard = timeline.hear(answer, received_ms)
        for remark in heard.remarks:
            _logger.warning("%s: %s", name, remark)
        metrics.stopped.set(timeline.is_stopped)
        losses = answer.losses
        losses.records.update(heard.skipped)
        losses.examples.update(heard.examples)
        metrics.lost(losses.records, losses.fields)
        for line in loss_report.lines(losses, received_ms):
            _logger.warning("%s: %s", name, line)
        next_request_ms = started_ms + round(interval_s * 1000)
        metrics.next_request.set(next_request_ms / 1000)
        metrics.health.answered(
            received_ms,
            len(answer.positions),
            is_stopped=timeline.is_stopped,
            changed_ms=timeline.changed_ms,
            next_request_ms=next_request_ms,
        )
        yield heard.positions
        await clock.sleep_until(started_ms + round(interval_s * 1000), since_ms=started_ms)


def _wait_s(error: SourceError, failures: int, interval_s: float, jitter: random.Random) -> float:
    if error.retry_after_s is not None:
        return max(error.retry_after_s, interval_s)
    backoff = Backoff(first_s=interval_s, longest_s=max(LONGEST_BACKOFF_S, interval_s))
    if not error.was_reached:
        backoff = UNREACHED
    return backoff.jittered_s(failures, jitter.random()) + 0.5
