"""`Source`, the interface of every source of positions, and `source_for`, which creates the configured ones.

A source yields batches until it is closed. It paces itself with its clock, retries failed requests, and never raises
because of a server. `run` publishes the batches; `flighttracker follow` prints them.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Sequence
from typing import Final, Protocol

from flighttracker.clock import Clock
from flighttracker.flight import FlightPosition
from flighttracker.settings import (
    BeastSource,
    GeneratorSettings,
    OpenSkySource,
    ReadsbSource,
    SbsSource,
    SimulatedSource,
    SourceSettings,
    VatsimSource,
    VirtualRadarSource,
)
from flighttracker_generator.metrics import GeneratorMetrics

SIGN_OF_LIFE_S: Final = 25.0
"""Streams may be silent at night, but receivers send something every 60 s; a source is late after three times this."""
_LATE_MS: Final = 1_000
"""Delays below this are not logged: the next step has the reports of the skipped ones."""
_LATE_LOG_INTERVAL_MS: Final = 60_000
_logger = logging.getLogger(__name__)


class Source(Protocol):
    """A source of positions."""

    def batches(self) -> AsyncGenerator[Sequence[FlightPosition], None]:
        """Yield positions as time passes. A batch can be read until the next one.

        Close the generator to release connections (`contextlib.aclosing`).
        """


def source_for(settings: GeneratorSettings, clock: Clock, metrics: GeneratorMetrics) -> Source:
    """Return this replica's sources as one.

    Raises:
        StartError: something that the settings name is missing, such as a file with credentials.
    """
    sources = [_made(source, settings, clock, metrics) for source in sources_of(settings)]
    if len(sources) == 1:
        return sources[0]
    from flighttracker_generator.sources.several import SeveralSources

    return SeveralSources(sources, clock)


def sources_of(settings: GeneratorSettings) -> list[SourceSettings]:
    """Return the sources of this replica: all simulated ones, which share their aircraft, and its real ones."""
    mine: list[SourceSettings] = []
    real = 0
    for source in settings.sources:
        if isinstance(source, SimulatedSource):
            mine.append(source)
            continue
        if real % settings.replicas == settings.replica:
            mine.append(source)
        real += 1
    return mine


def _made(source: SourceSettings, settings: GeneratorSettings, clock: Clock, metrics: GeneratorMetrics) -> Source:
    # Imported here: the simulation needs no HTTP client, and reading its tables takes a while.
    match source:
        case SimulatedSource():
            from flighttracker_generator.sources.simulated import SimulatedTraffic

            return SimulatedTraffic(
                source,
                clock,
                replica=settings.replica,
                replicas=settings.replicas,
                # One replica reports the whole fleet.
                health=metrics.of_source(source.name, source.interval_s).health if settings.replica == 0 else None,
            )
        case OpenSkySource():
            from flighttracker_generator.sources.opensky import OpenSky

            return OpenSky(source, clock, metrics.of_source(source.name, source.interval_s))
        case ReadsbSource():
            from flighttracker_generator.sources.readsb import Readsb

            return Readsb(source, clock, metrics.of_source(source.name, source.interval_s))
        case VirtualRadarSource():
            from flighttracker_generator.sources.virtual_radar import VirtualRadar

            return VirtualRadar(source, clock, metrics.of_source(source.name, source.interval_s))
        case VatsimSource():
            from flighttracker_generator.sources.vatsim import Vatsim

            return Vatsim(source, clock, metrics.of_source(source.name, source.interval_s))
        case BeastSource():
            from flighttracker_generator.sources.feeds.beast import Beast

            return Beast(source, clock, metrics.of_source(source.name, SIGN_OF_LIFE_S))
        case SbsSource():
            from flighttracker_generator.sources.feeds.sbs import Sbs

            return Sbs(source, clock, metrics.of_source(source.name, SIGN_OF_LIFE_S))


async def steps(clock: Clock, interval_ms: int) -> AsyncGenerator[int, None]:
    """Yield the time of each step, the first at once.

    Steps stay on a grid of whole intervals, also when one begins late. A step that takes longer than an interval skips
    the steps that it missed. A delay of a second or more is logged, at most once a minute.
    """
    next_log_ms = 0
    moment_ms = clock.now_ms()
    while True:
        began_ms = clock.now_ms()
        yield moment_ms
        done_ms = clock.now_ms()
        next_ms = moment_ms - moment_ms % interval_ms + interval_ms
        if done_ms >= next_ms + interval_ms:
            if done_ms - next_ms >= _LATE_MS and done_ms >= next_log_ms:
                took_s, step_s = (done_ms - began_ms) / 1000, interval_ms / 1000
                _logger.warning("a step took %.1f s instead of at most %.1f s: steps are skipped", took_s, step_s)
                next_log_ms = done_ms + _LATE_LOG_INTERVAL_MS
            next_ms = done_ms - done_ms % interval_ms
        await clock.sleep_until(next_ms, since_ms=done_ms)
        # A clock that was set back, or far ahead, starts a new grid.
        now_ms = clock.now_ms()
        moment_ms = next_ms if 0 <= now_ms - next_ms < interval_ms else now_ms
