"""Schemas of other programs: read with, or refused with the reason, and never dangerous to the process."""

from __future__ import annotations

import io
import json
from typing import Any, Final

import fastavro
import msgspec
import pytest

from flighttracker.avro import PREFIX_BYTES, PositionCodec
from flighttracker.errors import RecordRefusedError, StartError
from flighttracker.flight import refuse_out_of_range
from flighttracker.writer_schema import (
    MAX_LEVELS,
    MAX_SCHEMA_BYTES,
    MAX_SCHEMAS,
    MAX_UNKNOWN,
    UNKNOWN_MS,
    UnknownSchemaIds,
    read_schema,
)
from flighttracker_schemas import flight_position_schema
from tests.example_flights import NOW_MS, position

NODE: Final = {"type": "record", "name": "Node", "fields": [{"name": "next", "type": ["null", "Node"]}]}
TREE: Final = {
    "type": "record",
    "name": "Tree",
    "fields": [{"name": "below", "type": {"type": "array", "items": "Tree"}}],
}
NOTHING: Final = {"type": "fixed", "name": "Nothing", "size": 0}


def schema_with(kind: Any, field: str = "extra") -> dict[str, Any]:
    """Our schema, with another type of a field, or with a field more."""
    schema = flight_position_schema()
    others = [one for one in schema["fields"] if one["name"] != field]
    if len(others) < len(schema["fields"]):
        fields = [{"name": field, "type": kind} if one["name"] == field else one for one in schema["fields"]]
    else:
        fields = [*others, {"name": field, "type": kind}]
    return {**schema, "fields": fields}


def nested(levels: int) -> Any:
    kind: Any = "int"
    for _ in range(levels):
        kind = {"type": "array", "items": kind}
    return kind


