"""`Merge`: the positions of several sources as those of one. Pure; `several` uses it.

An aircraft that several sources hear is shown by one of them, its owner. The clocks and places of two sources differ a
little, so taking the newest of both would move the aircraft back and forth. Another source becomes the owner when its
position is newer by more than the sources' clocks can differ: because the owner is silent, or because the other source
is better and the owner's positions are then left out. Of two sources the one with better messages is better (ADS-B
before MLAT before TIS-B), then the first in the list.

Merging is in the generator because only it knows the order of the sources. Sources of different replicas meet in the
gateway, which uses the same time to change the owner (`precedence`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from flighttracker.flight import FlightPosition
from flighttracker.precedence import TAKEOVER_MS, completed

KEPT_MS: Final = 600_000
"""How long the identity that a source knows is kept after its last position."""
KEPT_AIRCRAFT: Final = 200_000
OUR_CLOCK_STEPPED_MS: Final = 60_000
"""A position that is further in the future was timed before our clock was set back."""


@dataclass(slots=True)
class _Known:
    """One aircraft: its owner, the time of its shown position, and the latest position of each source."""

    owner: int
    time_ms: int
    contact_ms: int
    latest: dict[int, FlightPosition] = field(default_factory=dict)


class Merge:
    """The aircraft of several sources."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def hear(self, source: int, positions: Sequence[FlightPosition], now_ms: int) -> list[FlightPosition]:
        """Return the positions that are shown.

        Args:
            source: number of the source; the first is the best.
            positions: new positions of the source, times by our clock.
            now_ms: our time, milliseconds since 1970.
        """
        shown = []
        for position in positions:
            icao24 = position.icao24
            # Taken out and put back at the end, so the aircraft that was heard longest ago is the first.
            known = self._known.pop(icao24, None)
            if known is None or known.time_ms > now_ms + OUR_CLOCK_STEPPED_MS:
                known = _Known(source, position.position_time - 1, 0)
            self._known[icao24] = known
            known.latest[source] = position
            if _is_shown(known, source, position):
                known.owner, known.time_ms = source, position.position_time
                known.contact_ms = position.last_contact
                shown.append(_with_identity(known, source, position) if len(known.latest) > 1 else position)
        self._forget(now_ms)
        return shown

    def _forget(self, now_ms: int) -> None:
        while self._known:
            icao24 = next(iter(self._known))
            if self._known[icao24].time_ms > now_ms - KEPT_MS and len(self._known) <= KEPT_AIRCRAFT:
                break
            del self._known[icao24]


def _is_shown(known: _Known, source: int, position: FlightPosition) -> bool:
    newer_ms = position.position_time - known.time_ms
    if source != known.owner:
        return newer_ms >= TAKEOVER_MS
    if newer_ms < 0 or (newer_ms == 0 and position.last_contact <= known.contact_ms):
        return False
    oldest_ms = position.position_time - TAKEOVER_MS
    return not any(other < source and latest.position_time > oldest_ms for other, latest in known.latest.items())


def _with_identity(known: _Known, source: int, position: FlightPosition) -> FlightPosition:
    """Return a position with what other sources know about its aircraft."""
    oldest_ms = position.position_time - KEPT_MS
    for other in sorted(known.latest):
        latest = known.latest[other]
        if other == source:
            continue
        if latest.position_time < oldest_ms:
            del known.latest[other]
        else:
            position = completed(position, latest)
    return position
