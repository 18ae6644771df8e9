"""The parts that deliver positions fail: Kafka, the registry, the generator and its clock, and poison records."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from flighttracker.bus.base import OutgoingRecord
from flighttracker.bus.servers import KafkaLogs
from tests.faults.stack import CONVERGED_S, SILENCE_S, Stack

pytest_plugins = ["tests.faults.shared_stack"]
pytestmark = pytest.mark.asyncio(loop_scope="session")

STALE_S = SILENCE_S + 15.0
TEN_MINUTES_S = 600


async def everybody_is_told(stack: Stack) -> None:
    """Wait until every viewer knows that its picture is old, and still has it."""
    await stack.until("every viewer is told", lambda: all(viewer.is_stale for viewer in stack.viewers), STALE_S)
    assert all(viewer.shown() for viewer in stack.viewers)


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_without_kafka_the_picture_stays_and_is_marked_stale(stack: Stack, how: str) -> None:
    if how == "killed":
        stack.kafka.kill()
    else:
        stack.kafka.freeze()
    try:
        await everybody_is_told(stack)
    finally:
        if how == "killed":
            await asyncio.to_thread(stack.kafka.start)
        else:
            stack.kafka.thaw()
    await stack.moves_on()
    stack.nobody_went_back()


async def test_without_the_registry_running_and_starting_gateways_work(stack: Stack) -> None:
    stack.registry.kill()
    late = stack.gateways[1]
    try:
        # Redis loses the schemas that gateways share; running gateways have them, and store them again.
        stack.redis.kill()
        await asyncio.to_thread(stack.redis.start)
        await stack.moves_on()
        await stack.until("everybody shares", stack.share, CONVERGED_S)
        late.kill()
        late.start()
        await stack.until("the viewer is back", lambda: stack.watch(late).is_connected, CONVERGED_S)
        await stack.moves_on()
    finally:
        await asyncio.to_thread(stack.registry.start)


async def test_after_a_killed_generator_the_map_is_stale_until_it_restarts(stack: Stack) -> None:
    stack.generator.kill()
    await everybody_is_told(stack)
    stack.generator.start()
    await stack.moves_on()


@pytest.mark.parametrize(
    ("offset_s", "reason"), [(TEN_MINUTES_S, "position_time_in_future"), (-TEN_MINUTES_S, "too_old")]
)
async def test_records_with_a_wrong_clock_are_rejected_and_the_map_is_marked_stale(
    stack: Stack, offset_s: int, reason: str
) -> None:
    before = sum([await gateway.metric("flights_rejected_total", reason=reason) for gateway in stack.gateways])
    stack.clock_offset.write_text(str(offset_s))
    await everybody_is_told(stack)
    refused = sum([await gateway.metric("flights_rejected_total", reason=reason) for gateway in stack.gateways])
    assert refused > before
    stack.clock_offset.write_text("0")
    await stack.moves_on()
    stack.nobody_went_back()


async def test_poison_records_are_stored_as_rejected_and_harm_no_viewer(stack: Stack) -> None:
    logs = KafkaLogs(stack.servers.kafka)
    await logs.open()
    poison = [b"", b"\x01garbage", b"\x00\x00\x00\x00\x07unknown schema", b"\x00\x00\x00\x00\x01", b"\x00" * 1_000]
    times = 40
    for number in range(times):
        await logs.positions.append([OutgoingRecord(b"poison", value, 1_000 * number) for value in poison])
    await stack.moves_on()
    kept = Counter[bytes]()
    async with asyncio.timeout(CONVERGED_S):
        while any(kept[value] < times for value in poison):
            await asyncio.sleep(0.2)
            kept = Counter(record.value for record in await logs.rejected.latest(100_000))
    await logs.close()


async def test_a_topic_that_grows_under_load_moves_aircraft_without_showing_one_twice(stack: Stack) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.servers.kafka.bootstrap_servers)
    await admin.start()
    try:
        await admin.create_partitions({stack.servers.kafka.positions_topic: NewPartitions(stack.shards + 2)})
    finally:
        await admin.close()
    stack.shards += 2
    await stack.until(
        "the new shards are shown", lambda: all(len(each.newest_ms()) == stack.shards for each in stack.viewers), 60.0
    )
    await stack.moves_on()
    assert [viewer.connects for viewer in stack.viewers] == [0, 0]
    stack.nobody_went_back()