REFUSED: Final[dict[str, tuple[Any, str]]] = {
    "contains itself": (schema_with(NODE), "type io.flighttracker.Node contains itself"),
    "contains a list of itself": (schema_with(TREE), "type io.flighttracker.Tree contains itself"),
    "values without bytes": (schema_with({"type": "array", "items": "null"}), "null outside of a union"),
    "fixed without bytes": (schema_with({"type": "map", "values": NOTHING}), "type io.flighttracker.Nothing has no"),
    "record without bytes": (
        schema_with({"type": "array", "items": {"type": "record", "name": "Empty", "fields": []}}),
        "record io.flighttracker.Empty has no bytes",
    ),
    "too deep": (schema_with(nested(MAX_LEVELS)), f"deeper than {MAX_LEVELS} levels"),
    "unknown name": (schema_with("nowhere.Defined"), "not an Avro schema"),
    "no type": ({"type": "nonsense"}, "not an Avro schema"),
    "an enum": ({"type": "enum", "name": "Kind", "symbols": ["a"]}, "not a schema of records"),
    "a text": ("string", "not a schema of records"),
    "a union": (["null", "string"], "not a schema of records"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_schema_that_could_end_or_hold_the_process_is_refused(case: str) -> None:
    schema, reason = REFUSED[case]
    with pytest.raises(StartError, match=reason):
        read_schema(json.dumps(schema))


@pytest.mark.parametrize("text", ["", "not json", b'{"type":"\xff"}', "[" * 100_000, '{"type":' * 100_000, "{}"])
def test_what_is_no_schema_is_refused(text: str | bytes) -> None:
    with pytest.raises(StartError):
        read_schema(text)


@pytest.mark.parametrize("kind", [NODE, {"type": "array", "items": "null"}])
def test_a_codec_refuses_it_too(kind: Any) -> None:
    codec = PositionCodec()
    with pytest.raises(StartError):
        codec.add_writer_schema(7, schema_with(kind))


@pytest.mark.parametrize(
    "kind",
    [
        {"type": "array", "items": "string"},
        {"type": "map", "values": ["null", "double"]},
        {"type": "record", "name": "Wind", "fields": [{"name": "speed", "type": ["null", "float"]}]},
        {"type": "fixed", "name": "Digest", "size": 16},
        ["null", {"type": "bytes", "logicalType": "decimal", "precision": 4}],
        nested(MAX_LEVELS - 1),
    ],
)
def test_other_fields_of_any_other_type_are_accepted(kind: Any) -> None:
    PositionCodec().add_writer_schema(7, read_schema(json.dumps(schema_with(kind))))


def record_with(field: str, kind: Any, value: object) -> tuple[PositionCodec, bytes]:
    """A codec that knows our schema with another type of a field, and such a record."""
    codec, buffer = PositionCodec(), io.BytesIO()
    buffer.write(b"\0" + (7).to_bytes(PREFIX_BYTES - 1, "big"))
    schema = schema_with(kind, field)
    fastavro.schemaless_writer(
        buffer, fastavro.parse_schema(schema), {**msgspec.structs.asdict(position()), field: value}
    )
    codec.add_writer_schema(7, schema)
    return codec, buffer.getvalue()


@pytest.mark.parametrize(
    ("field", "kind", "value"),
    [
        ("on_ground", "int", 1),
        ("squawk", {"type": "fixed", "name": "Squawk", "size": 4}, b"1234"),
        ("latitude_deg", ["null", "double"], None),
        ("callsign", "bytes", b"\xff"),
    ],
)
def test_a_record_whose_types_do_not_fit_is_rejected_alone(field: str, kind: Any, value: object) -> None:
    codec, record = record_with(field, kind, value)
    with pytest.raises(RecordRefusedError, match="malformed"):
        codec.decode(record)


def test_a_rejected_record_does_not_quote_a_long_schema() -> None:
    symbols = [f"s{number}" for number in range(10_000)]
    codec, record = record_with("squawk", {"type": "enum", "name": "Squawk", "symbols": symbols}, "s1")
    with pytest.raises(RecordRefusedError) as refused:
        codec.decode(record)
    assert len(refused.value.detail) < 1_000


def test_a_time_with_a_logical_type_in_a_union_is_a_number() -> None:
    kind = ["null", {"type": "long", "logicalType": "timestamp-millis"}]
    codec, record = record_with("position_time", kind, position().position_time)
    read = codec.decode(record)
    refuse_out_of_range(read, NOW_MS, NOW_MS - 60_000)
    assert read.position_time == position().position_time


def test_few_unknown_ids_are_asked_for_in_a_while() -> None:
    ids = UnknownSchemaIds()
    for schema_id in range(MAX_UNKNOWN):
        assert ids.may_ask(schema_id, NOW_MS)
        ids.add(schema_id, NOW_MS + schema_id)
    assert not ids.may_ask(0, NOW_MS)
    assert not ids.may_ask(MAX_UNKNOWN, NOW_MS)
    assert ids.may_ask(MAX_UNKNOWN, NOW_MS + UNKNOWN_MS)
    assert ids.may_ask(0, NOW_MS + UNKNOWN_MS)
    assert not ids.may_ask(1, NOW_MS + UNKNOWN_MS)


def test_a_long_schema_is_refused() -> None:
    schema = {**schema_with("string"), "doc": "x" * MAX_SCHEMA_BYTES}
    with pytest.raises(StartError, match="it is longer than"):
        read_schema(json.dumps(schema))


def test_a_bounded_number_of_schemas_of_others_is_known() -> None:
    codec, other = PositionCodec(None), schema_with({"type": "string"})
    other["fields"][-1]["default"] = ""
    for schema_id in range(MAX_SCHEMAS):
        codec.add_writer_schema(schema_id, other)
    with pytest.raises(StartError, match="100 other schemas are in use"):
        codec.add_writer_schema(MAX_SCHEMAS, other)
    codec.add_writer_schema(0, other)
    codec.add_writer_schema(MAX_SCHEMAS + 1, flight_position_schema())
