"""A historian reads records of a newer program with the schema of a real registry, which may be unavailable."""

from __future__ import annotations

import asyncio
import copy
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import fastavro
import msgspec
import pytest

from flighttracker.avro import PositionCodec
from flighttracker.backoff import Backoff
from flighttracker.clock import SystemClock
from flighttracker.errors import RecordRefusedError
from flighttracker.registry import SchemaRegistry
from flighttracker.settings import RegistrySettings
from flighttracker_historian.writing import unknown_schemas
from flighttracker_historian.writing.unknown_schemas import UnknownSchemas
from flighttracker_schemas import flight_position_schema
from tests.example_flights import position
from tests.faults.link import Link
from tests.servers.registry_server import RegistryServer

pytest_plugins = ["tests.servers.fixtures"]

NEWER = copy.deepcopy(flight_position_schema())
NEWER["fields"].insert(0, {"name": "receiver", "type": "string", "default": ""})
NO_SCHEMA = 2_000_000_000
WAIT_S = 10.0


def record(schema_id: int) -> bytes:
    """A record of a newer program."""
    buffer = io.BytesIO()
    buffer.write(b"\0" + schema_id.to_bytes(4, "big"))
    fields = {**msgspec.structs.asdict(position()), "receiver": "roof"}
    fastavro.schemaless_writer(buffer, fastavro.parse_schema(NEWER), fields)
    return buffer.getvalue()


class World:
    """A codec that learns from a registry, over a link that can be cut."""

    def __init__(self, link: Link, registry: SchemaRegistry) -> None:
        self.link = link
        self.codec = PositionCodec(None)
        self._schemas = UnknownSchemas(self.codec, registry, SystemClock())

    async def find(self, *records: bytes) -> None:
        async with asyncio.timeout(WAIT_S):
            await self._schemas.find(records)


@asynccontextmanager
async def world(*servers: RegistryServer) -> AsyncIterator[tuple[World, int]]:
    """Yield a world that asks the first running server, and the id under which the last one has the newer schema."""
    address = urlsplit(servers[-1].url)
    link = Link(*(port for server in servers if (port := urlsplit(server.url).port) is not None))
    forwarding = asyncio.create_task(link.run())
    url = f"http://127.0.0.1:{link.port}{address.path}"
    settings = RegistrySettings(url=url, subject=f"flights-{uuid4().hex}-value", attempts=2, first_wait_s=0.01)
    writer = SchemaRegistry(msgspec.structs.replace(settings, url=servers[-1].url), SystemClock())
    reader = SchemaRegistry(settings, SystemClock())
    try:
        await writer.open()
        await reader.open()
        yield World(link, reader), await writer.register(msgspec.json.encode(NEWER).decode())
    finally:
        await writer.close()
        await reader.close()
        forwarding.cancel()
        await asyncio.gather(forwarding, return_exceptions=True)


async def test_a_newer_schema_is_looked_up_once(registry_server: RegistryServer) -> None:
    async with world(registry_server) as (historian, schema_id):
        await historian.find(record(schema_id), record(schema_id), b"", b"no record")
        assert historian.codec.decode(record(schema_id)).callsign == position().callsign
        historian.link.cut()
        await historian.find(record(schema_id))  # would wait for the registry


async def test_an_outage_of_the_registry_is_waited_for(
    registry_server: RegistryServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(unknown_schemas, "BACKOFF", Backoff(first_s=0.01, longest_s=0.01))
    async with world(registry_server) as (historian, schema_id):
        historian.link.cut()
        finding = asyncio.create_task(historian.find(record(schema_id)))
        async with asyncio.timeout(WAIT_S):
            while caplog.text.count("waiting for schema") < 2:
                await asyncio.sleep(0.01)  # between two looks at the log
        assert not finding.done()
        historian.link.restore()
        await finding
        assert historian.codec.decode(record(schema_id)).callsign == position().callsign


async def test_a_registry_that_knows_the_schema_only_later_is_waited_for(
    registry_server: RegistryServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that has just started, and has not read its schemas yet."""
    monkeypatch.setattr(unknown_schemas, "ASK_AGAIN_MS", 50)
    empty = RegistryServer(tmp_path)
    await asyncio.to_thread(empty.start)
    try:
        async with world(empty, registry_server) as (historian, schema_id):
            finding = asyncio.create_task(historian.find(record(schema_id)))
            await asyncio.sleep(0.3)  # several questions
            assert not finding.done()
            await asyncio.to_thread(empty.stop)  # now the other one answers
            await finding
            assert historian.codec.decode(record(schema_id)).callsign == position().callsign
    finally:
        await asyncio.to_thread(empty.stop)


async def test_an_id_that_nobody_knows_is_asked_for_once_in_a_while(
    registry_server: RegistryServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unknown_schemas, "PATIENCE_MS", 100)
    monkeypatch.setattr(unknown_schemas, "ASK_AGAIN_MS", 50)
    async with world(registry_server) as (historian, _):
        await historian.find(record(NO_SCHEMA), record(NO_SCHEMA + 1))
        historian.link.cut()
        await historian.find(record(NO_SCHEMA))  # would wait for the registry
        with pytest.raises(RecordRefusedError, match="schema_unknown"):
            historian.codec.decode(record(NO_SCHEMA))
