"""`Merge`: the positions of several sources as those of one. Pure; `several` uses it.

An aircraft that several sources hear is shown by one of them, its owner (`precedence`). Another source becomes the
owner when the owner is silent, or when it is better and reports as often: the owner's positions are then left out until
the better source takes over. Of two sources the one with more precise messages is better (ADS-B before MLAT before
TIS-B), then the first in the list. What only one source knows about an aircraft is added to the positions of the owner.

Merging is in the generator, because only there the order of the sources and each position before the log are known.
Sources of different replicas meet in the gateway, whose `Fleet` applies the same takeover times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from flighttracker.flight import FlightPosition
from flighttracker.precedence import PRECISION, TAKEOVER_MS, completed, identity_of, takeover_ms

KEPT_MS: Final = 600_000
"""How long an aircraft, and what a source knows about it, is kept after the last position."""
KEPT_AIRCRAFT: Final = 200_000
OUR_CLOCK_STEPPED_MS: Final = 60_000
"""A position that is further in the future was timed before our clock was set back."""
NEVER_MS: Final = 1 << 50


@dataclass(slots=True)
class _Report:
    """The latest position of one source, and the time between its two latest positions."""

    position: FlightPosition
    interval_ms: int = NEVER_MS


@dataclass(slots=True)
class _Known:
    """One aircraft: its owner, its shown position, and the latest report of each source."""

    owner: int
    shown: FlightPosition
    reports: dict[int, _Report] = field(default_factory=dict)


class Merge:
    """The aircraft of several sources."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def __len__(self) -> int:
        return len(self._known)

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
            if known is None or known.shown.position_time > now_ms + OUR_CLOCK_STEPPED_MS:
                self._known[icao24] = _Known(source, position, {source: _Report(position)})
                shown.append(position)
                continue
            self._known[icao24] = known
            _note(known, source, position)
            if _is_shown(known, source, position):
                if len(known.reports) > 1:
                    position = _with_identity(known, source, position)
                known.owner, known.shown = source, position
                shown.append(position)
        self._forget(now_ms)
        return shown

    def _forget(self, now_ms: int) -> None:
        excess = len(self._known) - KEPT_AIRCRAFT
        oldest_ms = now_ms - KEPT_MS
        gone = []
        for number, (icao24, known) in enumerate(self._known.items()):
            if number >= excess and known.shown.position_time > oldest_ms:
                break
            gone.append(icao24)
        for icao24 in gone:
            del self._known[icao24]


def _note(known: _Known, source: int, position: FlightPosition) -> None:
    report = known.reports.get(source)
    if report is None:
        known.reports[source] = _Report(position)
        return
    interval_ms = position.position_time - report.position.position_time
    if interval_ms > 0:
        report.interval_ms = interval_ms
    report.position = position


def _is_shown(known: _Known, source: int, position: FlightPosition) -> bool:
    shown = known.shown
    newer_ms = position.position_time - shown.position_time
    if source != known.owner:
        # The shortest time first, because most positions of other sources are less than that newer.
        return newer_ms >= TAKEOVER_MS and newer_ms >= takeover_ms(shown.address_type, position.address_type)
    if newer_ms < 0 or (newer_ms == 0 and position.last_contact <= shown.last_contact):
        return False
    for other, report in known.reports.items():  # a loop, because `any` doubles the cost
        if other != source and _is_covered(position, source, report, other):
            return False
    return True


def _is_covered(position: FlightPosition, source: int, report: _Report, other: int) -> bool:
    """Whether a better source reports the aircraft at about the same time, and as often."""
    better = report.position
    if other > source and better.address_type == position.address_type:  # most pairs, and a third of the cost
        return False
    if (PRECISION[better.address_type], other) > (PRECISION[position.address_type], source):
        return False
    near_ms = takeover_ms(better.address_type, position.address_type)
    return position.position_time - better.position_time < near_ms and report.interval_ms <= near_ms


def _with_identity(known: _Known, source: int, position: FlightPosition) -> FlightPosition:
    """Return a position with what other sources know about its aircraft, the best source first."""
    oldest_ms = position.position_time - KEPT_MS
    reports = known.reports
    for other in sorted(reports) if len(reports) > 2 else tuple(reports):  # of two, only one is another
        report = reports[other]
        if report.position.position_time < oldest_ms:
            del reports[other]
        elif other != source:
            position = completed(position, identity_of(report.position))
    return position
