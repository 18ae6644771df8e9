"""`EventStream`: one query as server-sent events, built once for all clients that ask it.

A `snapshot` has every flight that matches; an `update` has those that changed, and the addresses that match no longer.
A client that is late gets the updates that it missed in one piece, or a new snapshot if they are no longer kept. So a
slow client costs its own delay, and the gateway no memory of its own.

`event_streams` calls `advance` for each round, and `http.rest_events` sends what `message_for` returns.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from flighttracker.frame.layout import IntArray
from flighttracker.query.filters import (
    TEXT_ROWS,
    Filters,
    dynamic_matches,
    identity_matches,
    text_matches,
)
from flighttracker_gateway.delivery.flight_documents import Writer, document, writer_of
from flighttracker_gateway.picture.changes import PictureChanges, ShardCopy
from flighttracker_gateway.picture.selection import FoundFlights

MAX_UPDATES: Final = 64
MAX_UPDATE_BYTES: Final = 4 * 1024 * 1024
"""Updates that are kept for clients that are late or reconnect."""

_OF_IDENTITY: Final = ("countries", "operators", "types", "airports", "routes", "categories", "address_types", "terms")
"""Filters of who an aircraft is."""


class EventQuery(NamedTuple):
    """Which flights a client asks for, and how they are written."""

    filters: Filters
    fields: tuple[str, ...] | None
    is_geojson: bool


class EventViewer:
    """One connection.

    Attributes:
        user: a token's subject, or without tokens a client by its address.
        stream: what it gets.
        position: the number of the last event that it was sent; None: it needs a snapshot.
        state_number: that of the last state that it was sent.
        sending_since_ms: when its client was sent what it has not read yet; None if it has read everything.
        sent_ms: when it was last sent something.
        ended: why it ends; "" while it lasts.
        wake: set when there may be something to send.
    """

    def __init__(self, user: str, stream: EventStream, position: int | None, abort: Callable[[], None]) -> None:
        self.user = user
        self.stream = stream
        self.position = position
        self.abort = abort
        self.state_number = 0
        self.sending_since_ms: int | None = None
        self.sent_ms = 0
        self.ended = ""
        self.end_code = 0
        self.retry_ms: int | None = None
        self.wake = asyncio.Event()

    def end(self, code: int, reason: str, retry_ms: int | None = None) -> None:
        """End the connection; its last event says why."""
        if not self.ended:
            self.end_code, self.ended, self.retry_ms = code, reason, retry_ms
            self.wake.set()


class EventStream:
    """The events of one query.

    Attributes:
        query: what is asked.
        viewers: the connections.
        empty_since_ms: when the last viewer left; None while there is one.
    """

    def __init__(self, query: EventQuery) -> None:
        self.query = query
        self.viewers: set[EventViewer] = set()
        self.empty_since_ms: int | None = None
        self._writer: Writer = writer_of(query.fields, is_geojson=query.is_geojson)
        self._token = secrets.token_hex(4)
        self._number = 0
        self._is_new = True
        self._shown: IntArray = np.zeros(0, np.uint32)
        self._fits: dict[int, npt.NDArray[np.bool_]] = {}
        self._snapshot: bytes | None = None
        self._updates: deque[tuple[int, bytes]] = deque()
        self._has_identity_filters = any(getattr(query.filters, name) for name in _OF_IDENTITY)

    @property
    def held_bytes(self) -> int:
        """Memory of the events that are kept."""
        return len(self._snapshot or b"") + sum(len(update) for _, update in self._updates)

    def position_of(self, event_id: str) -> int | None:
        """Return the position of a client that reconnects, from the header Last-Event-ID; None: it needs a snapshot."""
        token, _, number = event_id.partition(".")
        if token != self._token or not (number.isascii() and number.isdigit() and len(number) <= 12):
            return None
        return int(number) if self._number - len(self._updates) <= int(number) <= self._number else None

    def message_for(self, viewer: EventViewer) -> bytes:
        """Return the events that a viewer misses, and count them as sent; empty if there are none yet."""
        missing = -1 if viewer.position is None else self._number - viewer.position
        if 0 <= missing <= len(self._updates):
            viewer.position = self._number
            return b"".join(update for number, update in self._updates if number > self._number - missing)
        viewer.position = None
        if self._snapshot is None:
            return b""
        viewer.position = self._number
        return self._snapshot

    async def advance(self, changes: PictureChanges, time_ms: int) -> None:
        """Build the next update, and a snapshot if a viewer needs one; the event loop runs in between."""
        if not any(self._needs_snapshot(viewer) for viewer in self.viewers):
            self._snapshot = None
        if self._is_new:
            await self._begin(changes)
        elif changes.updated:
            await self._update(changes, time_ms)
        if self._snapshot is None and any(self._needs_snapshot(viewer) for viewer in self.viewers):
            self._snapshot = await self._make_snapshot(changes, time_ms)
        for viewer in self.viewers:
            viewer.wake.set()

    def _needs_snapshot(self, viewer: EventViewer) -> bool:
        return viewer.position is None or self._number - viewer.position > len(self._updates)

    async def _begin(self, changes: PictureChanges) -> None:
        for number, shard in changes.shards.items():
            await self._fit(number, shard, np.flatnonzero(shard.used), is_new=True)
        self._shown = (await self._matching(changes, None)).addresses
        self._is_new = False

    async def _update(self, changes: PictureChanges, time_ms: int) -> None:
        touched: dict[int, IntArray] = {}
        for number, shard in changes.updated.items():
            await self._fit(number, shard, shard.added, is_new=shard.is_new)
            touched[number] = np.concatenate([shard.added, shard.changed])
        found = await self._matching(changes, touched)
        looked_at = [changes.updated[number].identities["icao24"][slots] for number, slots in touched.items()]
        left = np.setdiff1d(np.concatenate([*looked_at, changes.gone]), found.addresses)
        removed = np.intersect1d(left, self._shown)
        self._shown = np.union1d(np.setdiff1d(self._shown, removed), found.addresses)
        if not len(removed) and not len(found.addresses):
            return
        about = {"time_ms": time_ms, "removed": [f"{address:06x}" for address in removed.tolist()]}
        update = await self._event(b"update", self._number + 1, about, found)
        # Both at once: a client may read while the update is built.
        self._number += 1
        self._updates.append((self._number, update))
        while len(self._updates) > 1 and (
            len(self._updates) > MAX_UPDATES or sum(len(update) for _, update in self._updates) > MAX_UPDATE_BYTES
        ):
            self._updates.popleft()
        self._snapshot = None

    async def _make_snapshot(self, changes: PictureChanges, time_ms: int) -> bytes:
        found = await self._matching(changes, None)
        return await self._event(b"snapshot", self._number, {"time_ms": time_ms, "total": len(found.addresses)}, found)

    async def _event(self, name: bytes, number: int, about: dict[str, object], found: FoundFlights) -> bytes:
        written = document(about, found.lists(), self._writer, is_geojson=self.query.is_geojson)
        parts = [b"id: %s.%d\nevent: %s\ndata: " % (self._token.encode(), number, name)]
        parts += [part async for part in written]
        return b"".join([*parts, b"\n\n"])

    async def _matching(self, changes: PictureChanges, slots_of: dict[int, IntArray] | None) -> FoundFlights:
        """Return the flights that match, in some slots of each shard or in all."""
        found = FoundFlights()
        for number, shard in changes.shards.items():
            slots = np.flatnonzero(shard.used) if slots_of is None else slots_of.get(number)
            if slots is None or not len(slots):
                continue
            matches = dynamic_matches(self.query.filters, shard.dynamic[:, slots])
            if self._has_identity_filters:
                matches &= self._fits[number][slots]
            slots = slots[matches]
            found.add(shard.identities[slots], shard.names, shard.dynamic[:, slots], shard.times_ms[slots])
            await asyncio.sleep(0)
        found.join()
        await asyncio.sleep(0)
        return found

    async def _fit(self, number: int, shard: ShardCopy, slots: IntArray, *, is_new: bool) -> None:
        """Remember which aircraft fit by who they are: that does not change in flight."""
        if not self._has_identity_filters:
            return
        known = self._fits.get(number)
        fits = np.zeros(len(shard.used), np.bool_)
        if known is not None and not is_new:
            fits[: len(known)] = known
        fits[slots] = identity_matches(self.query.filters, shard.identities[slots], shard.names)
        if self.query.filters.terms:
            candidates = slots[fits[slots]]
            for start in range(0, len(candidates), TEXT_ROWS):
                part = candidates[start : start + TEXT_ROWS]
                fits[part] = text_matches(self.query.filters.terms, shard.identities[part])
                await asyncio.sleep(0)
        self._fits[number] = fits


def encode_event(name: str, data: dict[str, object], retry_ms: int | None = None) -> bytes:
    """Return a short event, with the time after which a client reconnects if it is given."""
    retry = "" if retry_ms is None else f"retry: {retry_ms}\n"
    return f"{retry}event: {name}\ndata: ".encode() + msgspec.json.encode(data) + b"\n\n"
