"""`Fleet`: the latest position of every aircraft of one shard, and the changes since the previous tick.

Pure: reports and times in, frame content out. `shard` uses it, `block_reader` fills it. It holds at most `max_aircraft`
aircraft, and removes one that was not heard for the time to live.

State is in arrays by slot. An aircraft has its slot from its first report on, and is shown from the next tick on. The
usual report of a known aircraft comes as a row of columns (`hear_reports`); everything else as a position (`hear`).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, cast

import numpy as np

from flighttracker.address_index import AddressIndex
from flighttracker.avro_columns import KnownRecords
from flighttracker.errors import RecordRefusedError
from flighttracker.flight import NON_ICAO_ADDRESSES, AddressType, FlightPosition
from flighttracker.frame import Changes, ShardTable
from flighttracker.frame.layout import AGE_MS, CONTACT_LEAD, NAMES, POSITION_AGE, TEXTS, IntArray
from flighttracker.frame.quantity import NUMBERS_OF_KIND, WORDS_OF_KIND, age_of
from flighttracker.precedence import NOTHING, UNKNOWN, Identity, completed, identity_of, takeover_ms
from flighttracker.reports import Bools, Reports
from flighttracker_gateway.owner.pending_reports import PendingReports

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

    Attributes:
        table: what is shown.
        index: slots of all aircraft, shown or only heard.
        known: the records that `hear_reports` may be called for; each is of the newest report of its slot.
    """

    def __init__(self, max_aircraft: int, table: ShardTable | None = None) -> None:
        self.table = ShardTable() if table is None else table
        self._max_aircraft = max_aircraft
        taken = self.table.taken_slots()
        self.index = AddressIndex(zip(self.table.identities["icao24"][taken].tolist(), taken.tolist(), strict=True))
        self._shown = dict(zip(taken.tolist(), _identities(self.table, taken), strict=True))
        self._heard = dict(self._shown)
        self._free_slots = np.flatnonzero(~self.table.used[: self.table.slot_count]).tolist()
        self._named: set[int] = set()
        self._others: dict[int, tuple[int, Identity]] = {}
        self._pending = PendingReports()
        self._pending.reserve(len(self.table.used))
        self.known = KnownRecords()
        self._show_times(taken)

    def __len__(self) -> int:
        return len(self._shown)

    @property
    def has_news(self) -> bool:
        """Whether a position was heard since the latest `advance`."""
        return bool(self._pending.is_pending.any())

    def hear(self, position: FlightPosition) -> int | None:
        """Add a position; the next `advance` shows it.

        A report with the time of the known position and a newer contact is shown too: an aircraft whose position was
        lost still reports its squawk. A position of another source is left out until it is newer (`precedence`);
        what that source knows about the aircraft is added to the shown positions.

        Returns:
            The slot whose next reports may be heard as columns, if they have the same identity and source; None if
            what another source knows must be added to them.

        Raises:
            RecordRefusedError: the report is not newer than the known one (`out_of_order`), or the shard already holds
                as many aircraft as it may (`too_many_aircraft`).
        """
        address = int(position.icao24, 16)
        slot = self.index.get(address)
        if slot is None:
            if len(self.index) >= self._max_aircraft:
                raise RecordRefusedError("too_many_aircraft", f"the shard holds {self._max_aircraft} aircraft already")
            slot = self._new_slot(address)
        elif self._heard[slot][SOURCE] != position.source:
            known = self._heard[slot]
            newer_ms = position.position_time - int(self._pending.position_time_ms[slot])
            is_shown = newer_ms >= takeover_ms(cast(AddressType, known[ADDRESS_TYPE]), position.address_type)
            self._others[slot] = (position.position_time, _known_identity(known) if is_shown else identity_of(position))
            self.known.forget(slot)
            if not is_shown:
                return None
        else:
            self._refuse_old(slot, position)
        if slot in self._others:
            heard_ms, identity = self._others[slot]
            if position.position_time - heard_ms < OTHERS_MS:
                position = completed(position, identity)
            else:
                del self._others[slot]
        self.known.forget(slot)
        self._heard[slot] = _identity(position)
        self._named.add(slot)
        self._pending.put_position(slot, position)
        return None if slot in self._others else slot

    def hear_reports(self, slots: IntArray, reports: Reports) -> Bools:
        """Add reports whose records are `known`, in order; the next `advance` shows the newest of each slot.

        Returns:
            Which reports (n) were heard. None of a slot are if one of them is not newer than the one before it.
        """
        pending = self._pending
        is_heard = pending.are_newer(slots, reports)
        order = np.argsort(slots, kind="stable")
        sorted_slots = slots[order]
        is_repeated = sorted_slots[1:] == sorted_slots[:-1]
        if is_repeated.any():
            times, contacts = reports.position_time_ms[order], reports.last_contact_ms[order]
            is_newer = (times[1:] > times[:-1]) | ((times[1:] == times[:-1]) & (contacts[1:] > contacts[:-1]))
            is_heard[order[1:][is_repeated & ~is_newer]] = False
        if not is_heard.all():
            is_heard = ~np.isin(slots, slots[~is_heard])
        is_last = np.append(~is_repeated, True) if len(slots) else is_repeated
        newest = order[is_last & is_heard[order]]
        pending.put(slots[newest], reports.take(newest))
        return is_heard

    @property
    def newest_position_ms(self) -> int:
        """Time of the newest position, shown or pending, milliseconds since 1970; 0 without any."""
        return int(self._pending.position_time_ms.max(initial=0))

    @property
    def aircraft(self) -> Iterator[str]:
        """The addresses of the aircraft that are shown."""
        return (f"{address:06x}" for address, slot in self.index.items() if slot in self._shown)

    def forget(self, aircraft: Iterable[str]) -> None:
        """Remove aircraft with the next tick, unless they are heard again before it."""
        for icao24 in aircraft:
            slot = self.index.get(int(icao24, 16))
            self.table.position_time_ms[slot] = 0
            if not self._pending.is_pending[slot]:
                self._pending.position_time_ms[slot] = 0

    def advance(self, tick_time_ms: int, time_to_live_ms: int) -> FleetChange:
        """Advance to the next tick: show pending positions, and remove silent aircraft.

        Args:
            tick_time_ms: the moment of the tick, milliseconds since 1970.
            time_to_live_ms: greatest age of a position.
        """
        table = self.table
        oldest_ms = tick_time_ms - time_to_live_ms
        slots, dynamic = self._pending.take()
        is_young = self._pending.position_time_ms[slots] >= oldest_ms
        for slot in slots[~is_young].tolist():
            # The shown position of an aircraft is even older: it is removed below.
            if slot not in self._shown:
                self._remove(slot)
                heapq.heappush(self._free_slots, slot)
        slots, dynamic = slots[is_young], dynamic[:, is_young]
        taken = table.taken_slots()
        removed = np.setdiff1d(taken[table.position_time_ms[taken] < oldest_ms], slots)
        for slot in removed.tolist():
            self._remove(slot)
        table.used[removed] = False
        added = self._rename(slots[np.isin(slots, list(self._named))])
        self._named.clear()
        is_changed = ~np.isin(slots, added)
        changed = slots[is_changed]
        new = dynamic[:, is_changed]
        new[POSITION_AGE] = age_of(self._pending.position_time_ms[changed], tick_time_ms)
        changes = Changes(changed, table.dynamic[:, changed], new)
        table.dynamic[:, slots] = dynamic
        table.position_time_ms[slots] = self._pending.position_time_ms[slots]
        self._show_times(slots)
        for slot in removed.tolist():
            heapq.heappush(self._free_slots, slot)
        return FleetChange(removed, added, changes)

    def _refuse_old(self, slot: int, position: FlightPosition) -> None:
        known_ms = int(self._pending.position_time_ms[slot])
        newer_ms = position.position_time - known_ms
        if newer_ms < 0 or (newer_ms == 0 and position.last_contact <= self._pending.last_contact_ms[slot]):
            detail = f"{position.icao24}: {-newer_ms} ms older than the position that is known"
            raise RecordRefusedError("out_of_order", detail)

    def _new_slot(self, address: int) -> int:
        slot = heapq.heappop(self._free_slots) if self._free_slots else self.table.slot_count
        self.table.reserve(slot + 1)
        self._pending.reserve(len(self.table.used))
        self.index.add(address, slot)
        self.table.identities["icao24"][slot] = address
        return slot

    def _show_times(self, slots: IntArray) -> None:
        """Note the times of shown positions: a frame has the contact in steps."""
        times = self.table.position_time_ms[slots]
        self._pending.position_time_ms[slots] = times
        self._pending.last_contact_ms[slots] = times + (self.table.dynamic[CONTACT_LEAD, slots] + 1) * AGE_MS

    def _remove(self, slot: int) -> None:
        self.index.remove(int(self.table.identities["icao24"][slot]))
        self.known.forget(slot)
        self._pending.position_time_ms[slot] = 0
        self._shown.pop(slot, None)
        self._others.pop(slot, None)
        del self._heard[slot]

    def _rename(self, slots: IntArray) -> IntArray:
        """Show the identities that were heard; return the slots whose identity differs from the shown one."""
        table = self.table
        added = []
        for slot in slots.tolist():
            identity = self._heard[slot]
            if identity == self._shown.get(slot):
                continue
            self._shown[slot] = identity
            texts = [text.encode() for text in identity[:5]]
            names = [table.number_of(name) for name in identity[5:8]]
            kinds = [numbers[word] for numbers, word in zip(NUMBERS_OF_KIND.values(), identity[8:], strict=True)]
            table.identities[slot] = (table.identities["icao24"][slot], *texts, *names, *kinds)
            added.append(slot)
        table.used[added] = True
        return np.array(added, np.intp)


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
