"""`flighttracker follow`: asks the source of a tracker and shows one of its aircraft at every hop.

Simulated traffic runs on a clock that never waits, to show an aircraft at once that reports every 15 s. A real source
is asked once, and again only when the next answer comes within `_SOON_S`, because requests may cost credits.
`hops.py` makes the text.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from typing import Final

import click

from flighttracker.clock import Clock, SystemClock
from flighttracker.errors import SourceError, StartError
from flighttracker.flight import FlightPosition
from flighttracker.plan import Plan
from flighttracker.settings import BeastSource, SbsSource, SimulatedSource
from flighttracker.spec import FlightTracker
from flighttracker_cli.hops import Round, explain
from flighttracker_cli.local_plan import plan_local
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.sources import source_for

_ICAO24: Final = re.compile(r"[0-9a-f]{6}")
_LISTED: Final = 20
_SUGGESTED: Final = 5
_ANSWER_S: Final = 20.0
"""How long a source may take for its first answer."""
_SEVERAL_S: Final = 5.0
"""How long other sources may take for their first answer, after that of the first one."""
_SOON_S: Final = 10.0
"""How long the aircraft may take to report again."""


class _JumpingClock(Clock):
    """A clock that jumps to the end of each wait."""

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        """Return the end of the latest wait, milliseconds since 1970."""
        return self._now_ms

    async def sleep_until(self, time_ms: int, *, since_ms: int | None = None) -> None:  # noqa: ARG002 - never waits
        """Jump to `time_ms`."""
        self._now_ms = max(self._now_ms, time_ms)
        await asyncio.sleep(0)


def run_follow(icao24: str | None, tracker: FlightTracker, *, file: str | None, secrets: str | None) -> None:
    """Print one aircraft at every hop, or a list of some.

    Args:
        icao24: the aircraft; None lists some.
        tracker: the resource.
        file: where it was read from, for the commands that are suggested; None without a file.
        secrets: directory of the Secrets that the resource names; None without one.

    Raises:
        StartError: the source has no such aircraft, or a Secret is missing.
        SourceError: a real source does not answer.
    """
    if icao24 is not None and not _ICAO24.fullmatch(icao24 := icao24.lower()):
        raise StartError(f"{icao24!r} is not an ICAO 24-bit address: six hex digits, such as 3c1915")
    made = plan_local(tracker, secrets=secrets)
    rounds = asyncio.run(_rounds(icao24, made))
    lines = _listing(rounds[0].positions, file) if icao24 is None else explain(icao24, rounds, made)
    for line in lines:
        click.echo(line)


async def _rounds(icao24: str | None, made: Plan) -> list[Round]:
    """Return rounds of the source until the aircraft reported twice, or one round when the next comes late."""
    sources = made.generator.sources
    simulated = all(isinstance(source, SimulatedSource) for source in sources)
    clock: Clock = SystemClock()
    if simulated:
        clock = _JumpingClock(clock.now_ms())
    once = icao24 is None or (not simulated and min(source.interval_s for source in sources) > _SOON_S)
    rounds: list[Round] = []
    # A stream has no list of aircraft: its first batches are empty, or without the one that is asked for.
    is_gathered = len(sources) > 1 or isinstance(sources[0], BeastSource | SbsSource)
    has_answered = False
    gathered: dict[str, FlightPosition] = {}
    source_now = source_for(made.generator, clock, GeneratorMetrics())
    try:
        async with asyncio.timeout(_ANSWER_S) as patience, aclosing(source_now.batches()) as batches:
            async for batch in batches:
                positions = list(batch)
                has_answered = True
                if not rounds and is_gathered:
                    if batch and not gathered:
                        patience.reschedule(asyncio.get_running_loop().time() + _SEVERAL_S)
                    gathered |= {position.icao24: position for position in batch}
                    answered = {position.source for position in gathered.values()}
                    if icao24 not in gathered and (icao24 is not None or len(answered) < len(sources)):
                        continue
                    positions = list(gathered.values())
                rounds.append(Round(clock.now_ms(), positions))
                heard = any(position.icao24 == icao24 for position in positions)
                if len(rounds) == 1:
                    if icao24 is not None and not heard:
                        raise StartError(_not_found(icao24, positions))
                    patience.reschedule(asyncio.get_running_loop().time() + _SOON_S)
                if once or (heard and len(rounds) > 1):
                    break
    except TimeoutError as error:
        if has_answered and not rounds:
            if icao24 is not None:
                raise StartError(_not_found(icao24, list(gathered.values()))) from error
            return [Round(clock.now_ms(), list(gathered.values()))]
        if not rounds:
            message = f"the source did not answer within {_ANSWER_S:g} s: check its address and the network"
            raise SourceError(message, reason="timeout") from error
    return rounds


def _not_found(icao24: str, positions: Sequence[FlightPosition]) -> str:
    if not positions:
        return "the source lists no aircraft now"
    some = ", ".join(position.icao24 for position in _airborne_first(positions)[:_SUGGESTED])
    return f"there is no aircraft {icao24} among {len(positions):,}: try {some}, or list more with --list"


def _airborne_first(positions: Sequence[FlightPosition]) -> list[FlightPosition]:
    return sorted(positions, key=lambda position: position.on_ground)


def _listing(positions: Sequence[FlightPosition], file: str | None) -> Iterator[str]:
    if not positions:
        yield "The source lists no aircraft now."
        return
    shown = _airborne_first(positions)[:_LISTED]
    yield f"{'ICAO24':<8}{'CALLSIGN':<10}{'TYPE':<6}{'CATEGORY':<18}{'FROM':<6}{'TO':<6}{'STATUS':<12}ALTITUDE"
    for position in shown:
        altitude = "unknown" if position.baro_altitude_m is None else f"{position.baro_altitude_m:,.0f} m"
        texts = f"{position.callsign:<10}{position.aircraft_type:<6}{position.category:<18}"
        route = f"{position.origin:<6}{position.destination:<6}"
        yield f"{position.icao24:<8}{texts}{route}{position.status:<12}{altitude}"
    count = f"{len(shown)} of {len(positions):,}" if len(shown) < len(positions) else f"{len(positions)}"
    yield f"{count} aircraft; show one with: flighttracker follow {shown[0].icao24}{f' {file}' if file else ''}"
