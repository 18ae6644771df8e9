"""From the relay to the viewers: follows the frames of every owner, and gives the hub one group per tick.

Order of joining: subscribe first, then read the stored key frames, then apply what the subscription holds; nothing is
lost between the two. A gap is filled from the recent frames, else from the key frame, and what fills it is broadcast
too, because every viewer has the same gap. The frames of one tick go out when every live shard has sent its own, at the
latest `GROUP_MS` after the first: one message per viewer and tick, whatever the number of shards.

A subscription that is silent for too long is made anew: pub/sub clients are known to stall without an error. One that
fails ends `follow`; `feed` starts it again, and meanwhile gives its own frames to `take`. Coming back, the shared
frames lead to a picture of their own beside the one that viewers see, until it is as new in every shard: then it takes
over from one tick to the next, and nobody waits while the gateways deal out the shards.
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
"""How long the first frame of a tick waits for those of other shards: an owner of many shards needs a while for all."""

EARLIER_TICKS: Final = 16
"""What a gateway that begins knows of the time before, for viewers that come from another one."""

_logger = logging.getLogger(__name__)


class _SilenceError(Exception):
    """No frame came for `stale_after_ticks`."""


class Relay:
    """Keeps `picture` at the present and broadcasts each tick.

    Attributes:
        is_complete: whether the picture has every shard that there was when this gateway began.
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
        self._tick_ms = round(settings.tick_s * 1000)
        self._silence_ms = settings.stale_after_ticks * self._tick_ms
        self._heard_ms = 0
        self._beside: Picture | None = None
        self._caught_up = asyncio.Event()
        self._group: list[bytes] = []
        self._group_shards: set[int] = set()
        self._group_begun = asyncio.Event()
        self._group_complete = asyncio.Event()

    def take(self, frame: bytes) -> None:
        """Show a frame that did not come through the relay."""
        self._show(frame)
        self.is_complete = True

    def begin_beside(self) -> None:
        """Let `follow` lead to a picture that nobody sees, until `take_over`; begins with an empty one."""
        self._beside = Picture()
        self._caught_up.clear()

    async def caught_up(self) -> None:
        """Return when the picture beside is as new as the one that viewers see, in each of its shards."""
        await self._caught_up.wait()

    def take_over(self) -> None:
        """Show the picture beside from now on, and what follows it."""
        assert self._beside is not None
        beside, self._beside = self._beside, None
        # The others' epochs may be lower than ours: what they share is right all the same.
        self._picture.restart()
        for shard in beside.shards:
            self._show(beside.key_frame(shard))

    async def follow(self) -> None:
        """Follow the relay until cancelled.

        Raises:
            SharingError: relay or store are away, alone or in a group.
        """
        while True:
            with kept_cancellation():
                try:
                    await self._follow()
                except* _SilenceError:
                    _logger.info("no frame for %d ms, subscribing anew", self._silence_ms)
            self._metrics.relay_restarts.labels("silence").inc()
            await self._clock.sleep_ms(self._tick_ms)

    async def _follow(self) -> None:
        async with self._bus.relay.subscribe() as frames:
            self._heard_ms = self._clock.now_ms()
            for shard in range(self._bus.positions.shards):
                await self._begin(shard)
            self.is_complete = True
            self._look_beside()
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
        """Give each group to the hub, until cancelled; while it writes, the next group gathers."""
        while True:
            await self._group_begun.wait()
            try:
                async with asyncio.timeout(GROUP_MS / 1000):
                    await self._group_complete.wait()
            except TimeoutError:
                _logger.debug("a tick goes out without every live shard: it has %s", sorted(self._group_shards))
            frames, self._group = self._group, []
            self._group_shards.clear()
            self._group_begun.clear()
            self._group_complete.clear()
            await self._hub.broadcast(frames)

    def _apply(self, frame: bytes) -> Outcome:
        """Apply a frame of the relay to the picture that viewers see, or to the one beside it."""
        if self._beside is None:
            return self._show(frame)
        outcome = self._apply_to(self._beside, frame)
        self._look_beside()
        return outcome

    def _look_beside(self) -> None:
        beside = self._beside
        if beside is not None and all(
            (known := beside.shards.get(number)) is not None and known.is_as_new_as(shown)
            for number, shown in self._picture.shards.items()
        ):
            self._caught_up.set()

    def _apply_to(self, picture: Picture, frame: bytes) -> Outcome:
        """Apply a frame; one that cannot be used is counted and ignored."""
        try:
            outcome = picture.apply(frame)
        except FrameError as error:
            self._metrics.relay_frames.labels("refused").inc()
            _logger.warning("a frame cannot be used: %s", error)
            return Outcome.IGNORED
        self._metrics.relay_frames.labels(outcome.value).inc()
        return outcome

    def _show(self, frame: bytes) -> Outcome:
        """Apply a frame to the picture that viewers see, and put it in the present group."""
        outcome = self._apply_to(self._picture, frame)
        if outcome is Outcome.APPLIED:
            header = read_header(frame)
            self._observe_age(header.shard)
            self._group.append(frame)
            self._group_shards.add(header.shard)
            self._group_begun.set()
            if self._group_shards >= self._staleness.live_shards():
                self._group_complete.set()
        return outcome

    def _observe_age(self, shard: int) -> None:
        position_time_ms = self._picture.shards[shard].mean_position_time_ms
        if position_time_ms is not None:
            self._metrics.end_to_end_seconds.observe(max(0.0, self._clock.now_ms() - position_time_ms) / 1000)

    async def _begin(self, shard: int) -> None:
        """Bring a shard to what is stored: by what it lacks when it is known, else whole."""
        known = (self._picture if self._beside is None else self._beside).shards.get(shard)
        missed = None if known is None else await self._bus.frames.recent_after(shard, known.epoch, known.sequence)
        if missed is None:
            await self._rebuild(shard)
        for frame in missed or ():
            self._apply(frame)

    async def _fill(self, frame: bytes) -> None:
        """Bring a shard with a gap to `frame`, as far as the store can; the next frame tries again."""
        self._metrics.relay_gaps.inc()
        header = read_header(frame)
        # Not "or": a picture without aircraft is false.
        followed = self._picture if self._beside is None else self._beside
        known = followed.shards.get(header.shard)
        if known is not None and known.epoch == header.epoch:
            for missed in await self._bus.frames.recent_after(header.shard, known.epoch, known.sequence) or ():
                self._apply(missed)
            if known.sequence >= header.sequence:
                return
        await self._rebuild(header.shard, frame)

    async def _rebuild(self, shard: int, *frames: bytes) -> None:
        """Replace a shard by what the store and `frames` lead to; viewers get it as one key frame, of the present."""
        key = await self._bus.frames.get_key(shard)
        if key is None:
            return
        built = Picture()
        try:
            built.apply(key.frame)
            latest = built.shards[shard]
            recent = await self._recent(shard, latest.epoch, latest.sequence)
            led = [frame for frame in (*recent, *frames) if built.apply(frame) is not Outcome.GAP]
            if self._apply(built.key_frame(shard)) is Outcome.APPLIED and self._beside is None:
                # Viewers that come from another gateway have some of these, and lack the others.
                self._hub.remember(led or [key.frame])
        except (FrameError, KeyError) as error:
            _logger.warning("what is stored of shard %d cannot be used: %s", shard, error)

    async def _recent(self, shard: int, epoch: int, sequence: int) -> Sequence[bytes]:
        """Return the frames after a sequence that are stored, and some before it."""
        for after in (max(0, sequence - EARLIER_TICKS), sequence):
            if frames := await self._bus.frames.recent_after(shard, epoch, after):
                return frames
        return ()
