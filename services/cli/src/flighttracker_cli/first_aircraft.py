"""Says what the first aircraft of a local map waits for, until it is on the map.

It reads the metrics of both roles, so neither role knows of it. `local.py` prints it, and the gateway's /ready answers
503 with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from prometheus_client import CollectorRegistry

from flighttracker.backoff import Backoff
from flighttracker.clock import Clock
from flighttracker.errors import SourceError
from flighttracker.metric_names import AIRCRAFT, GENERATED, SOURCE_ERRORS, SOURCE_STOPPED
from flighttracker.source_report import SourceState, failure_state
from flighttracker.spec import AnySource, Beast, NamedSource, OpenSky, Simulated, Vatsim
from flighttracker.spec.feeds import Listen

CHECK_MS: Final = 250
REPORTS: Final = Backoff(first_s=5.0, longest_s=60.0)
"""Time between two lines while the reason stays the same."""
FAILS: Final = "gives no usable answer, the log says why."
FAILURES: Final[Mapping[SourceState, str]] = {
    "unreachable": "cannot be reached or does not answer, the log says why.",
    "refused": "rejects our requests, the log says why.",
    "rate_limited": "asked for a pause, the log says when it ends.",
}
"""What is wrong if all failures are of one kind."""


class FirstAircraft:
    """The wait for the first aircraft.

    Args:
        sources: where it comes from.
        registry: the metrics of generator and gateway.
    """

    def __init__(self, sources: Sequence[NamedSource], registry: CollectorRegistry) -> None:
        self._sources = sources
        self._registry = registry
        self._has_arrived = False

    def waiting_for(self) -> str:
        """Return what is missing, as a sentence; empty from the moment that an aircraft was on the map."""
        if self._has_arrived:
            return ""
        totals = self._totals()
        self._has_arrived = totals.get(AIRCRAFT, 0) > 0
        if self._has_arrived:
            return ""
        if totals.get(GENERATED):
            return "Its position is on the way to the map."
        if len(self._sources) == 1:
            return _source_state(self._sources[0].chosen, totals, self._failures())
        states = (
            _source_state(one.chosen, self._totals(one.name), self._failures(one.name), one.name)
            for one in self._sources
        )
        return " ".join(states)

    async def report(self, clock: Clock, write: Callable[[str], None]) -> None:
        """Write what is missing, again when that changes or after a while, and that the first aircraft is there."""
        began_ms = clock.now_ms()
        reported, repeats, next_ms = "", 0, began_ms
        while sentence := self.waiting_for():
            now_ms = clock.now_ms()
            if sentence != reported or now_ms >= next_ms:
                repeats = repeats + 1 if sentence == reported else 1
                reported, next_ms = sentence, now_ms + round(REPORTS.wait_s(repeats) * 1000)
                waited_s = (now_ms - began_ms) // 1000
                after = f" ({waited_s} s)" if waited_s else ""
                write(f"Waiting for the first aircraft{after}. {sentence}")
            await clock.sleep_ms(CHECK_MS)
        write(f"The first aircraft is on the map, after {(clock.now_ms() - began_ms) / 1000:.1f} s.")

    def _totals(self, source: str = "") -> dict[str, float]:
        """Return the sum of each sample over its labels, of all sources or of one."""
        totals: dict[str, float] = {}
        for family in self._registry.collect():
            for sample in family.samples:
                if not source or sample.labels.get("source") == source:
                    totals[sample.name] = totals.get(sample.name, 0) + sample.value
        return totals

    def _failures(self, source: str = "") -> frozenset[SourceState]:
        """Return the kinds of failures of all sources or of one."""
        return frozenset(
            failure_state(SourceError("", reason=sample.labels["reason"]))
            for family in self._registry.collect()
            for sample in family.samples
            if sample.name == SOURCE_ERRORS and sample.value and (not source or sample.labels["source"] == source)
        )


def _source_state(source: AnySource, totals: dict[str, float], failures: frozenset[SourceState], name: str = "") -> str:
    has_answered = totals.get("flights_step_seconds_count", 0) > 0
    match source:
        case Simulated(aircraft=count):
            return f"{count:,} simulated aircraft are being made."
        case OpenSky():
            name = name or "OpenSky"
        case Vatsim():
            name = name or "VATSIM"
        case Beast(listen=Listen()):
            name = name or "The feeder"
        case _:
            # /ready needs no token, so it does not contain the receiver's address.
            name = name or "The receiver"
    if totals.get(SOURCE_STOPPED):
        return f"{name} repeats the same answer: it has stopped, or this is a recording."
    if has_answered:
        return f"{name} answers, but lists no aircraft."
    if failures:
        kind = next(iter(failures))
        return f"{name} {FAILS if len(failures) > 1 else FAILURES.get(kind, FAILS)}"
    return f"{name} has not answered yet."
