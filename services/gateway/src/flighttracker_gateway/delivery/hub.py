"""`Hub`: sends each tick to every viewer.

A message is built once per tick and channel, and written to every socket. The event loop runs other tasks after every
`VIEWERS_PER_TURN` viewers, about 5 ms, so ten thousand viewers do not delay a probe. There is no queue and no task per
viewer. For a viewer whose socket is full, only its cursor is kept: at the first tick with room it gets one message with
what it missed. That message is cached by cursor and shared by all viewers at the same one. A slow viewer costs the
others no time, and the gateway at most its write buffer and one message; after `slow_client_s` it is closed with 4408.

`channel` builds the messages, `audience` writes them to up-to-date viewers, and the hub handles the others. `relay`
calls `broadcast` once per tick, `connection` adds and removes viewers, `presence` announces the state and closes
overdue viewers, and `run` drains.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import msgspec

from flighttracker.clock import Clock
from flighttracker.settings import LimitSettings
from flighttracker_gateway.delivery.audience import VIEWERS_PER_TURN, Audience
from flighttracker_gateway.delivery.channel import Channel, FrameChannel, JsonChannel
from flighttracker_gateway.delivery.exact_reports import ExactReports
from flighttracker_gateway.delivery.following import Following
from flighttracker_gateway.delivery.prepared import PreparedMessage, build_message
from flighttracker_gateway.delivery.tile_viewers import TileViewers
from flighttracker_gateway.delivery.viewer import Encoding, Seen, Viewer
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.picture.cursor import Cursor, RecentFrames
from flighttracker_gateway.picture.picture import Picture

DRAIN_STEP_MS: Final = 100
RECONNECT_SPREAD_MS: Final = 2_000
"""Viewers reconnect within this time, at random; other gateways are ready at once, so only the burst is avoided."""

TOO_FAR_BEHIND: Final = 4408
RESTARTING: Final = 1012


class Hub:
    """All viewers of one gateway; iterable.

    Args:
        picture: applies each frame before it is broadcast.
        limits: for `slow_client_s`.
        clock: measures how long a viewer is behind.
        metrics: counts messages and bytes.
        tick_s: time between two ticks of the gateway.
    """

    def __init__(
        self, picture: Picture, limits: LimitSettings, clock: Clock, metrics: GatewayMetrics, *, tick_s: float = 1.0
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._metrics = metrics
        self._recent = RecentFrames(picture)
        self._channels: dict[Encoding, Channel] = {
            Encoding.BINARY: FrameChannel(self._recent, metrics),
            Encoding.JSON: JsonChannel(picture, metrics),
        }
        self._tiles = TileViewers(picture, tick_s, clock, metrics)
        self._exact = ExactReports(picture, metrics)
        self._cursor: Cursor = ()
        self._slow: set[Viewer] = set()
        self._state: dict[str, Any] | None = None
        self._state_number = 0
        self._writing = asyncio.Lock()
        self.on_tick: Callable[[], None] = _nothing
        """Called after each broadcast."""

    def __len__(self) -> int:
        return sum(len(channel.audience) for channel in self._every_channel())

    def __iter__(self) -> Iterator[Viewer]:
        for channel in self._every_channel():
            yield from channel.audience

    async def join(self, viewer: Viewer) -> None:
        """Add a viewer: it gets what it misses since its cursor, then the state, then every tick."""
        channel = self._add(viewer)
        await self._bring_up_to_date(viewer, channel)

    def leave(self, viewer: Viewer) -> None:
        """Remove a viewer."""
        self._remove(viewer)
        self._exact.want(viewer, frozenset())
        self._slow.discard(viewer)
        self._metrics.ws_slow_clients.set(len(self._slow))

    def available_tiles(self, wanted: Following, user: str) -> Following:
        """Return the tiles if a user can have them; else those of class 0, which everybody has."""
        return self._tiles.available(wanted, user)

    async def follow(self, viewer: Viewer, following: Following, exact: Sequence[str]) -> None:
        """Replace the tiles of a viewer by those that `available_tiles` returned; it gets key parts of new ones.

        Args:
            viewer: of `flights.v3`.
            following: its tiles.
            exact: addresses of the aircraft of which it gets every report, six hex digits each.
        """
        self._exact.want(viewer, frozenset(int(icao24, 16) for icao24 in exact))
        if following != viewer.following:
            await self._bring_up_to_date(viewer, self._tiles.move(viewer, following))
        self._exact.send(viewer)

    async def resync(self, viewer: Viewer) -> None:
        """Send key frames to a viewer that detected a gap."""
        channel = self._channel_of(viewer)
        channel.audience.leave_bulk(viewer)
        viewer.seen = viewer.seen._replace(cursor=None)
        await self._bring_up_to_date(viewer, channel)

    async def broadcast(self, frames: Sequence[bytes]) -> None:
        """Write one tick to every viewer; return when each has it or is marked as behind.

        Args:
            frames: the tick's frames of all shards, already applied to the picture.
        """
        started_s = time.perf_counter()
        async with self._writing:
            await self._tiles.advance(self._cursor)
            before, self._cursor = self._cursor, self._recent.add(frames)
            for channel in self._every_channel():
                channel.forget_catch_ups()
            written = 0
            for channel in self._every_channel():
                if viewers := len(channel.audience):
                    await self._write_channel(channel, await channel.tick(frames, before), before)
                    written += viewers
                    if written >= VIEWERS_PER_TURN:
                        written = 0
                        await asyncio.sleep(0)
                else:
                    channel.forget()
            await asyncio.sleep(0)
            await self._exact.tick()
        self._metrics.broadcast_seconds.observe(time.perf_counter() - started_s)
        self.on_tick()

    def remember(self, frames: Sequence[bytes]) -> None:
        """Keep frames that led to the present state, for viewers that reconnect with an older cursor; not broadcast."""
        self._recent.remember(frames)

    async def announce(
        self, *, viewers: int, stale_shards: Sequence[int], stale_since_ms: int | None, at_once: bool
    ) -> None:
        """Send every viewer the number of viewers and the stale shards; a viewer that is behind gets them later.

        Args:
            viewers: viewers of the whole tracker.
            stale_shards: numbers of the stale shards.
            stale_since_ms: the time that the oldest of them shows, milliseconds since 1970; None when none is stale.
            at_once: send now, not with the next tick, where it would need no system call of its own.
        """
        self._state = {
            "type": "state",
            "stale_shards": stale_shards,
            "stale_since_ms": stale_since_ms,
            "viewers": viewers,
        }
        self._state_number += 1
        if at_once:
            async with self._writing:
                for channel in self._every_channel():
                    await self._write_channel(channel, None, self._cursor, with_state=True)

    def close_overdue(self) -> None:
        """Close the viewers that have been behind for too long."""
        overdue_ms = self._clock.now_ms() - round(self._limits.slow_client_s * 1000)
        for viewer in tuple(self._slow):
            if viewer.behind_since_ms is not None and viewer.behind_since_ms <= overdue_ms:
                viewer.socket.close_now(TOO_FAR_BEHIND, f"behind for more than {self._limits.slow_client_s:g} s")

    async def drain(self, drain_s: float) -> None:
        """Close every viewer with 1012, spread over `drain_s` to spread their reconnects.

        Each viewer first gets a random time to reconnect at, which spreads them even when `drain_s` is short.
        """
        viewers = [*self]
        steps = max(1, round(drain_s * 1000 / DRAIN_STEP_MS))
        for batch in _batches(viewers, max(1, -(-len(viewers) // steps))):
            for viewer in batch:
                hint = {"type": "restart", "reconnect_after_ms": secrets.randbelow(RECONNECT_SPREAD_MS)}
                viewer.socket.send_prepared(build_message(msgspec.json.encode(hint), is_text=True))
                viewer.socket.close_now(RESTARTING, "the gateway restarts, connect again")
            await self._clock.sleep_ms(DRAIN_STEP_MS)

    def _every_channel(self) -> list[Channel]:
        return [*self._channels.values(), *self._tiles]

    def _channel_of(self, viewer: Viewer) -> Channel:
        if viewer.encoding is Encoding.TILES:
            return self._tiles.channel_of(viewer)
        return self._channels[viewer.encoding]

    def _add(self, viewer: Viewer) -> Channel:
        """Add a viewer to its channel, and return that."""
        if viewer.encoding is Encoding.TILES:
            return self._tiles.add(viewer)
        channel = self._channel_of(viewer)
        channel.audience.add(viewer)
        return channel

    def _remove(self, viewer: Viewer) -> None:
        """Remove a viewer from its channel."""
        if viewer.encoding is Encoding.TILES:
            self._tiles.remove(viewer)
        else:
            self._channel_of(viewer).audience.remove(viewer)

    async def _write_channel(
        self, channel: Channel, tick: PreparedMessage | None, before: Cursor, *, with_state: bool = False
    ) -> None:
        """Write a tick, or only the state, to a channel; viewers that are not at `before` get a catch-up instead.

        A new state waits for the next tick with news, unless it goes without one (`with_state`).
        """
        messages = [] if tick is None else [tick]
        is_new = channel.audience.bulk_seen.state_number != self._state_number
        if self._state is not None and is_new and (messages or with_state):
            messages.append(self._state_message(self._state))
        if messages:
            seen = Seen(self._cursor, self._state_number)
            sent = await channel.audience.write(b"".join([message.wire for message in messages]), seen)
            for message in messages:
                self._count(sent, message)
        else:
            channel.audience.skip(self._cursor)
        for index, viewer in enumerate([*channel.audience.individual], 1):
            if viewer not in channel.audience:  # it left, or looks elsewhere, while other tasks ran
                continue
            if viewer.seen.cursor is before and not viewer.seen.lacks:
                self._send(viewer, channel.audience, tick, self._cursor)
            await self._bring_up_to_date(viewer, channel)
            if index % VIEWERS_PER_TURN == 0:
                await asyncio.sleep(0)

    async def _bring_up_to_date(self, viewer: Viewer, channel: Channel) -> None:
        """Send an individual viewer what it misses as one message, then the state, and make it a bulk viewer."""
        cursor = self._cursor
        if viewer.seen.cursor is not cursor or viewer.seen.lacks:
            if not viewer.socket.is_writable:
                self._mark_behind(viewer, channel.audience)
                return
            self._send(viewer, channel.audience, await channel.catch_up(viewer.seen, cursor), cursor)
        self._send_state(viewer)
        channel.audience.join_bulk(viewer)

    def _send_state(self, viewer: Viewer) -> None:
        if self._state is None or viewer.seen.state_number == self._state_number or viewer.behind_since_ms is not None:
            return
        message = self._state_message(self._state)
        if viewer.socket.send_prepared(message):
            viewer.seen = viewer.seen._replace(state_number=self._state_number)
            self._count(1, message)

    def _state_message(self, state: dict[str, Any]) -> PreparedMessage:
        """Return the state with the present server time; the state itself may have been announced long ago."""
        return build_message(msgspec.json.encode(state | {"server_time_ms": self._clock.now_ms()}), is_text=True)

    def _send(self, viewer: Viewer, audience: Audience, message: PreparedMessage | None, cursor: Cursor) -> None:
        """Write the message that brings a viewer to a cursor; None when it misses nothing."""
        if message is not None:
            if not viewer.socket.send_prepared(message):
                self._mark_behind(viewer, audience)
                return
            self._count(1, message)
        viewer.seen = viewer.seen._replace(cursor=cursor, lacks=frozenset())
        if viewer.behind_since_ms is not None:
            viewer.behind_since_ms = None
            self._slow.discard(viewer)
            self._metrics.ws_slow_clients.set(len(self._slow))

    def _mark_behind(self, viewer: Viewer, audience: Audience) -> None:
        # A viewer may have left while other tasks ran.
        if viewer.behind_since_ms is None and viewer in audience:
            viewer.behind_since_ms = self._clock.now_ms()
            self._slow.add(viewer)
            self._metrics.ws_slow_clients.set(len(self._slow))

    def _count(self, messages: int, message: PreparedMessage) -> None:
        self._metrics.ws_sent_messages.inc(messages)
        self._metrics.ws_sent_bytes.inc(messages * len(message.wire))


def _nothing() -> None:
    """Do nothing."""


def _batches(viewers: list[Viewer], batch_size: int = VIEWERS_PER_TURN) -> Iterator[list[Viewer]]:
    """Yield the viewers in batches that are small enough for one turn of the event loop."""
    for start in range(0, len(viewers), batch_size):
        yield viewers[start : start + batch_size]
