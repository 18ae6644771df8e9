"""The schema changes while old and new programs run: a real registry decides, and each side reads the other's records.

`schemas/flighttracker_schemas/released` keeps the schema of every version as it was released. In a rolling update a new
generator writes to old gateways, and after a rollback the reverse; so each version must read all others.
"""

from __future__ import annotations

from importlib.metadata import version
from importlib.resources import files
from typing import Any, Final
from uuid import uuid4

import fastavro
import msgspec
import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from flighttracker.avro import PositionCodec, schema_id_of
from flighttracker.errors import StartError
from flighttracker.flight import FlightStatus
from flighttracker_schemas import FLIGHT_POSITION_AVSC, flight_position_schema
from tests.contract.flights import registered, registry_of
from tests.contract.kafka_log import WAIT_S
from tests.example_flights import position
from tests.servers.registry_server import RegistryServer

pytest_plugins = ["tests.servers.fixtures"]

FLIGHT: Final = position(geo_altitude_m=10820.5, track_deg=301.5)
"""Its numbers are the same in 32 bits and in 64."""
BOTH_WAYS: Final = "FULL_TRANSITIVE"
RELEASED: Final = {
    file.name.removesuffix(".avsc"): file.read_text(encoding="utf-8")
    for file in (files("flighttracker_schemas") / "released").iterdir()
}


@pytest.fixture
def topic() -> str:
    return f"flights-{uuid4().hex}"


def newer_schema() -> dict[str, Any]:
    """Return our schema as a later version may be: one more field, and one more status."""
    schema = flight_position_schema()
    schema["fields"].insert(3, {"name": "mach", "type": ["null", "float"], "default": None})
    (status,) = [field for field in schema["fields"] if field["name"] == "status"]
    status["type"]["symbols"].append("holding")
    return schema


def older_schema() -> dict[str, Any]:
    """Return our schema as an earlier version may have been: without the field `source`."""
    schema = flight_position_schema()
    schema["fields"] = [field for field in schema["fields"] if field["name"] != "source"]
    return schema


def fields_of(**changes: object) -> dict[str, Any]:
    return {**msgspec.structs.asdict(FLIGHT), **changes}


async def codec_that_knows(server: RegistryServer, topic: str, value: bytes) -> PositionCodec:
    """Return a codec that asked the registry for the schema of a record, as a gateway does."""
    async with registry_of(server, topic) as registry:
        schema = await registry.schema(schema_id_of(value))
    assert schema is not None
    codec = PositionCodec()
    codec.add_writer_schema(schema_id_of(value), schema)
    return codec


async def test_a_newer_writers_record_is_read_by_an_older_reader(registry_server: RegistryServer, topic: str) -> None:
    await registered(registry_server, topic)
    newer = msgspec.json.encode(newer_schema()).decode()
    newer_id = await registered(registry_server, topic, newer)
    with SchemaRegistryClient({"url": registry_server.url, "timeout": WAIT_S}) as client:
        serialize = AvroSerializer(client, newer, conf={"auto.register.schemas": False})
        context = SerializationContext(topic, MessageField.VALUE)
        value = serialize(fields_of(mach=0.78), context)
        holding = serialize(fields_of(status="holding"), context)
    assert value is not None
    assert holding is not None
    assert schema_id_of(value) == newer_id
    codec = await codec_that_knows(registry_server, topic, value)
    assert codec.decode(value) == FLIGHT
    assert codec.decode(holding) == msgspec.structs.replace(FLIGHT, status="unknown")


async def test_an_older_writers_record_is_read_by_us(registry_server: RegistryServer, topic: str) -> None:
    older_id = await registered(registry_server, topic, msgspec.json.encode(older_schema()).decode())
    assert await registered(registry_server, topic) != older_id
    with SchemaRegistryClient({"url": registry_server.url, "timeout": WAIT_S}) as client:
        serialize = AvroSerializer(
            client, msgspec.json.encode(older_schema()).decode(), conf={"auto.register.schemas": False}
        )
        value = serialize(fields_of(), SerializationContext(topic, MessageField.VALUE))
    assert value is not None
    assert schema_id_of(value) == older_id
    codec = await codec_that_knows(registry_server, topic, value)
    assert codec.decode(value) == msgspec.structs.replace(FLIGHT, source="")


