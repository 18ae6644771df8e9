"""The hub: one tick to every viewer, in one loop.

Each distinct message is built once per tick and encoding and written to every socket; the loop gives way after every
`VIEWERS_PER_TURN` viewers, about 5 ms, so that ten thousand viewers never hold up a probe. There is no queue and
no task per viewer. A viewer whose socket is full is nothing but its cursor: at the next tick that finds room it gets
one message with what it missed, which is cached by cursor and so shared by all who lag alike. It costs the others
nothing and the gateway no more than its write buffer and one message; after `slow_client_s` it is closed with 4408.

`relay` calls `broadcast` once per tick, `connection` joins and leaves, `presence` announces the state and closes who is
overdue, `run` drains.
"""

from __future__ import annotations

import asyncio
import enum
import secrets
import time
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

import msgspec

from flighttracker.clock import Clock
from flighttracker.settings import LimitSettings
from flighttracker_gateway.cursor import Cursor, RecentFrames
from flighttracker_gateway.json_frames import JsonFrames
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.picture import Picture
from flighttracker_gateway.prepared import PreparedMessage, build_message

VIEWERS_PER_TURN: Final = 250
MAX_CACHED_MESSAGES: Final = 64
"""Cursors come from clients, so that the cache needs a bound; laggards rarely have more than a few."""

DRAIN_STEP_MS: Final = 100
RECONNECT_SPREAD_MS: Final = 2_000
"""Other gateways are there at once; what is waited for is that not all come in the same moment."""

TOO_FAR_BEHIND: Final = 4408
RESTARTING: Final = 1012


class Encoding(enum.Enum):
    """How a viewer reads frames; the value is the WebSocket subprotocol."""

    BINARY = "flights.v1"
    JSON = "flights.v1.json"


class Socket(Protocol):
    """What the hub needs of a connection."""

    @property
    def is_writable(self) -> bool:
        """Whether a message would be taken now."""

    def send_prepared(self, message: PreparedMessage) -> bool:
        """Write a message, or answer False when there is no room."""

    def close_now(self, code: int, reason: str) -> None:
        """Close without waiting."""


class Viewer:
    """One connection: its socket, its encoding, and how far it has come.

    Attributes:
        cursor: what it has been sent; None when it needs key frames.
        behind_since_ms: when its socket was first found full, None when it is up to date.
        state_number: the last state message that it got.
    """

    __slots__ = ("behind_since_ms", "cursor", "encoding", "socket", "state_number")

    def __init__(self, socket: Socket, encoding: Encoding, cursor: Cursor | None) -> None:
        self.socket = socket
        self.encoding = encoding
        self.cursor = cursor
        self.behind_since_ms: int | None = None
        self.state_number = 0


