"""The hub: one tick to every viewer.

Each distinct message is built once per tick and channel and written to every socket; the loop gives way after every
`VIEWERS_PER_TURN` viewers, about 5 ms, so that ten thousand viewers never hold up a probe. There is no queue and
no task per viewer. A viewer whose socket is full is nothing but its cursor: at the next tick that finds room it gets
one message with what it missed, which is cached by cursor and so shared by all who lag alike. It costs the others
nothing and the gateway no more than its write buffer and one message; after `slow_client_s` it is closed with 4408.

`channel` says what is sent, `audience` writes it to those who lack nothing, and the hub looks after the rest. `relay`
calls `broadcast` once per tick, `connection` joins and leaves, `presence` announces the state and closes who is
overdue, `run` drains.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from flighttracker.clock import Clock
from flighttracker.settings import LimitSettings
from flighttracker_gateway.delivery.audience import VIEWERS_PER_TURN, Audience
from flighttracker_gateway.delivery.channel import Channel, FrameChannel, JsonChannel
from flighttracker_gateway.delivery.prepared import PreparedMessage, build_message
from flighttracker_gateway.delivery.region import Region
from flighttracker_gateway.delivery.scene import Scene
from flighttracker_gateway.delivery.stream_channel import MAX_STREAMS, StreamChannel
from flighttracker_gateway.delivery.viewer import Encoding, Seen, Viewer
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.picture.cursor import Cursor, RecentFrames
from flighttracker_gateway.picture.picture import Picture

DRAIN_STEP_MS: Final = 100
RECONNECT_SPREAD_MS: Final = 2_000
"""Other gateways are there at once; what is waited for is that not all come in the same moment."""

TOO_FAR_BEHIND: Final = 4408
RESTARTING: Final = 1012


class Hub:
    """All viewers of one gateway; iterating gives each.

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
        self._recent = RecentFrames(picture)
        self._scene = Scene(picture)
        self._channels: dict[Encoding, Channel] = {
            Encoding.BINARY: FrameChannel(self._recent, metrics),
            Encoding.JSON: JsonChannel(picture, metrics),
        }
        self._streams: dict[Region | None, StreamChannel] = {}
        self._stream_epoch = 0
        self._cursor: Cursor = ()
        self._slow: set[Viewer] = set()
        self._state: dict[str, Any] | None = None
        self._state_number = 0
        self._writing = asyncio.Lock()

    def __len__(self) -> int:
        return sum(len(channel.audience) for channel in self._every_channel())

    def __iter__(self) -> Iterator[Viewer]:
        for channel in self._every_channel():
            yield from channel.audience

    async def join(self, viewer: Viewer) -> None:
        """Take in a viewer: it gets what its cursor lacks, then the state, then every tick."""
        channel = self._open(viewer)
        channel.audience.enter(viewer)
        await self._look_after(viewer, channel)

    def leave(self, viewer: Viewer) -> None:
        """Forget a viewer."""
        self._depart(viewer)
        self._slow.discard(viewer)
        self._metrics.ws_slow_clients.set(len(self._slow))

    def offer(self, region: Region | None) -> Region | None:
        """Return the region that a view gets: all of the world when there are as many streams as there may be."""
        return region if region in self._streams or len(self._streams) < MAX_STREAMS else None

    async def look(self, viewer: Viewer, region: Region | None) -> None:
        """Let a viewer of streams see another region, of those offered."""
        if viewer.region != region:
            self._depart(viewer)
            viewer.region = region
            channel = self._open(viewer)
            channel.audience.enter(viewer)
            viewer.seen = viewer.seen._replace(cursor=None)
            await self._look_after(viewer, channel)

    async def resync(self, viewer: Viewer) -> None:
        """Send key frames to a viewer that found a gap."""
        channel = self._open(viewer)
        channel.audience.step_aside(viewer)
        viewer.seen = viewer.seen._replace(cursor=None)
        await self._look_after(viewer, channel)

    async def broadcast(self, frames: Sequence[bytes]) -> None:
        """Write one tick to every viewer; returns when each has it or is known to be behind.

        Args:
            frames: the tick's frames of all shards, which the picture has applied.
        """
        started_s = time.perf_counter()
        async with self._writing:
            before, self._cursor = self._cursor, self._recent.add(frames)
            if self._streams:
                self._scene.advance()
            for channel in self._every_channel():
                channel.forget_catch_ups()
            for channel in self._every_channel():
                if channel.audience:
                    await self._write(channel, await channel.tick(frames, before), before)
                else:
                    channel.forget()
        self._metrics.broadcast_seconds.observe(time.perf_counter() - started_s)

    def remember(self, frames: Sequence[bytes]) -> None:
        """Know the frames that led to a shard's present, for who comes with some of them; see `RecentFrames`."""
        self._recent.remember(frames)

    async def announce(
        self, *, viewers: int, stale_shards: Sequence[int], stale_since_ms: int | None, at_once: bool
    ) -> None:
        """Tell every viewer how many watch and which shards are stale; who is behind is told when it catches up.

        Args:
            viewers: of the whole tracker.
            stale_shards: shards whose picture is old.
            stale_since_ms: what the oldest of them shows, milliseconds since 1970.
            at_once: do not wait for the next tick, which carries the news in the same system call.
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
                    await self._write(channel, None, self._cursor)

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
        viewers = [*self]
        steps = max(1, round(drain_s * 1000 / DRAIN_STEP_MS))
        for turn in _turns(viewers, max(1, -(-len(viewers) // steps))):
            for viewer in turn:
                hint = {"type": "restart", "reconnect_after_ms": secrets.randbelow(RECONNECT_SPREAD_MS)}
                viewer.socket.send_prepared(build_message(msgspec.json.encode(hint), is_text=True))
                viewer.socket.close_now(RESTARTING, "the gateway restarts, connect again")
            await self._clock.sleep_ms(DRAIN_STEP_MS)

    def _every_channel(self) -> list[Channel]:
        return [*self._channels.values(), *self._streams.values()]

    def _open(self, viewer: Viewer) -> Channel:
        """Return the channel of a viewer; a stream begins with its first."""
        if viewer.encoding is not Encoding.STREAM:
            return self._channels[viewer.encoding]
        stream = self._streams.get(viewer.region)
        if stream is None:
            if not self._streams:
                self._scene.advance()
            self._stream_epoch = max(self._stream_epoch + 1, self._clock.now_ms())
            stream = StreamChannel(self._scene, viewer.region, self._stream_epoch, self._metrics)
            self._streams[viewer.region] = stream
            self._metrics.ws_streams.set(len(self._streams))
        return stream

    def _depart(self, viewer: Viewer) -> None:
        """Take a viewer out of its channel; a stream ends with its last."""
        channel = self._open(viewer)
        channel.audience.leave(viewer)
        if viewer.encoding is Encoding.STREAM and not channel.audience:
            del self._streams[viewer.region]
            self._metrics.ws_streams.set(len(self._streams))
            if not self._streams:
                self._scene.forget()

    async def _write(self, channel: Channel, tick: PreparedMessage | None, before: Cursor) -> None:
        """Write a tick, or just the state, to a channel; who is not at `before` gets a catch-up instead."""
        seen = Seen(self._cursor, self._state_number)
        messages = [] if tick is None else [tick]
        if self._state is not None and channel.audience.in_line.state_number != self._state_number:
            messages.append(self._state_message(self._state))
        if messages:
            sent = await channel.audience.write(b"".join(message.wire for message in messages), seen)
            for message in messages:
                self._count(sent, message)
        for turn in _turns([*channel.audience.aside]):
            for viewer in turn:
                if tick is not None and viewer.seen.cursor is before:
                    self._give(viewer, channel.audience, tick, self._cursor)
                await self._look_after(viewer, channel)
            await asyncio.sleep(0)

    async def _look_after(self, viewer: Viewer, channel: Channel) -> None:
        """Give a viewer that stands aside what it lacks as one message, tell it the state, and let it line up."""
        cursor = self._cursor
        if viewer.seen.cursor is not cursor:
            if not viewer.socket.is_writable:
                self._fell_behind(viewer, channel.audience)
                return
            self._give(viewer, channel.audience, await channel.catch_up(viewer.seen.cursor), cursor)
        self._tell_state(viewer)
        channel.audience.line_up(viewer)

    def _tell_state(self, viewer: Viewer) -> None:
        if self._state is None or viewer.seen.state_number == self._state_number or viewer.behind_since_ms is not None:
            return
        message = self._state_message(self._state)
        if viewer.socket.send_prepared(message):
            viewer.seen = viewer.seen._replace(state_number=self._state_number)
            self._count(1, message)

    def _state_message(self, state: dict[str, Any]) -> PreparedMessage:
        """Return the state with the present server time; the state itself may have been announced long ago."""
        return build_message(msgspec.json.encode(state | {"server_time_ms": self._clock.now_ms()}), is_text=True)

    def _give(self, viewer: Viewer, audience: Audience, message: PreparedMessage | None, cursor: Cursor) -> None:
        """Write a message that brings a viewer to a cursor; None when it lacks nothing."""
        if message is not None:
            if not viewer.socket.send_prepared(message):
                self._fell_behind(viewer, audience)
                return
            self._count(1, message)
        viewer.seen = viewer.seen._replace(cursor=cursor)
        if viewer.behind_since_ms is not None:
            viewer.behind_since_ms = None
            self._slow.discard(viewer)
            self._metrics.ws_slow_clients.set(len(self._slow))

    def _fell_behind(self, viewer: Viewer, audience: Audience) -> None:
        # A viewer may have left while this loop gave way.
        if viewer.behind_since_ms is None and viewer in audience:
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
