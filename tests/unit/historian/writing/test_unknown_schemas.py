from __future__ import annotations

import copy
import io
from typing import Any, cast

import fastavro
import msgspec
import pytest

from flighttracker.avro import PositionCodec
from flighttracker.backoff import Backoff
from flighttracker.clock import SystemClock
from flighttracker.errors import BusError, RecordRefusedError
from flighttracker.registry import SchemaRegistry
from flighttracker_historian.writing import unknown_schemas
from flighttracker_historian.writing.unknown_schemas import UnknownSchemas
from flighttracker_schemas import flight_position_schema
from tests.example_flights import position

NEWER = copy.deepcopy(flight_position_schema())
NEWER["fields"].insert(0, {"name": "receiver", "type": "string", "default": ""})


def record(schema_id: int) -> bytes:
    """A record of a newer program."""
    buffer = io.BytesIO()
    buffer.write(b"\0" + schema_id.to_bytes(4, "big"))
    fields = {**msgspec.structs.asdict(position()), "receiver": "roof"}
    fastavro.schemaless_writer(buffer, fastavro.parse_schema(NEWER), fields)
    return buffer.getvalue()


class Registry:
    """A registry that is unavailable at first, and knows one schema."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.asked: list[int] = []

    async def schema(self, schema_id: int) -> dict[str, Any] | None:
        self.asked.append(schema_id)
        if len(self.asked) <= self.failures:
            raise BusError("the registry does not answer")
        return NEWER if schema_id == 7 else None


def schemas_with(registry: Registry) -> tuple[PositionCodec, UnknownSchemas]:
    codec = PositionCodec(None)
    return codec, UnknownSchemas(codec, cast("SchemaRegistry", registry), SystemClock())


async def test_a_newer_schema_is_looked_up_once() -> None:
    registry = Registry()
    codec, schemas = schemas_with(registry)
    for _ in range(2):
        await schemas.find([record(7), record(7), b"", b"no record"])
    assert codec.decode(record(7)).callsign == position().callsign
    assert registry.asked == [7]


async def test_an_outage_of_the_registry_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unknown_schemas, "BACKOFF", Backoff(first_s=0.01, longest_s=0.01))
    registry = Registry(failures=2)
    codec, schemas = schemas_with(registry)
    await schemas.find([record(7)])
    assert codec.decode(record(7)).callsign == position().callsign
    assert registry.asked == [7, 7, 7]


async def test_an_id_that_nobody_knows_is_asked_for_once_in_a_while() -> None:
    registry = Registry()
    codec, schemas = schemas_with(registry)
    for _ in range(3):
        await schemas.find([record(8)])
    assert registry.asked == [8]
    with pytest.raises(RecordRefusedError, match="schema_unknown"):
        codec.decode(record(8))