class Hub:
    """All viewers of one gateway.

    Args:
        picture: has applied a frame before it is broadcast.
        limits: `slow_client_s` is used.
        clock: measures how long a viewer is behind.
        metrics: counts what is sent.
    """

    def __init__(self, picture: Picture, limits: LimitSettings, clock: Clock, metrics: GatewayMetrics) -> None:
        self._limits = limits
        self._clock = clock
        self._metrics = metrics
        self._picture = picture
        self._recent = RecentFrames(picture)
        self._json = JsonFrames(picture)
        self._json_turn = asyncio.Lock()
        self._cursor: Cursor = ()
        self._viewers: dict[Encoding, set[Viewer]] = {encoding: set() for encoding in Encoding}
        self._slow: set[Viewer] = set()
        self._catch_up: dict[tuple[Encoding, Cursor | None], PreparedMessage | None] = {}
        self._state: PreparedMessage | None = None
        self._state_number = 0

    def __len__(self) -> int:
        return sum(map(len, self._viewers.values()))

    async def join(self, viewer: Viewer) -> None:
        """Take in a viewer: it gets what its cursor lacks, then the state, then every tick."""
        self._viewers[viewer.encoding].add(viewer)
        await self._catch_up_one(viewer)
        self._tell_state(viewer)

    def leave(self, viewer: Viewer) -> None:
        """Forget a viewer."""
        self._viewers[viewer.encoding].discard(viewer)
        self._slow.discard(viewer)
        self._metrics.ws_slow_clients.set(len(self._slow))

    async def resync(self, viewer: Viewer) -> None:
        """Send key frames to a viewer that found a gap."""
        viewer.cursor = None
        await self._catch_up_one(viewer)

    async def broadcast(self, frames: Sequence[bytes]) -> None:
        """Write one tick to every viewer; returns when each has it or is known to be behind.

        Args:
            frames: the tick's frames of all shards, which the picture has applied.
        """
        started_s = time.perf_counter()
        before, self._cursor = self._cursor, self._recent.add(frames)
        self._catch_up.clear()
        await self._write(Encoding.BINARY, build_message(b"".join(frames)), before)
        if self._viewers[Encoding.JSON]:
            async with self._json_turn:
                text = build_message(await self._json.tick(frames), is_text=True)
            await self._write(Encoding.JSON, text, before)
        else:
            self._json.forget()
        self._metrics.broadcast_seconds.observe(time.perf_counter() - started_s)

    async def announce(
        self, *, viewers: int, stale_shards: Sequence[int], stale_since_ms: int | None, at_once: bool
    ) -> None:
        """Tell every viewer how many watch and which shards are stale; who is behind is told when it catches up.

        Args:
            viewers: of the whole tracker.
            stale_shards: shards whose picture is old.
            stale_since_ms: what the oldest of them shows, milliseconds since 1970.
            at_once: do not wait for the next tick, which could carry the news in the same system call.
        """
        state = {
            "type": "state",
            "stale_shards": stale_shards,
            "stale_since_ms": stale_since_ms,
            "viewers": viewers,
            "server_time_ms": self._clock.now_ms(),
        }
        self._state = build_message(msgspec.json.encode(state), is_text=True)
        self._state_number += 1
        everyone = [*self._viewers[Encoding.BINARY], *self._viewers[Encoding.JSON]] if at_once else []
        for turn in _turns(everyone):
            for viewer in turn:
                self._tell_state(viewer)
            await asyncio.sleep(0)

    def close_overdue(self) -> None:
        """Close the viewers that have been behind for too long."""
        overdue_ms = self._clock.now_ms() - round(self._limits.slow_client_s * 1000)
        for viewer in tuple(self._slow):
            if viewer.behind_since_ms is not None and viewer.behind_since_ms <= overdue_ms:
                viewer.socket.close_now(TOO_FAR_BEHIND, f"behind for more than {self._limits.slow_client_s:g} s")

    async def drain(self, drain_s: float) -> None:
        """Close every viewer with 1012, spread over `drain_s` so that they do not all come back at once.

        Each is told before when to come back, so that they spread out also when `drain_s` is short.
        """
        viewers = [*self._viewers[Encoding.BINARY], *self._viewers[Encoding.JSON]]
        steps = max(1, round(drain_s * 1000 / DRAIN_STEP_MS))
        for turn in _turns(viewers, max(1, -(-len(viewers) // steps))):
            for viewer in turn:
                hint = {"type": "restart", "reconnect_after_ms": secrets.randbelow(RECONNECT_SPREAD_MS)}
                viewer.socket.send_prepared(build_message(msgspec.json.encode(hint), is_text=True))
                viewer.socket.close_now(RESTARTING, "the gateway restarts, connect again")
            await self._clock.sleep_until(self._clock.now_ms() + DRAIN_STEP_MS)

    async def _write(self, encoding: Encoding, message: PreparedMessage, before: Cursor) -> None:
        """Write a tick to every viewer of one encoding; who is not at `before` gets a catch-up instead."""
        sent = 0
        for turn in _turns([*self._viewers[encoding]]):
            for viewer in turn:
                # Identity, not equality: cursors that clients sent may equal one that the hub made.
                if viewer.cursor is not before:
                    await self._catch_up_one(viewer)
                elif viewer.socket.send_prepared(message):
                    viewer.cursor = self._cursor
                    sent += 1
                else:
                    self._fell_behind(viewer)
                if viewer.state_number != self._state_number:
                    self._tell_state(viewer)
            await asyncio.sleep(0)
        self._count(sent, message)

    async def _catch_up_one(self, viewer: Viewer) -> None:
        """Send what a viewer lacks as one message."""
        if not viewer.socket.is_writable:
            self._fell_behind(viewer)
            return
        target = self._cursor
        if viewer.encoding is Encoding.BINARY:
            message = self._binary_after(viewer.cursor)
        else:
            message = await self._json_picture()
        if message is not None:
            if not viewer.socket.send_prepared(message):
                self._fell_behind(viewer)
                return
            self._count(1, message)
        viewer.cursor = target
        if viewer.behind_since_ms is not None:
            viewer.behind_since_ms = None
            self._slow.discard(viewer)
            self._metrics.ws_slow_clients.set(len(self._slow))

    def _binary_after(self, cursor: Cursor | None) -> PreparedMessage | None:
        key = (Encoding.BINARY, cursor)
        if key in self._catch_up:
            return self._catch_up[key]
        missed = self._recent.after(cursor)
        self._metrics.ws_catch_ups.labels("key" if missed.has_key else "deltas").inc()
        message = build_message(b"".join(missed.frames)) if missed.frames else None
        if len(self._catch_up) < MAX_CACHED_MESSAGES:
            self._catch_up[key] = message
        return message

    async def _json_picture(self) -> PreparedMessage | None:
        """Return key frames as JSON; a debugging encoding is not worth a catch-up with deltas."""
        key = (Encoding.JSON, None)
        async with self._json_turn:
            if key not in self._catch_up and self._picture.shards:
                self._metrics.ws_catch_ups.labels("key").inc()
                self._catch_up[key] = build_message(await self._json.picture(), is_text=True)
            return self._catch_up.get(key)

    def _tell_state(self, viewer: Viewer) -> None:
        if self._state is not None and viewer.behind_since_ms is None and viewer.socket.send_prepared(self._state):
            viewer.state_number = self._state_number
            self._count(1, self._state)

    def _fell_behind(self, viewer: Viewer) -> None:
        # A viewer may have left while this loop gave way.
        if viewer.behind_since_ms is None and viewer in self._viewers[viewer.encoding]:
            viewer.behind_since_ms = self._clock.now_ms()
            self._slow.add(viewer)
            self._metrics.ws_slow_clients.set(len(self._slow))

    def _count(self, messages: int, message: PreparedMessage) -> None:
        self._metrics.ws_sent_messages.inc(messages)
        self._metrics.ws_sent_bytes.inc(messages * len(message.wire))


def _turns(viewers: list[Viewer], per_turn: int = VIEWERS_PER_TURN) -> Iterator[list[Viewer]]:
    """Yield the viewers in parts that are small enough for one turn of the event loop."""
    for start in range(0, len(viewers), per_turn):
        yield viewers[start : start + per_turn]
