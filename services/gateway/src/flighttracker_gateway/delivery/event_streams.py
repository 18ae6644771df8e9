"""`EventStreams`: flights as server-sent events, for clients without WebSockets.

All clients with the same query share one `EventStream`. The streams are advanced in rounds: a round copies the picture,
builds what changed for each stream, and wakes the clients. A new round begins after a tick of the hub, but the pause
before it is as long as the previous round took. However many queries there are, they take at most half of the event
loop, in short turns, and no viewer of the WebSocket waits for them.

There are at most `MAX_STREAMS` queries, `MAX_STREAMS_OF_USER` of one user. A query lives for `LINGER_MS` after its last
client, so a client that reconnects continues where it was.

`http.rest_events` adds clients, `presence` calls `look` once a second, and `gateway.run` starts the rounds.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Final

from flighttracker.clock import Clock
from flighttracker.settings import LimitSettings
from flighttracker_gateway.access.client_rates import ClientRates
from flighttracker_gateway.delivery.event_stream import EventQuery, EventStream, EventViewer, encode_event
from flighttracker_gateway.delivery.hub import RECONNECT_SPREAD_MS, RESTARTING, TOO_FAR_BEHIND
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.picture.changes import PictureChanges
from flighttracker_gateway.picture.picture import Picture

MAX_STREAMS: Final = 32
MAX_STREAMS_OF_USER: Final = 4
"""Different queries at the same time."""
NEW_STREAMS_PER_S: Final = 1.0
MAX_NEW_STREAMS: Final = 8
"""Queries that one user starts, and at once: each costs a snapshot."""
LINGER_MS: Final = 30_000
HEARTBEAT_MS: Final = 15_000
"""A comment is sent after this silence; proxies close a connection after a minute of it."""
MIN_PAUSE_MS: Final = 50
MAX_HELD_BYTES: Final = 64 * 1024 * 1024
"""Events of all streams that are kept; above it, the stream with the most ends."""
TOO_LARGE: Final = 4413


class EventStreams:
    """The event streams of one gateway.

    Args:
        picture: the picture that they show.
        limits: for `slow_client_s`.
        clock: the time.
        metrics: counts connections.
    """

    def __init__(self, picture: Picture, limits: LimitSettings, clock: Clock, metrics: GatewayMetrics) -> None:
        self._limits = limits
        self._clock = clock
        self._metrics = metrics
        self._changes = PictureChanges(picture)
        self._streams: dict[EventQuery, EventStream] = {}
        self._starts = ClientRates(NEW_STREAMS_PER_S, clock, burst=MAX_NEW_STREAMS)
        self._due = asyncio.Event()
        self._state: tuple[list[int], int | None] = ([], None)
        self._state_number = 1

    def __len__(self) -> int:
        return sum(len(stream.viewers) for stream in self._streams.values())

    def refuse(self, user: str, query: EventQuery) -> tuple[int, str]:
        """Return status and sentence if a user cannot have a query now, else count it; (0, "") if it can."""
        known = self._streams.get(query)
        if known is not None and any(viewer.user == user for viewer in known.viewers):
            return 0, ""
        own = sum(1 for stream in self._streams.values() if any(viewer.user == user for viewer in stream.viewers))
        if own >= MAX_STREAMS_OF_USER:
            return 429, f"You have {own} different event streams open, the maximum of one user."
        if known is not None:
            return 0, ""
        if len(self._streams) >= MAX_STREAMS and not any(stream.viewers == set() for stream in self._streams.values()):
            return 503, f"This gateway has {MAX_STREAMS} different event streams, its maximum."
        if not self._starts.take(user):
            return 429, f"More than {NEW_STREAMS_PER_S:g} new event streams a second; try again."
        return 0, ""

    def join(self, user: str, query: EventQuery, last_event_id: str, abort: Callable[[], None]) -> EventViewer:
        """Add a client whose query `refuse` has accepted.

        Args:
            user: a token's subject, or without tokens a client by its address.
            query: what it asks.
            last_event_id: the last event that it has, from an earlier connection; "" for none.
            abort: ends its connection at once.
        """
        stream = self._streams.get(query)
        if stream is None:
            if len(self._streams) >= MAX_STREAMS:
                empty = (each for each in self._streams.values() if not each.viewers)
                del self._streams[min(empty, key=lambda each: each.empty_since_ms or 0).query]
            stream = self._streams[query] = EventStream(query)
        viewer = EventViewer(user, stream, stream.position_of(last_event_id), abort)
        viewer.sent_ms = self._clock.now_ms()
        stream.viewers.add(viewer)
        stream.empty_since_ms = None
        self._metrics.event_streams.set(len(self._streams))
        self.tick()
        return viewer

    def leave(self, viewer: EventViewer) -> None:
        """Remove a client."""
        viewer.stream.viewers.discard(viewer)
        if not viewer.stream.viewers:
            viewer.stream.empty_since_ms = self._clock.now_ms()

    def tick(self) -> None:
        """Begin a round soon, because there is a new tick or a new client."""
        self._due.set()

    async def run(self) -> None:
        """Advance the streams until cancelled."""
        while True:
            await self._due.wait()
            self._due.clear()
            started_s = time.perf_counter()
            await self.round()
            took_ms = round((time.perf_counter() - started_s) * 1000)
            await self._clock.sleep_ms(max(MIN_PAUSE_MS, took_ms))

    async def round(self) -> None:
        """Advance every stream to the present picture, and end those that nobody has read for a while."""
        now_ms = self._clock.now_ms()
        for stream in tuple(self._streams.values()):
            if stream.empty_since_ms is not None and not 0 <= now_ms - stream.empty_since_ms < LINGER_MS:
                del self._streams[stream.query]
        self._metrics.event_streams.set(len(self._streams))
        if not self._streams:
            self._changes.forget()
            return
        for _ in self._changes.steps():
            await asyncio.sleep(0)
        for stream in tuple(self._streams.values()):
            await stream.advance(self._changes, now_ms)
            self._bound_memory()

    def _bound_memory(self) -> None:
        while len(self._streams) > 1 and sum(each.held_bytes for each in self._streams.values()) > MAX_HELD_BYTES:
            largest = max(self._streams.values(), key=lambda each: each.held_bytes)
            del self._streams[largest.query]
            for viewer in largest.viewers:
                viewer.end(TOO_LARGE, "all event streams are too large together: ask for fewer flights or fields")
                if viewer.sending_since_ms is not None:
                    # `look` does not find it any more.
                    viewer.abort()

    def look(self, stale_shards: Sequence[int], stale_since_ms: int | None) -> None:
        """Announce stale shards, send heartbeats, and end the connections of clients that do not read."""
        state = ([*stale_shards], stale_since_ms)
        if state != self._state:
            self._state, self._state_number = state, self._state_number + 1
        now_ms = self._clock.now_ms()
        overdue_ms = now_ms - round(self._limits.slow_client_s * 1000)
        for stream in self._streams.values():
            for viewer in tuple(stream.viewers):
                if viewer.sending_since_ms is not None and viewer.sending_since_ms <= overdue_ms:
                    viewer.end(TOO_FAR_BEHIND, f"behind for more than {self._limits.slow_client_s:g} s")
                    viewer.abort()
                elif viewer.state_number != self._state_number or now_ms - viewer.sent_ms >= HEARTBEAT_MS:
                    viewer.wake.set()

    def drain(self) -> None:
        """End every connection, with a time to reconnect after."""
        for stream in self._streams.values():
            for viewer in stream.viewers:
                viewer.end(RESTARTING, "the gateway restarts", secrets.randbelow(RECONNECT_SPREAD_MS))

    async def next_bytes(self, viewer: EventViewer) -> bytes:
        """Wait for what a client is to be sent next; empty when its connection has ended."""
        while not viewer.ended:
            viewer.wake.clear()
            now_ms = self._clock.now_ms()
            waiting = viewer.stream.message_for(viewer)
            if viewer.position is not None and viewer.state_number != self._state_number:
                viewer.state_number = self._state_number
                stale_shards, stale_since_ms = self._state
                waiting += encode_event("state", {"stale_shards": stale_shards, "stale_since_ms": stale_since_ms})
            if not waiting and now_ms - viewer.sent_ms >= HEARTBEAT_MS:
                waiting = b": still here\n\n"
            if waiting:
                viewer.sent_ms = now_ms
                return waiting
            await viewer.wake.wait()
        return b""
