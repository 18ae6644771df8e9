"""From the bus to the viewers: joining, gaps, silence and failures of the relay, on the bus in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from flighttracker.bus.base import StoredKey
from flighttracker.frame import read_header
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.picture import Outcome
from tests.example_flights import NOW_MS, position
from tests.gateway_server import EPOCH, RunningGateway, Watcher, running_gateway, until


@asynccontextmanager
async def following(running: RunningGateway) -> AsyncIterator[None]:
    """Run the relay of a gateway."""
    relay = running.gateway.relay
    task = asyncio.gather(relay.flush(), relay.follow())
    await until(lambda: running.clock.sleepers > 0)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def owner(shard: int = 0, epoch: int = EPOCH) -> ShardOwner:
    return ShardOwner(shard, epoch, tick_interval_ms=1000, time_to_live_ms=60_000, max_aircraft=100)


def sequence(running: RunningGateway, shard: int = 0) -> int:
    known = running.gateway.picture.shards.get(shard)
    return -1 if known is None else known.sequence


async def test_a_gateway_that_joins_has_the_picture_from_the_stored_key_frame() -> None:
    async with running_gateway() as running:
        ours = owner()
        ours.hear(position())
        await running.bus.frames.put_key(0, EPOCH, StoredKey(ours.tick(NOW_MS), 7))
        async with following(running):
            assert len(running.gateway.picture) == 1
            assert (await running.get("/ready"))[0] == 200


async def test_a_gateway_is_not_ready_with_a_part_of_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_gateway(shards=2) as running:
        running.gateway.relay.is_complete = False
        for shard in (0, 1):
            ours = owner(shard)
            ours.hear(position(icao24=f"00000{shard}"))
            await running.bus.frames.put_key(shard, EPOCH, StoredKey(ours.tick(NOW_MS), 7))
        get_key, asked, answered = running.bus.frames.get_key, asyncio.Event(), asyncio.Event()

        async def get_key_late(shard: int) -> StoredKey | None:
            if shard == 1:
                asked.set()
                await answered.wait()
            return await get_key(shard)

        monkeypatch.setattr(running.bus.frames, "get_key", get_key_late)
        task = asyncio.create_task(running.gateway.relay.follow())
        await asked.wait()
        assert len(running.gateway.picture) == 1
        status, answer = await running.get("/ready")
        assert (status, answer["status"]) == (503, "no picture yet")
        answered.set()
        await until(lambda: running.clock.sleepers > 0)
        assert (await running.get("/ready"))[0] == 200
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_gateway_that_has_just_started_sends_a_viewer_of_another_gateway_what_it_missed() -> None:
    async with running_gateway() as running:
        ours = owner()
        frames = []
        for number in range(99):
            ours.hear(position(icao24=f"{number * 7919:06x}", callsign=f"X{number}"))
        for second in range(9):
            ours.hear(position(position_time=NOW_MS + 1000 * second, last_contact=NOW_MS + 1000 * second))
            frames.append(ours.tick(NOW_MS + 1000 * second))
            if second:
                await running.bus.frames.put_recent(0, EPOCH, second, frames[second])
            if second == 6:
                await running.bus.frames.put_key(0, EPOCH, StoredKey(ours.key_frame(), 7))
        async with following(running), running.connect(query=f"?since=0.{EPOCH}.4") as socket:
            viewer = Watcher(socket)
            await viewer.text()
            viewer.picture.apply(frames[0])
            for frame in frames[1:5]:
                viewer.picture.apply(frame)
            assert await viewer.frames() == frames[5:]
            assert viewer.outcomes == [Outcome.APPLIED] * 4


async def test_the_frames_of_all_live_shards_go_out_as_one_message() -> None:
    async with running_gateway(shards=2) as running, following(running), running.connect() as socket:
        owners = [owner(0), owner(1)]
        viewer = Watcher(socket)
        await viewer.text()
        for shard in (0, 1):
            await running.bus.relay.publish(shard, owners[shard].tick(NOW_MS))
        seen: list[bytes] = []
        while len(seen) < 2:
            seen += await viewer.frames()
        for tick_time_ms in (NOW_MS + 1000, NOW_MS + 2000):
            for shard in (0, 1):
                await running.bus.relay.publish(shard, owners[shard].tick(tick_time_ms))
            assert [read_header(frame).shard for frame in await viewer.frames()] == [0, 1]


async def test_a_missing_shard_does_not_delay_the_others() -> None:
    async with running_gateway(shards=2) as running, following(running), running.connect() as socket:
        owners = [owner(0), owner(1)]
        viewer = Watcher(socket)
        await viewer.text()
        for shard in (0, 1):
            await running.bus.relay.publish(shard, owners[shard].tick(NOW_MS))
        await until(lambda: sequence(running, 1) == 0)
        await running.bus.relay.publish(0, owners[0].tick(NOW_MS + 1000))
        frames: list[bytes] = []
        while not frames or read_header(frames[-1]).sequence < 1:
            frames += await viewer.frames()
        assert read_header(frames[-1]).shard == 0


async def test_a_gap_is_filled_from_the_recent_frames() -> None:
    async with running_gateway() as running, following(running), running.connect() as socket:
        viewer = Watcher(socket)
        await viewer.text()
        ours = owner()
        ours.hear(position())
        await running.bus.relay.publish(0, ours.tick(NOW_MS))
        await viewer.frames()
        for number in (1, 2, 3):
            frame = ours.tick(NOW_MS + number * 1000)
            await running.bus.frames.put_recent(0, EPOCH, number, frame)
        await running.bus.relay.publish(0, frame)
        assert [read_header(frame).sequence for frame in await viewer.frames()] == [1, 2, 3]
        assert running.metric("flights_relay_gaps_total") == 1


async def test_a_gap_that_cannot_be_filled_is_bridged_by_a_key_frame() -> None:
    async with running_gateway() as running, following(running), running.connect() as socket:
        viewer = Watcher(socket)
        await viewer.text()
        ours = owner()
        await running.bus.relay.publish(0, ours.tick(NOW_MS))
        await viewer.frames()
        ours.hear(position())
        ours.tick(NOW_MS + 1000)
        await running.bus.frames.put_key(0, EPOCH, StoredKey(ours.key_frame(), 7))
        await running.bus.relay.publish(0, ours.tick(NOW_MS + 2000))
        headers = [read_header(frame) for frame in await viewer.frames()]
        assert [(header.is_key, header.sequence) for header in headers] == [(True, 2)]
        assert len(viewer.picture) == 1


async def test_a_new_owner_replaces_the_old_one_and_the_old_ones_frames_are_ignored() -> None:
    async with running_gateway() as running, following(running):
        before, after = owner(), owner(epoch=EPOCH + 1)
        await running.bus.relay.publish(0, before.tick(NOW_MS))
        after.hear(position())
        await running.bus.relay.publish(0, after.tick(NOW_MS + 1000))
        await running.bus.relay.publish(0, before.tick(NOW_MS + 1000))
        await until(lambda: running.metric("flights_relay_frames_total", outcome="ignored") == 1)
        assert running.gateway.picture.shards[0].epoch == EPOCH + 1
        assert len(running.gateway.picture) == 1


async def test_bytes_that_are_not_a_frame_are_counted_and_skipped() -> None:
    async with running_gateway() as running, following(running):
        await running.bus.relay.publish(0, b"not a frame")
        await running.bus.relay.publish(0, owner().tick(NOW_MS))
        await until(lambda: sequence(running) == 0)
        assert running.metric("flights_relay_frames_total", outcome="refused") == 1


async def test_a_silent_subscription_is_replaced() -> None:
    async with running_gateway() as running, following(running):
        await running.clock.advance(3_000)
        await until(lambda: running.metric("flights_relay_restarts_total", reason="silence") == 1)
        assert not running.bus.relay._subscribers
        await until(lambda: running.clock.sleepers > 0)
        await running.clock.advance(1_000)
        await until(lambda: len(running.bus.relay._subscribers) == 1)
        ours = owner()
        for tick in range(3):
            await running.bus.relay.publish(0, ours.tick(NOW_MS + 1000 * tick))
        await until(lambda: sequence(running) == 2)


async def test_frames_that_a_silent_subscription_missed_arrive_tick_by_tick() -> None:
    async with running_gateway() as running, following(running), running.connect() as socket:
        viewer = Watcher(socket)
        await viewer.text()
        ours = owner()
        ours.hear(position())
        key = ours.tick(NOW_MS)
        await running.bus.relay.publish(0, key)
        await running.bus.frames.put_key(0, EPOCH, StoredKey(key, 7))
        await viewer.frames()
        for second in (1, 2):
            await running.bus.frames.put_recent(0, EPOCH, second, ours.tick(NOW_MS + 1000 * second))
        await until(lambda: running.clock.sleepers > 0)
        await running.clock.advance(3_000)
        await until(lambda: running.metric("flights_relay_restarts_total", reason="silence") == 1)
        await until(lambda: running.clock.sleepers > 0)
        await running.clock.advance(1_000)
        headers = [read_header(frame) for frame in await viewer.frames()]
        assert [(header.is_key, header.sequence) for header in headers] == [(False, 1), (False, 2)]


async def test_after_an_outage_viewers_see_our_own_frames_until_shared_ones_are_as_new() -> None:
    async with running_gateway() as running, running.connect() as socket:
        viewer, relay = Watcher(socket), running.gateway.relay
        await viewer.text()
        ours, others = owner(epoch=EPOCH + 1), owner(epoch=EPOCH)
        for sky in (ours, others):
            sky.hear(position())
        await running.bus.frames.put_key(0, EPOCH, StoredKey(others.tick(NOW_MS), 7))
        ours.hear(position(position_time=NOW_MS + 1000))
        relay.show(ours.tick(NOW_MS + 1000))
        relay.start_shadow()
        async with following(running):
            caught_up = asyncio.create_task(relay.caught_up())
            assert [read_header(frame).epoch for frame in await viewer.frames()] == [EPOCH + 1]
            # The tick is ours, and what was heard is not: it is not as new yet.
            await running.bus.relay.publish(0, others.tick(NOW_MS + 1000))
            await until(lambda: running.metric("flights_relay_frames_total", outcome="applied") == 3)
            assert not caught_up.done()
            others.hear(position(position_time=NOW_MS + 2000))
            await running.bus.relay.publish(0, others.tick(NOW_MS + 2000))
            await caught_up
            assert running.gateway.picture.shards[0].epoch == EPOCH + 1, "nothing is shown before it takes over"
            relay.show_shadow()
            header = read_header((await viewer.frames())[0])
            assert (header.epoch, header.is_key, header.tick_time_ms) == (EPOCH, True, NOW_MS + 2000)
            await running.bus.relay.publish(0, others.tick(NOW_MS + 3000))
            assert [read_header(frame).tick_time_ms for frame in await viewer.frames()] == [NOW_MS + 3000]


async def test_a_relay_can_be_cancelled_in_every_step_of_subscribing_again() -> None:
    for steps in range(25):
        async with running_gateway() as running:
            following = asyncio.create_task(running.gateway.relay.follow())
            await until(lambda running=running: running.clock.sleepers > 0)  # type: ignore[misc]
            silence = asyncio.create_task(running.clock.advance(3_000))
            for _ in range(steps):
                await asyncio.sleep(0)
            following.cancel()
            ended, _ = await asyncio.wait({following}, timeout=1.0)
            await silence
            assert ended, f"cancelled {steps} steps after the silence, it still runs"


async def test_after_an_outage_sharing_waits_for_every_aircraft() -> None:
    async with running_gateway() as running:
        relay = running.gateway.relay
        ours, others = owner(epoch=EPOCH + 1), owner(epoch=EPOCH)
        for sky in (ours, others):
            sky.hear(position(icao24="000001"))
            sky.hear(position(icao24="000002"))
        await running.bus.frames.put_key(0, EPOCH, StoredKey(others.tick(NOW_MS), 7))
        ours.tick(NOW_MS)
        # Both of the second's reports are in our tick, and the first alone in the others'.
        ours.hear(position(icao24="000001", position_time=NOW_MS + 900))
        ours.hear(position(icao24="000002", position_time=NOW_MS + 1000))
        others.hear(position(icao24="000001", position_time=NOW_MS + 900))
        ours.tick(NOW_MS + 1000)
        relay.show(ours.key_frame())
        relay.start_shadow()
        async with following(running):
            caught_up = asyncio.create_task(relay.caught_up())
            await running.bus.relay.publish(0, others.tick(NOW_MS + 1000))
            await until(lambda: running.metric("flights_relay_frames_total", outcome="applied") == 3)
            assert not caught_up.done()
            others.hear(position(icao24="000002", position_time=NOW_MS + 1000))
            await running.bus.relay.publish(0, others.tick(NOW_MS + 2000))
            await caught_up
