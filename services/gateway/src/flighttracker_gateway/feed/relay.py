"""`Relay`: follows the frames of all owners, applies them to the picture, and passes them to the hub, grouped by tick.

To start, it subscribes first, then reads the stored key frames, then applies the buffered frames of the subscription,
so no frame is lost in between. A gap is filled from the recent frames, or else from the key frame. The frames that fill
it are broadcast too, because every viewer has the same gap. The frames of one tick are sent when every live shard has
sent its own, at the latest `GROUP_MS` after the first: one message per viewer and tick, for any number of shards.

A subscription that is silent for too long is replaced, because pub/sub clients are known to stall without an error. One
that fails ends `follow`. `feed` starts it again later, and meanwhile passes the gateway's own frames to `show`. While
it reconnects, shared frames are applied to a *shadow*, a second picture that viewers do not see. When the shadow is as
new as the shown picture in every shard, it replaces that between two ticks, so viewers do not wait for the rebalance.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Final

from flighttracker.bus.base import Bus
from flighttracker.bus.cancellation import kept_cancellation
from flighttracker.clock import Clock
from flighttracker.errors import FrameError, SharingError
from flighttracker.frame import read_header
from flighttracker.settings import GatewaySettings
from flighttracker_gateway.delivery.hub import Hub
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.picture.picture import Outcome, Picture
from flighttracker_gateway.picture.staleness import Staleness

GROUP_MS: Final = 250
"""How long the first frame of a tick waits for the other shards; an owner of many shards needs time to encode all."""

EARLIER_TICKS: Final = 16
"""Ticks before its start that a gateway reads, for viewers that reconnect from another gateway."""

_logger = logging.getLogger(__name__)


class _SilenceError(Exception):
    """No frame came for `stale_after_ticks`."""


class Relay:
    """Keeps `picture` up to date and broadcasts each tick.

    Attributes:
        is_complete: whether the picture has every shard that was stored when this gateway started.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        bus: Bus,
        *,
        picture: Picture,
        staleness: Staleness,
        hub: Hub,
        clock: Clock,
        metrics: GatewayMetrics,
    ) -> None:
        self.is_complete = False
        self._bus = bus
        self._picture = picture
        self._staleness = staleness
        self._hub = hub
        self._clock = clock
        self._metrics = metrics
        self._tick_interval_ms = round(settings.tick_s * 1000)
        self._silence_ms = settings.stale_after_ticks * self._tick_interval_ms
        self._heard_ms = 0
        self._shadow: Picture | None = None
        self._caught_up = asyncio.Event()
        self._group: list[bytes] = []
        self._group_shards: set[int] = set()
        self._group_started = asyncio.Event()
        self._group_complete = asyncio.Event()

    def show(self, frame: bytes) -> None:
        """Apply and broadcast a frame that did not come through the shared relay."""
        self._show(frame)
        self.is_complete = True

    def start_shadow(self) -> None:
        """Make `follow` apply frames to an empty shadow picture until `show_shadow`."""
        self._shadow = Picture()
        self._caught_up.clear()

    async def caught_up(self) -> None:
        """Wait until the shadow is as new as the shown picture, in each of its shards."""
        await self._caught_up.wait()

    def show_shadow(self) -> None:
        """Replace the shown picture by the shadow, and apply further frames to it."""
        assert self._shadow is not None
        shadow, self._shadow = self._shadow, None
        # Shared frames are valid even when their epochs are lower than those of our own frames.
        self._picture.restart()
        for shard in shadow.shards:
            self._show(shadow.key_frame(shard))

    async def follow(self) -> None:
        """Follow the relay until cancelled.

        Raises:
            SharingError: the relay or the store is unavailable; also raised inside an exception group.
        """
        while True:
            with kept_cancellation():
                try:
                    await self._follow()
                except* _SilenceError:
                    _logger.info("no frame for %d ms, subscribing again", self._silence_ms)
            self._metrics.relay_restarts.labels("silence").inc()
            await self._clock.sleep_ms(self._tick_interval_ms)

    async def _follow(self) -> None:
        async with self._bus.relay.subscribe() as frames:
            self._heard_ms = self._clock.now_ms()
            for shard in range(self._bus.positions.shards):
                await self._restore(shard)
            self.is_complete = True
            self._check_shadow()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._watch(), name="relay: watch")
                await self._read(frames)
                raise SharingError("the subscription ended")

    async def _read(self, frames: AsyncIterator[bytes]) -> None:
        async for frame in frames:
            self._heard_ms = self._clock.now_ms()
            if self._apply(frame) is Outcome.GAP:
                await self._fill(frame)

    async def _watch(self) -> None:
        while True:
            await self._clock.sleep_until(self._heard_ms + self._silence_ms)
            if self._clock.now_ms() - self._heard_ms >= self._silence_ms:
                raise _SilenceError

    async def flush(self) -> None:
        """Broadcast each group until cancelled; the next group is collected meanwhile."""
        while True:
            await self._group_started.wait()
            try:
                async with asyncio.timeout(GROUP_MS / 1000):
                    await self._group_complete.wait()
            except TimeoutError:
                _logger.debug("sending a tick without every live shard, only %s", sorted(self._group_shards))
            frames, self._group = self._group, []
            self._group_shards.clear()
            self._group_started.clear()
            self._group_complete.clear()
            await self._hub.broadcast(frames)

    def _apply(self, frame: bytes) -> Outcome:
        """Apply a frame of the shared relay, to the shadow if there is one."""
        if self._shadow is None:
            return self._show(frame)
        outcome = self._apply_to(self._shadow, frame)
        self._check_shadow()
        return outcome

    def _check_shadow(self) -> None:
        shadow = self._shadow
        if shadow is not None and all(
            (known := shadow.shards.get(number)) is not None and known.is_as_new_as(shown)
            for number, shown in self._picture.shards.items()
        ):
            self._caught_up.set()

    def _apply_to(self, picture: Picture, frame: bytes) -> Outcome:
        """Apply a frame to a picture; an invalid one is counted and ignored."""
        try:
            outcome = picture.apply(frame)
        except FrameError as error:
            self._metrics.relay_frames.labels("refused").inc()
            _logger.warning("rejected a frame: %s", error)
            return Outcome.IGNORED
        self._metrics.relay_frames.labels(outcome.value).inc()
        return outcome

    def _show(self, frame: bytes) -> Outcome:
        """Apply a frame to the picture that viewers see, and add it to the current group."""
        outcome = self._apply_to(self._picture, frame)
        if outcome is Outcome.APPLIED:
            header = read_header(frame)
            self._observe_age(header.shard)
            self._group.append(frame)
            self._group_shards.add(header.shard)
            self._group_started.set()
            if self._group_shards >= self._staleness.live_shards():
                self._group_complete.set()
        return outcome

    def _observe_age(self, shard: int) -> None:
        position_time_ms = self._picture.shards[shard].mean_position_time_ms
        if position_time_ms is not None:
            self._metrics.end_to_end_seconds.observe(max(0.0, self._clock.now_ms() - position_time_ms) / 1000)

    async def _restore(self, shard: int) -> None:
        """Bring a shard up to date with the store, by the frames it misses or from its key frame."""
        known = (self._picture if self._shadow is None else self._shadow).shards.get(shard)
        missed = None if known is None else await self._bus.frames.recent_after(shard, known.epoch, known.sequence)
        if missed is None:
            await self._rebuild(shard)
        for frame in missed or ():
            self._apply(frame)

    async def _fill(self, frame: bytes) -> None:
        """Fill the gap before `frame` from the store; if that is not possible, the next frame tries again."""
        self._metrics.relay_gaps.inc()
        header = read_header(frame)
        # Not `or`, because a picture without aircraft is falsy.
        followed = self._picture if self._shadow is None else self._shadow
        known = followed.shards.get(header.shard)
        if known is not None and known.epoch == header.epoch:
            for missed in await self._bus.frames.recent_after(header.shard, known.epoch, known.sequence) or ():
                self._apply(missed)
            if known.sequence >= header.sequence:
                return
        await self._rebuild(header.shard, frame)

    async def _rebuild(self, shard: int, *frames: bytes) -> None:
        """Rebuild a shard from the store and `frames`, and send viewers the result as one key frame."""
        key = await self._bus.frames.get_key(shard)
        if key is None:
            return
        built = Picture()
        try:
            built.apply(key.frame)
            latest = built.shards[shard]
            recent = await self._recent(shard, latest.epoch, latest.sequence)
            applied = [frame for frame in (*recent, *frames) if built.apply(frame) is not Outcome.GAP]
            if self._apply(built.key_frame(shard)) is Outcome.APPLIED and self._shadow is None:
                # Viewers that reconnect from another gateway have some of these frames, and need the others.
                self._hub.remember(applied or [key.frame])
        except (FrameError, KeyError) as error:
            _logger.warning("cannot rebuild shard %d from the store: %s", shard, error)

    async def _recent(self, shard: int, epoch: int, sequence: int) -> Sequence[bytes]:
        """Return the stored frames after a sequence, with up to `EARLIER_TICKS` before it."""
        for after in (max(0, sequence - EARLIER_TICKS), sequence):
            if frames := await self._bus.frames.recent_after(shard, epoch, after):
                return frames
        return ()
