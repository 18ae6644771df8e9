"""A JavaScript program reads our records, and we read its records: kafkajs with its own schema registry client."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from flighttracker.avro import PositionCodec
from flighttracker.bus.base import OutgoingRecord
from flighttracker.clock import SystemClock
from flighttracker.partition import shard_of
from tests.contract.flights import flights_by_address, registered
from tests.contract.kafka_log import SHARDS, opened, read_records, settings_of
from tests.servers.java import installed_or_skip
from tests.servers.kafka_server import KafkaServer
from tests.servers.registry_server import RegistryServer

pytest_plugins = ["tests.servers.fixtures"]

CLIENT: Final = Path(__file__).parent / "js/client.cjs"
LIMIT_S: Final = 90.0
"""The client gives up by itself after 60 s."""


@pytest.fixture(scope="session")
def node() -> str:
    """Node.js, or skip."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("Node.js is not installed: on Debian and Ubuntu, apt-get install nodejs npm")
    return program


async def run(node: str, *arguments: str, given: bytes = b"") -> bytes:
    """Run the client to its end and return what it printed."""
    environment = {**os.environ, "NODE_PATH": str(installed_or_skip("javascript") / "node_modules")}
    client = await asyncio.create_subprocess_exec(
        node,
        str(CLIENT),
        *arguments,
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(LIMIT_S):
            printed, errors = await client.communicate(given)
    except TimeoutError:
        client.kill()
        await client.wait()
        raise
    assert client.returncode == 0, errors.decode()
    return printed


async def test_a_javascript_reader_reads_our_records(
    kafka_server: KafkaServer, registry_server: RegistryServer, node: str
) -> None:
    settings = settings_of(kafka_server)
    topic = settings.positions_topic
    codec = PositionCodec(await registered(registry_server, topic))
    flights = flights_by_address()
    time_ms = SystemClock().now_ms()
    async with opened(settings) as (log, _):
        await log.append(
            [OutgoingRecord(icao24.encode(), codec.encode(flight), time_ms) for icao24, flight in flights.items()]
        )
    server, count = kafka_server.bootstrap_servers, str(len(flights))
    printed = await run(node, "read", server, registry_server.url, topic, count)
    read = [msgspec.json.decode(line, type=dict[str, Any]) for line in printed.splitlines()]
    assert {message["key"]: message["value"] for message in read} == {
        icao24: msgspec.structs.asdict(flight) for icao24, flight in flights.items()
    }
    for message in read:
        assert message["partition"] == shard_of(message["key"].encode(), SHARDS)


async def test_we_read_what_a_javascript_writer_wrote(
    kafka_server: KafkaServer, registry_server: RegistryServer, node: str
) -> None:
    settings = settings_of(kafka_server)
    topic = settings.positions_topic
    codec = PositionCodec(await registered(registry_server, topic))
    flights = flights_by_address()
    async with opened(settings) as (log, _):
        given = msgspec.json.encode([msgspec.structs.asdict(flight) for flight in flights.values()])
        await run(node, "write", kafka_server.bootstrap_servers, registry_server.url, topic, given=given)
        read = await read_records(log, len(flights))
    assert {record.key.decode(): codec.decode(record.value) for _, record in read} == flights
    for shard, record in read:
        assert shard == shard_of(record.key, SHARDS)