@pytest.mark.parametrize("release", sorted(set(RELEASED) - {max(RELEASED)}))
async def test_our_record_is_read_by_a_program_of_every_earlier_release(
    registry_server: RegistryServer, topic: str, release: str
) -> None:
    await registered(registry_server, topic, RELEASED[release])
    ours = position(category="service_vehicle", address_type="adsb_icao_nt", geo_altitude_m=None)
    value = PositionCodec(await registered(registry_server, topic)).encode(ours)
    with SchemaRegistryClient({"url": registry_server.url, "timeout": WAIT_S}) as client:
        read = AvroDeserializer(client, RELEASED[release])(value, SerializationContext(topic, MessageField.VALUE))
    assert isinstance(read, dict)
    known = {field["name"] for field in msgspec.json.decode(RELEASED[release])["fields"]}
    sent = msgspec.structs.asdict(ours)
    assert {**read, "position_time": ours.position_time, "last_contact": ours.last_contact} == {
        name: pytest.approx(sent[name]) if isinstance(sent[name], float) else sent[name] for name in known
    }


@pytest.mark.parametrize("status", ["lifeguard", "minimum_fuel"])
async def test_a_newer_status_is_unknown_to_a_program_of_the_first_release(
    registry_server: RegistryServer, topic: str, status: FlightStatus
) -> None:
    await registered(registry_server, topic, RELEASED["0.1.0"])
    value = PositionCodec(await registered(registry_server, topic)).encode(position(status=status))
    with SchemaRegistryClient({"url": registry_server.url, "timeout": WAIT_S}) as client:
        read = AvroDeserializer(client, RELEASED["0.1.0"])(value, SerializationContext(topic, MessageField.VALUE))
    assert isinstance(read, dict)
    assert read["status"] == "unknown"


async def test_a_record_of_the_first_release_has_unknown_kinds(registry_server: RegistryServer, topic: str) -> None:
    await registered(registry_server, topic, RELEASED["0.1.0"])
    with SchemaRegistryClient({"url": registry_server.url, "timeout": WAIT_S}) as client:
        serialize = AvroSerializer(client, RELEASED["0.1.0"], conf={"auto.register.schemas": False})
        value = serialize(fields_of(), SerializationContext(topic, MessageField.VALUE))
    assert value is not None
    codec = await codec_that_knows(registry_server, topic, value)
    assert codec.decode(value) == msgspec.structs.replace(FLIGHT, category="unknown", address_type="unknown")


async def test_our_record_is_read_by_a_newer_reader(registry_server: RegistryServer, topic: str) -> None:
    value = PositionCodec(await registered(registry_server, topic)).encode(FLIGHT)
    newer = msgspec.json.encode(newer_schema()).decode()
    await registered(registry_server, topic, newer)
    with SchemaRegistryClient({"url": registry_server.url, "timeout": WAIT_S}) as client:
        read = AvroDeserializer(client, newer)(value, SerializationContext(topic, MessageField.VALUE))
    assert isinstance(read, dict)
    assert (read["icao24"], read["mach"], read["status"]) == ("3c6444", None, FLIGHT.status)


@pytest.mark.parametrize("field", ["icao24", "latitude_deg", "position_time"])
async def test_a_field_that_other_programs_need_cannot_be_removed(
    registry_server: RegistryServer, topic: str, field: str
) -> None:
    schema = flight_position_schema()
    schema["fields"] = [known for known in schema["fields"] if known["name"] != field]
    broken = msgspec.json.encode(schema).decode()
    fastavro.parse_schema(schema)
    async with registry_of(registry_server, topic, compatibility=BOTH_WAYS) as registry:
        await registry.register(FLIGHT_POSITION_AVSC)
        with pytest.raises(StartError, match=f"rejects the schema under .*{BOTH_WAYS}"):
            await registry.register(broken)


async def test_the_schema_reads_and_is_read_by_every_released_version(
    registry_server: RegistryServer, topic: str
) -> None:
    for released in RELEASED.values():
        async with registry_of(registry_server, f"{topic}-{uuid4().hex}", compatibility=BOTH_WAYS) as registry:
            await registry.register(released)
            await registry.register(FLIGHT_POSITION_AVSC)


def numbers(dotted: str) -> tuple[int, ...]:
    return tuple(map(int, dotted.split(".")))


def test_the_schema_is_in_released_under_this_version_or_the_next() -> None:
    newest = max(RELEASED, key=numbers)
    assert numbers(newest) >= numbers(version("flighttracker")), "released/ has no schema of this version"
    assert RELEASED[newest] == FLIGHT_POSITION_AVSC, (
        "flight_position.avsc has changed: copy it to schemas/flighttracker_schemas/released/VERSION.avsc, where "
        "VERSION is the next release, and leave the files of earlier releases unchanged"
    )
