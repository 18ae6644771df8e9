"""Records of other programs, whose schemas a registry has: whatever they are, gateways and historians go on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from flighttracker.avro import LOCAL_SCHEMA_ID, PREFIX_BYTES, PositionCodec
from flighttracker.bus.base import OutgoingRecord, RejectedRecord, StoredRecord
from flighttracker.bus.memory import MemoryBus
from flighttracker.clock import SystemClock
from flighttracker.registry import SchemaRegistry
from flighttracker.settings import GatewaySettings, HistorianSettings, RegistrySettings
from flighttracker.writer_schema import MAX_UNKNOWN
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.owner.rejections import Rejections
from flighttracker_gateway.owner.writer_schemas import SchemaLookup, WriterSchemas
from flighttracker_gateway.run import run
from flighttracker_historian.run import run as run_historian
from flighttracker_schemas import FLIGHT_POSITION_AVSC, flight_position_schema
from tests.example_flights import position
from tests.gateway_server import WAIT_S

SETTINGS: Final = GatewaySettings(port=0, tick_s=0.2, drain_s=0.3)
FOREIGN_ID: Final = 7


def with_field(kind: Any) -> str:
    schema = flight_position_schema()
    return json.dumps({**schema, "fields": [*schema["fields"], {"name": "extra", "type": kind}]})


def with_type(field: str, kind: Any) -> str:
    schema = flight_position_schema()
    (found,) = [one for one in schema["fields"] if one["name"] == field]
    found["type"] = kind
    found.pop("default", None)
    return json.dumps(schema)


NODE: Final = {"type": "record", "name": "Node", "fields": [{"name": "next", "type": ["null", "Node"]}]}
ANSWERS: Final[dict[str, tuple[str, bytes]]] = {
    "a text": (json.dumps({"schema": '"string"'}), b"\x0aHello"),
    "no JSON": (json.dumps({"schema": "no schema"}), b""),
    "no Avro": (json.dumps({"schema": '{"type": "record"}'}), b""),
    "unknown type": (json.dumps({"schema": with_field("nowhere.Defined")}), b""),
    "nested": ('{"schema": "{}", "more": ' + "[" * 100_000 + "]" * 100_000 + "}", b""),
    "nested schema": (json.dumps({"schema": "[" * 100_000 + "]" * 100_000}), b""),
    "a chain that has no end": (json.dumps({"schema": with_field(NODE)}), b"\x02" * 900_000 + b"\x00"),
    "a trillion of nothing": (
        json.dumps({"schema": with_field({"type": "array", "items": "null"})}),
        bytes.fromhex("8080808080808002") + b"\x00",
    ),
    "another type": (json.dumps({"schema": with_type("on_ground", "int")}), b""),
}


@asynccontextmanager
async def registry_with(answer: str | None, asked: list[str] | None = None) -> AsyncIterator[SchemaRegistry]:
    """Run a registry that has our schema, and this answer to the questions for all others."""

    async def schema(request: web.Request) -> web.Response:
        if asked is not None:
            asked.append(request.match_info["id"])
        if answer is None:
            raise web.HTTPNotFound
        own = json.dumps({"schema": FLIGHT_POSITION_AVSC})
        is_own = request.match_info["id"] == str(LOCAL_SCHEMA_ID)
        return web.Response(text=own if is_own else answer, content_type="application/json")

    application = web.Application()
    application.router.add_get("/schemas/ids/{id}", schema)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    registry = SchemaRegistry(RegistrySettings(url=f"http://127.0.0.1:{port}", attempts=1), SystemClock())
    await registry.open()
    try:
        yield registry
    finally:
        await registry.close()
        await runner.cleanup()


@pytest.mark.parametrize("case", ANSWERS)
async def test_no_schema_and_no_record_of_others_ends_a_gateway(case: str) -> None:
    answer, rest = ANSWERS[case]
    now_ms = SystemClock().now_ms()
    own = PositionCodec().encode(position(position_time=now_ms, last_contact=now_ms))
    foreign = b"\0" + FOREIGN_ID.to_bytes(PREFIX_BYTES - 1, "big") + own[PREFIX_BYTES:] + rest
    bus, url = MemoryBus(1), asyncio.get_running_loop().create_future()
    async with registry_with(answer) as registry, aiohttp.ClientSession() as session:
        gateway = asyncio.create_task(run(SETTINGS, bus, SystemClock(), schemas=registry, ready=url.set_result))
        async with asyncio.timeout(WAIT_S):
            await bus.positions.append([OutgoingRecord(b"3c6444", foreign, now_ms)])
            await asyncio.wait([url])
            while not await bus.rejected.latest(1):
                assert not gateway.done(), gateway.exception()
                await asyncio.sleep(0.05)  # between two looks
            await bus.positions.append([OutgoingRecord(b"3c6444", own, now_ms)])
            while True:
                async with session.get(url.result() + "/api/v1/flights/3c6444") as response:
                    if response.status == 200:
                        break
                await asyncio.sleep(0.05)  # between two questions
        gateway.cancel()
        await asyncio.wait([gateway])


def parquet_files(folder: Path) -> list[Path]:
    return list(folder.rglob("*.parquet"))


@pytest.mark.parametrize("case", ["a text", "a chain that has no end", "another type"])
async def test_no_schema_and_no_record_of_others_ends_a_historian(case: str, tmp_path: Path) -> None:
    answer, rest = ANSWERS[case]
    now_ms = SystemClock().now_ms()
    own = PositionCodec().encode(position(position_time=now_ms, last_contact=now_ms))
    foreign = b"\0" + FOREIGN_ID.to_bytes(PREFIX_BYTES - 1, "big") + own[PREFIX_BYTES:] + rest
    settings = HistorianSettings(folder=str(tmp_path), flush_s=0.2, port=0)
    bus = MemoryBus(1)
    await bus.positions.append([OutgoingRecord(b"3c6444", record, now_ms) for record in (foreign, own)])
    async with registry_with(answer) as registry:
        historian = asyncio.create_task(run_historian(settings, bus.positions, SystemClock(), schemas=registry))
        async with asyncio.timeout(WAIT_S):
            while not parquet_files(tmp_path):
                assert not historian.done(), historian.exception()
                await asyncio.sleep(0.05)  # between two looks
        historian.cancel()
        await asyncio.wait([historian])


async def test_long_records_that_wait_take_bounded_memory() -> None:
    """They wait for the schema while the registry does not answer, and then for the log of rejected records."""
    clock, registry, bus = SystemClock(), CollectorRegistry(), MemoryBus(1)
    lookup = SchemaLookup(SchemaRegistry(RegistrySettings(url="http://127.0.0.1:1"), clock), bus.schemas)
    waiting = WriterSchemas(PositionCodec(), lookup, clock)
    long = b"\0" + FOREIGN_ID.to_bytes(PREFIX_BYTES - 1, "big") + bytes(1024 * 1024)
    held = [waiting.hold(0, StoredRecord(number, b"", long, 0)) for number in range(64)]
    assert 0 < held.count(True) < 32
    assert not any(held[held.count(True) :])
    rejections = Rejections(bus.rejected, clock, GatewayMetrics(registry))
    rejections.add([RejectedRecord("a", "", "gateway", b"", long, 0)] * 64)
    assert (registry.get_sample_value("flights_rejected_not_kept_total") or 0) > 32


async def test_long_keys_and_headers_count_like_values() -> None:
    clock, registry, bus = SystemClock(), CollectorRegistry(), MemoryBus(1)
    lookup = SchemaLookup(SchemaRegistry(RegistrySettings(url="http://127.0.0.1:1"), clock), bus.schemas)
    value, long = b"\0" + FOREIGN_ID.to_bytes(PREFIX_BYTES - 1, "big") + b"x", bytes(1024 * 1024)
    for record in (StoredRecord(0, long, value, 0), StoredRecord(0, b"", value, 0, (("name", long),))):
        waiting = WriterSchemas(PositionCodec(), lookup, clock)
        assert [waiting.hold(0, record) for _ in range(64)].count(True) < 32
    rejections = Rejections(bus.rejected, clock, GatewayMetrics(registry))
    rejections.add([RejectedRecord("a", "", "gateway", long, value, 0)] * 64)
    assert (registry.get_sample_value("flights_rejected_not_kept_total") or 0) > 32


async def test_records_with_ever_new_ids_ask_the_registry_a_bounded_number_of_times() -> None:
    now_ms = SystemClock().now_ms()
    own = PositionCodec().encode(position(position_time=now_ms, last_contact=now_ms))
    records = [
        b"\0" + number.to_bytes(4, "big") + own[PREFIX_BYTES:] for number in range(1_000, 1_000 + 5 * MAX_UNKNOWN)
    ]
    bus, url, asked = MemoryBus(1), asyncio.get_running_loop().create_future(), list[str]()
    async with registry_with(None, asked) as registry:
        gateway = asyncio.create_task(run(SETTINGS, bus, SystemClock(), schemas=registry, ready=url.set_result))
        async with asyncio.timeout(WAIT_S):
            await asyncio.wait([url])
            await bus.positions.append([OutgoingRecord(b"3c6444", record, now_ms) for record in records])
            while len(await bus.rejected.latest(len(records))) < len(records):
                await asyncio.sleep(0.05)  # between two looks
        assert not gateway.done()
        gateway.cancel()
        await asyncio.wait([gateway])
    assert len(set(asked)) == len(asked) <= MAX_UNKNOWN
