"""`Fleet`: the latest position of every aircraft of one shard, and the changes since the previous tick.

Pure: positions and times in, frame content out. `shard` uses it. It holds at most `max_aircraft` aircraft, and removes
one that was not heard for the time to live.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple, cast

import numpy as np

from flighttracker.errors import RecordRefusedError
from flighttracker.flight import NON_ICAO_ADDRESSES, AddressType, FlightPosition
from flighttracker.frame import Changes, ShardTable, dynamic_of
from flighttracker.frame.layout import AGE_MS, CONTACT_LEAD, NAMES, POSITION_AGE, TEXTS, IntArray
from flighttracker.frame.quantity import NUMBERS_OF_KIND, WORDS_OF_KIND
from flighttracker.precedence import NOTHING, UNKNOWN, Identity, completed, identity_of, takeover_ms

OTHERS_MS: Final = 600_000
"""How long what another source knows about an aircraft is added to the shown positions."""
SOURCE, CATEGORY, ADDRESS_TYPE = 7, 8, 9
"""Places in `_identity`."""


class FleetChange(NamedTuple):
    """The changes of one tick: freed slots, slots with new or renamed aircraft, and aircraft that were heard."""

    removed: IntArray
    added: IntArray
    changed: Changes


class Fleet:
    """Aircraft of one shard in slots.

    Args:
        max_aircraft: positions of further aircraft are rejected.
        table: state to resume from, which the fleet takes over; None for an empty one.
    """

    def __init__(self, max_aircraft: int, table: ShardTable | None = None) -> None:
        self.table = ShardTable() if table is None else table
        self._max_aircraft = max_aircraft
        taken = self.table.taken_slots()
        addresses = [f"{address:06x}" for address in self.table.identities["icao24"][taken]]
        self._slot_of: dict[str, int] = dict(zip(addresses, taken.tolist(), strict=True))
        self._identity_of = dict(zip(addresses, _identities(self.table, taken), strict=True))
        self._free_slots = np.flatnonzero(~self.table.used[: self.table.slot_count]).tolist()
        self._pending: dict[str, FlightPosition] = {}
        self._pending_without_slot = 0
        self._others: dict[str, tuple[int, Identity]] = {}

    def __len__(self) -> int:
        return len(self._slot_of)

    @property
    def has_news(self) -> bool:
        """Whether a position was heard since the latest `advance`."""
        return bool(self._pending)

    def hear(self, position: FlightPosition) -> None:
        """Add a position; the next `advance` shows it.

        A report with the time of the known position and a newer contact is shown too: an aircraft whose position was
        lost still reports its squawk. A position of another source is left out until it is newer (`precedence`);
        what that source knows about the aircraft is added to the shown positions.

        Raises:
            RecordRefusedError: the report is not newer than the known one (`out_of_order`), or the shard already holds
                as many aircraft as it may (`too_many_aircraft`).
        """
        icao24 = position.icao24
        known = self._pending.get(icao24)
        slot = self._slot_of.get(icao24)
        source = position.source
        if known is not None:
            source, address_type = known.source, known.address_type
            known_ms, contact_ms = known.position_time, known.last_contact
        elif slot is not None:
            source, address_type = self._source_of(icao24)
            known_ms = int(self.table.position_time_ms[slot])
            contact_ms = known_ms + (int(self.table.dynamic[CONTACT_LEAD, slot]) + 1) * AGE_MS
        elif len(self._slot_of) + self._pending_without_slot >= self._max_aircraft:
            raise RecordRefusedError("too_many_aircraft", f"the shard holds {self._max_aircraft} aircraft already")
        else:
            known_ms = contact_ms = 0
        if source != position.source:
            newer_ms = position.position_time - known_ms
            is_shown = newer_ms >= takeover_ms(address_type, position.address_type)
            former = identity_of(position)
            if is_shown:
                former = identity_of(known) if known is not None else _known_identity(self._identity_of[icao24])
            self._others[icao24] = (position.position_time, former)
            if not is_shown:
                return
        elif position.position_time < known_ms or (
            position.position_time == known_ms and position.last_contact <= contact_ms
        ):
            behind_ms = known_ms - position.position_time
            raise RecordRefusedError("out_of_order", f"{icao24}: {behind_ms} ms older than the position that is known")
        if known is None and slot is None:
            self._pending_without_slot += 1
        if icao24 in self._others:
            heard_ms, identity = self._others[icao24]
            if position.position_time - heard_ms < OTHERS_MS:
                position = completed(position, identity)
            else:
                del self._others[icao24]
        self._pending[icao24] = position

    @property
    def newest_position_ms(self) -> int:
        """Time of the newest position, shown or pending, milliseconds since 1970; 0 without any."""
        heard_ms = max((position.position_time for position in self._pending.values()), default=0)
        return max(heard_ms, int(self.table.position_time_ms[self.table.taken_slots()].max(initial=0)))

    @property
    def aircraft(self) -> Collection[str]:
        """The addresses of the aircraft that are shown."""
        return self._slot_of.keys()

    def forget(self, aircraft: Iterable[str]) -> None:
        """Remove aircraft with the next tick, unless they are heard again before it."""
        self.table.position_time_ms[[self._slot_of[icao24] for icao24 in aircraft]] = 0

    def advance(self, tick_time_ms: int, time_to_live_ms: int) -> FleetChange:
        """Advance to the next tick: show pending positions, and remove silent aircraft.

        Args:
            tick_time_ms: the moment of the tick, milliseconds since 1970.
            time_to_live_ms: greatest age of a position.
        """
        oldest_ms = tick_time_ms - time_to_live_ms
        heard = [position for position in self._pending.values() if position.position_time >= oldest_ms]
        self._pending.clear()
        self._pending_without_slot = 0
        removed = self._forget(oldest_ms, {position.icao24 for position in heard})
        fresh = [position for position in heard if self._identity_of.get(position.icao24) != _identity(position)]
        fresh_icao24 = {position.icao24 for position in fresh}
        changed = self._update([position for position in heard if position.icao24 not in fresh_icao24], tick_time_ms)
        added = self._add(fresh, tick_time_ms)
        if len(self._others) > len(self._slot_of):
            self._others = {icao24: other for icao24, other in self._others.items() if icao24 in self._slot_of}
        for slot in removed:
            heapq.heappush(self._free_slots, int(slot))
        return FleetChange(removed, added, changed)

    def _source_of(self, icao24: str) -> tuple[str, AddressType]:
        identity = self._identity_of[icao24]
        return identity[SOURCE], cast(AddressType, identity[ADDRESS_TYPE])

    def _forget(self, oldest_ms: int, heard: set[str]) -> IntArray:
        table = self.table
        slots = table.taken_slots()
        silent = [int(slot) for slot in slots[table.position_time_ms[slots] < oldest_ms]]
        gone = [slot for slot in silent if f"{table.identities['icao24'][slot]:06x}" not in heard]
        for slot in gone:
            icao24 = f"{table.identities['icao24'][slot]:06x}"
            del self._slot_of[icao24], self._identity_of[icao24]
            self._others.pop(icao24, None)
        table.used[gone] = False
        return np.array(gone, np.intp)

    def _update(self, positions: list[FlightPosition], tick_time_ms: int) -> Changes:
        table = self.table
        slots = np.array([self._slot_of[position.icao24] for position in positions], np.intp)
        order = np.argsort(slots)
        slots = slots[order]
        new = dynamic_of(positions, tick_time_ms)[:, order]
        old = table.dynamic[:, slots]
        self._keep(slots, [positions[place] for place in order], new)
        return Changes(slots, old, new)

    def _add(self, positions: list[FlightPosition], tick_time_ms: int) -> IntArray:
        table = self.table
        slots = np.array([self._slot_for(position.icao24) for position in positions], np.intp)
        for slot, position in zip(slots, positions, strict=True):
            identity = _identity(position)
            self._identity_of[position.icao24] = identity
            texts = [text.encode() for text in identity[:5]]
            names = [table.number_of(name) for name in identity[5:8]]
            kinds = [numbers[word] for numbers, word in zip(NUMBERS_OF_KIND.values(), identity[8:], strict=True)]
            table.identities[slot] = (int(position.icao24, 16), *texts, *names, *kinds)
        table.used[slots] = True
        self._keep(slots, positions, dynamic_of(positions, tick_time_ms))
        return np.sort(slots)

    def _slot_for(self, icao24: str) -> int:
        slot = self._slot_of.get(icao24)
        if slot is None:
            slot = heapq.heappop(self._free_slots) if self._free_slots else self.table.slot_count
            self.table.reserve(slot + 1)
            self._slot_of[icao24] = slot
        return slot

    def _keep(self, slots: IntArray, positions: list[FlightPosition], dynamic: IntArray) -> None:
        self.table.dynamic[:, slots] = dynamic
        self.table.dynamic[POSITION_AGE, slots] = 0
        self.table.position_time_ms[slots] = [position.position_time for position in positions]


def _known_identity(identity: tuple[str, ...]) -> Identity:
    """Return what a source knew, from the `_identity` that is shown."""
    if identity[ADDRESS_TYPE] in NON_ICAO_ADDRESSES:
        return NOTHING
    category = identity[CATEGORY]
    return (*identity[:SOURCE], "" if category == UNKNOWN else category)


def _identity(position: FlightPosition) -> tuple[str, ...]:
    """Return the fields that a frame contains only when they change: five texts, three names, two kinds."""
    return (
        position.callsign,
        position.registration,
        position.aircraft_type,
        position.origin,
        position.destination,
        position.operator,
        position.origin_country,
        position.source,
        position.category,
        position.address_type,
    )


def _identities(table: ShardTable, slots: IntArray) -> Iterator[tuple[str, ...]]:
    """Yield the `_identity` of the aircraft in slots."""
    rows = table.identities[slots]
    texts = [rows[name].astype("U").tolist() for name, _ in TEXTS]
    names = [[table.names[number] for number in rows[name]] for name in NAMES]
    kinds = [[words[number] for number in rows[kind].tolist()] for kind, words in WORDS_OF_KIND.items()]
    return zip(*texts, *names, *kinds, strict=True)
