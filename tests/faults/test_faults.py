"""What is lost is told or made good: every part of a running tracker is killed, frozen or cut off, under load.

After each fault: no viewer shows a position that the log never had, an aircraft that does not move is marked stale, and
everybody shows the truth again within the time that is stated. The times are bounds, not measurements.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from flighttracker.bus.base import OutgoingRecord
from flighttracker.bus.servers import KafkaLogs
from tests.faults.stack import SILENCE_S, Stack

CONVERGED_S = 45.0
"""The longest of all on two busy cores; a session timeout of six seconds and a rebalance are in it."""
STALE_S = SILENCE_S + 15.0


@pytest.fixture
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """A tracker with two gateways that shows the truth."""
    made = Stack(tmp_path_factory.mktemp("stack"), gateways=2)
    async with made.running():
        yield made
        # The truth is read beside the viewers and may be a moment behind them.
        await made.until("no viewer shows what the log never said", lambda: not made.wrong(), 10.0)


async def moves_on(stack: Stack) -> None:
    """Wait until everybody shows the truth, and two seconds later still does."""
    await stack.until("everybody shows the truth again", stack.agrees, CONVERGED_S)
    await asyncio.sleep(2)
    await stack.until("everybody goes on showing it", stack.agrees, CONVERGED_S)


async def test_a_killed_gateways_shards_move_and_its_viewers_come_back(stack: Stack) -> None:
    lost, other = stack.gateways
    lost.kill()
    await stack.until("the other shows all shards", stack.agrees, CONVERGED_S)
    assert stack.watch(other).connects == 1
    lost.start()
    await stack.until("the viewer is back", lambda: stack.watch(lost).is_connected, CONVERGED_S)
    await moves_on(stack)
    assert stack.watch(other).connects == 1
    assert stack.watch(other).jumps_back == 0


async def test_a_gateway_that_is_asked_to_end_hands_over_without_a_visible_gap(stack: Stack) -> None:
    leaving, staying = stack.gateways
    assert await asyncio.to_thread(leaving.stop) == 0
    assert stack.watch(leaving).closed_with[-1] == 1012
    await stack.until("the other shows all shards", stack.agrees, CONVERGED_S)
    assert stack.watch(staying).jumps_back == 0


async def test_a_killed_redis_is_done_without_and_shared_through_again(stack: Stack) -> None:
    stack.redis.kill()
    await asyncio.sleep(8)
    await stack.until("everybody shows the truth without Redis", stack.agrees, CONVERGED_S)
    assert all("going on alone" in gateway.log for gateway in stack.gateways)
    await asyncio.to_thread(stack.redis.start)
    await stack.until(
        "everybody shares",
        lambda: all(gateway.log.count("sharing frames") == 1 for gateway in stack.gateways),
        CONVERGED_S,
    )
    await moves_on(stack)


async def test_a_frozen_redis_is_done_without_and_shared_through_again(stack: Stack) -> None:
    stack.redis.freeze()
    try:
        await asyncio.sleep(20)
        await stack.until("everybody shows the truth without Redis", stack.agrees, CONVERGED_S)
    finally:
        stack.redis.thaw()
    await stack.until(
        "everybody shares",
        lambda: all("sharing frames" in gateway.log for gateway in stack.gateways),
        CONVERGED_S,
    )
    await moves_on(stack)


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_without_kafka_the_picture_stays_and_is_marked_stale(stack: Stack, how: str) -> None:
    if how == "killed":
        stack.kafka.kill()
    else:
        stack.kafka.freeze()
    await stack.until("everybody is told", lambda: all(viewer.is_stale for viewer in stack.viewers), STALE_S)
    assert all(len(viewer.picture) > 0 for viewer in stack.viewers)
    if how == "killed":
        await asyncio.to_thread(stack.kafka.start)
    else:
        stack.kafka.thaw()
    await moves_on(stack)
    await stack.until("nobody is stale", lambda: not any(viewer.is_stale for viewer in stack.viewers), CONVERGED_S)


async def test_without_the_registry_nothing_changes_for_who_knows_the_schema(stack: Stack) -> None:
    stack.registry.kill()
    await asyncio.sleep(3)
    await stack.until("everybody shows the truth", stack.agrees, 5.0)
    late = stack.gateways[1]
    late.kill()
    late.start()
    await stack.until("the viewer is back", lambda: stack.watch(late).is_connected, CONVERGED_S)
    await asyncio.to_thread(stack.registry.start)
    await moves_on(stack)


async def test_a_killed_generator_is_told_as_stale_and_goes_on(stack: Stack) -> None:
    stack.generator.kill()
    await stack.until("everybody is told", lambda: all(viewer.is_stale for viewer in stack.viewers), STALE_S)
    stack.generator.start()
    await moves_on(stack)
    await stack.until("nobody is stale", lambda: not any(viewer.is_stale for viewer in stack.viewers), CONVERGED_S)


async def test_poison_is_kept_apart_and_harms_nobody(stack: Stack) -> None:
    before = [gateway.resident_bytes for gateway in stack.gateways]
    logs = KafkaLogs(stack.servers.kafka)
    await logs.open()
    poison = [b"", b"\x01garbage", b"\x00\x00\x00\x00\x07unknown schema", b"\x00\x00\x00\x00\x01", b"\x00" * 1_000]
    for number in range(40):
        await logs.positions.append([OutgoingRecord(b"poison", value, 1_000 * number) for value in poison])
    await moves_on(stack)
    kept = await logs.rejected.latest(100)
    await logs.close()
    assert {record.value for record in kept} == set(poison)
    grown = [gateway.resident_bytes - was for gateway, was in zip(stack.gateways, before, strict=True)]
    assert max(grown) < 50 * 1024 * 1024
