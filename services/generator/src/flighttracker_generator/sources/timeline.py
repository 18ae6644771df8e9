"""`Timeline`: returns the new positions of each answer of a source, with times by our clock. Pure.

A position never becomes younger than it is. Repeated answers, records whose values did not change although the clock
advanced, and older positions add nothing. So the aircraft of a source that stopped grow old and are removed. A position
that an aircraft cannot reach is held back until a second one confirms it. `polling` logs and counts the result.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Final

import msgspec

from flighttracker.flight import FlightPosition
from flighttracker_generator.sources.answers import Answer
from flighttracker_generator.sources.jumps import can_reach
from flighttracker_generator.sources.source_clock import SourceClock

STOPPED_MS: Final = 60_000
"""A source whose answers are the same for longer has stopped."""
KEPT_ANSWERS: Final = 512
"""Number of previous answers that are recognized as repeats."""
KEPT_CONTENTS: Final = 8
"""Number of previous contents that are recognized although the answers' times differ: servers that share an address
may each repeat what they read last."""
KEPT_MS: Final = 3_600_000
"""How long an aircraft is remembered after its last record: as long as the longest time to live."""
KEPT_AIRCRAFT: Final = 200_000
CONTACT_INTERVAL_MS: Final = 10_000
"""How often an aircraft that is heard without a position is passed on."""
OUR_CLOCK_STEPPED_MS: Final = 60_000
"""A known position that is further in the future was timed before our clock was set back."""


@dataclass
class Heard:
    """The result of one answer.

    Attributes:
        positions: new positions, times by our clock.
        skipped: number of aircraft without a new position, by reason.
        examples: the last example of each reason that is a fault.
        remarks: lines to log.
    """

    positions: list[FlightPosition] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Known:
    """One aircraft: its latest position, and a position that is held back."""

    position: FlightPosition
    fingerprint: int
    heard_ms: int
    held: FlightPosition | None = None


class Timeline:
    """The positions of one source.

    Args:
        source: name of the source, which its positions get.
        tolerance_ms: positions of one aircraft closer than this are the same one, for sources whose times are rounded.
    """

    def __init__(self, source: str, tolerance_ms: int) -> None:
        self._source = source
        self._tolerance_ms = tolerance_ms
        self._clock = SourceClock()
        self._has_clock = False
        self._known: dict[str, _Known] = {}
        self._answers: deque[int] = deque(maxlen=KEPT_ANSWERS)
        self._answers_kept: set[int] = set()
        self._contents: deque[int] = deque(maxlen=KEPT_CONTENTS)
        self.changed_ms: int | None = None
        """When the answers changed last, by our clock."""
        self.is_stopped = False
        """Whether the answers have been the same for `STOPPED_MS`."""

    def hear(self, answer: Answer, received_ms: int) -> Heard:
        """Add one answer.

        Args:
            answer: with times by the source's clock.
            received_ms: our time when the answer arrived, milliseconds since 1970.
        """
        heard = Heard()
        content = hash(tuple(answer.fingerprints))
        is_repeated = self._is_repeated(hash((answer.time_ms, content)))
        is_empty_sky = not answer.fingerprints and (not is_repeated or answer.time_ms is None)
        is_known = content in self._contents
        self._notice_stop(heard, received_ms, is_changed=is_empty_sky or not (is_repeated or is_known))
        self._contents.append(content)
        if is_repeated:
            heard.skipped["unchanged"] += len(answer.positions)
        elif answer.time_ms is None and self._has_clock:
            heard.skipped["no_time"] += len(answer.positions)
        elif not self._is_usable(answer.time_ms, received_ms, heard):
            heard.skipped["clock_behind"] += len(answer.positions)
        elif is_known:
            heard.skipped["unchanged"] += len(answer.positions)
        else:
            for position, fingerprint in zip(answer.positions, answer.fingerprints, strict=True):
                is_dated = position.icao24 not in answer.undated
                ours = self._by_our_clock(position, received_ms)
                self._hear_one(ours, fingerprint, received_ms, heard, is_dated=is_dated)
        self._forget(received_ms)
        return heard

    def _is_repeated(self, answer: int) -> bool:
        if answer in self._answers_kept:
            return True
        if len(self._answers) == KEPT_ANSWERS:
            self._answers_kept.discard(self._answers[0])
        self._answers.append(answer)
        self._answers_kept.add(answer)
        return False

    def _notice_stop(self, heard: Heard, received_ms: int, *, is_changed: bool) -> None:
        if is_changed or self.changed_ms is None or received_ms < self.changed_ms:
            if self.is_stopped:
                heard.remarks.append("its answers change again")
            self.changed_ms, self.is_stopped = received_ms, False
        elif not self.is_stopped and received_ms - self.changed_ms >= STOPPED_MS:
            same_s = (received_ms - self.changed_ms) // 1000
            heard.remarks.append(f"its answers have been the same for {same_s} s: the source has stopped")
            self.is_stopped = True

    def _is_usable(self, time_ms: int | None, received_ms: int, heard: Heard) -> bool:
        if time_ms is None:
            return True
        self._has_clock = True
        is_usable, remark = self._clock.hear(time_ms, received_ms)
        if remark:
            heard.remarks.append(remark)
        return is_usable

    def _by_our_clock(self, position: FlightPosition, received_ms: int) -> FlightPosition:
        ahead_ms = self._clock.ahead_ms
        position_ms = min(position.position_time - ahead_ms, received_ms)
        contact_ms = min(position.last_contact - ahead_ms, received_ms)
        ours = (position_ms, contact_ms, self._source)
        if ours == (position.position_time, position.last_contact, position.source):
            return position
        return msgspec.structs.replace(
            position, position_time=position_ms, last_contact=contact_ms, source=self._source
        )

    def _hear_one(
        self, position: FlightPosition, fingerprint: int, received_ms: int, heard: Heard, *, is_dated: bool
    ) -> None:
        icao24 = position.icao24
        # Taken out and put back at the end, so the aircraft that was heard longest ago is the first.
        known = self._known.pop(icao24, None)
        if known is not None and known.position.position_time > received_ms + OUR_CLOCK_STEPPED_MS:
            known = None
        if known is None:
            self._known[icao24] = _Known(position, fingerprint, received_ms)
            heard.positions.append(position)
            return
        self._known[icao24] = known
        known.heard_ms = received_ms
        is_same_record, known.fingerprint = known.fingerprint == fingerprint, fingerprint
        if is_same_record:
            heard.skipped["unchanged"] += 1
            return
        is_newer = position.position_time > known.position.position_time + self._tolerance_ms
        if not is_dated and _place(position) == _place(known.position):
            is_newer = False
        if is_newer and self._is_reachable(known, position):
            known.position, known.held = position, None
            heard.positions.append(position)
            return
        if is_newer and (known.held is None or position.position_time > known.held.position_time + self._tolerance_ms):
            known.held = position
            heard.skipped["jump"] += 1
            heard.examples["jump"] = _jump(known.position, position)
        elif not _says_more(known.position, position):
            heard.skipped["unchanged"] += 1
        if _says_more(known.position, position):
            known.position = _at_place_of(known.position, position)
            heard.positions.append(known.position)

    def _is_reachable(self, known: _Known, position: FlightPosition) -> bool:
        if _can_fly(known.position, position):
            return True
        held = known.held
        return (
            held is not None
            and position.position_time > held.position_time + self._tolerance_ms
            and _can_fly(held, position)
        )

    def _forget(self, received_ms: int) -> None:
        excess = len(self._known) - KEPT_AIRCRAFT
        gone = []
        for number, (icao24, known) in enumerate(self._known.items()):
            if number >= excess and 0 <= received_ms - known.heard_ms < KEPT_MS:
                break
            gone.append(icao24)
        for icao24 in gone:
            del self._known[icao24]


def _place(position: FlightPosition) -> tuple[float, float]:
    return position.latitude_deg, position.longitude_deg


def _jump(start: FlightPosition, end: FlightPosition) -> str:
    places = " to ".join(f"{at.latitude_deg:.3f}, {at.longitude_deg:.3f}" for at in (start, end))
    return f"{end.icao24} from {places} in {(end.position_time - start.position_time) / 1000:.1f} s"


def _can_fly(start: FlightPosition, end: FlightPosition) -> bool:
    return can_reach(
        (start.latitude_deg, start.longitude_deg),
        (end.latitude_deg, end.longitude_deg),
        end.position_time - start.position_time,
    )


def _says_more(known: FlightPosition, position: FlightPosition) -> bool:
    """Whether a report without a new position is worth passing on: changed values, or a newer contact."""
    newer_ms = position.last_contact - known.last_contact
    return newer_ms >= CONTACT_INTERVAL_MS or (
        newer_ms > 0
        and (position.callsign, position.squawk, position.status, position.on_ground)
        != (known.callsign, known.squawk, known.status, known.on_ground)
    )


def _at_place_of(known: FlightPosition, position: FlightPosition) -> FlightPosition:
    return msgspec.structs.replace(
        position,
        latitude_deg=known.latitude_deg,
        longitude_deg=known.longitude_deg,
        position_time=known.position_time,
    )
