"""Positions as Avro records in Confluent framing: one zero byte, the schema's id as four big-endian bytes, the record.

The generator encodes with `PositionCodec` and the gateways decode with it; any program that uses the schema registry
can do both. The writer's schema is resolved to ours, so records of older and newer compatible schemas can be read.

The fields of a record before `latitude_deg` identify the aircraft and rarely change. An Avro record is a concatenation
of fields, so the codec caches the bytes of these for each aircraft, and encodes and decodes only the rest. That
saves a third of the time. fastavro gets the schemas without the logical type of the times, because it would create a
`datetime` for each. Neither changes the encoded bytes.

Decoded text has no control characters and no changes of the reading direction (`printable`): any program may write to
the topic, and terminals, logs and pages show the text.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Final, TypeVar

import fastavro
from fastavro.read import SchemaResolutionError
from fastavro.schema import to_parsing_canonical_form

from flighttracker.errors import RecordRefusedError, StartError
from flighttracker.flight import FlightPosition
from flighttracker.text import printable
from flighttracker.writer_schema import MAX_SCHEMAS, parsed_schema
from flighttracker_schemas import flight_position_schema

Key = TypeVar("Key")
Value = TypeVar("Value")

MAGIC: Final = 0
PREFIX_BYTES: Final = 5
LOCAL_SCHEMA_ID: Final = 1
"""Id of the packaged schema if there is no registry."""


IDENTITY_FIELDS: Final = 10
"""The fields before `latitude_deg`: texts and kinds, which rarely change in flight."""

MAX_KEPT_IDENTITIES: Final = 262_144
"""A full cache is cleared: it needs a bound, not a clever eviction."""

MAX_KEPT_BYTES: Final = 512
"""Longest bytes before `latitude_deg` that are cached; those of valid records have at most some 250. Any program may
write longer ones, which are rejected after they are decoded."""

_AFTER_ICAO24: Final = PREFIX_BYTES + 1 + 6
"""End of the record's first field, the icao24: one byte of length and six characters."""


_UNREADABLE: Final = (
    ValueError,
    TypeError,
    EOFError,
    IndexError,
    KeyError,
    MemoryError,
    OverflowError,
    SchemaResolutionError,
)
"""What fastavro raises for bytes that do not fit a schema, and for a schema that does not fit ours."""


class PositionCodec:
    """Encodes with the packaged schema, and decodes with any schema that was added.

    Args:
        schema_id: id of the packaged schema in the registry; None for a reader, to which every schema is added.
    """

    def __init__(self, schema_id: int | None = LOCAL_SCHEMA_ID) -> None:
        schema = _without_logical_types(flight_position_schema())
        self._schema = fastavro.parse_schema(schema)
        self._identity_schema = _parsed_part(schema, "Identity", schema["fields"][:IDENTITY_FIELDS])
        self._report_schema = _parsed_part(schema, "Report", schema["fields"][IDENTITY_FIELDS:])
        self._prefix = b"" if schema_id is None else bytes([MAGIC]) + schema_id.to_bytes(4, "big")
        self._writers: dict[int, Any] = {} if schema_id is None else {schema_id: None}
        self._written: dict[tuple[str, ...], bytes] = {}
        self._read: dict[bytes, tuple[bytes, tuple[Any, ...]]] = {}

    def add_writer_schema(self, schema_id: int, schema: Mapping[str, Any]) -> None:
        """Add the schema with an id, to decode records that were written with it.

        Raises:
            StartError: no record can be read with it, or too many are known; the message says why.
        """
        written = parsed_schema(schema)
        # The same canonical form gives the same bytes, so such records can use the fast path.
        is_ours = to_parsing_canonical_form(written) == to_parsing_canonical_form(self._schema)
        others = len(self._writers) - list(self._writers.values()).count(None)
        if not is_ours and schema_id not in self._writers and others >= MAX_SCHEMAS:
            raise StartError(f"{MAX_SCHEMAS} other schemas are in use, the maximum until a restart")
        self._writers[schema_id] = None if is_ours else written

    def encode(self, position: FlightPosition) -> bytes:
        """Return a position as a framed record.

        Raises:
            RecordRefusedError: a field does not have the type of the schema; reason `schema`.
        """
        buffer = io.BytesIO()
        try:
            buffer.write(self._head_of(_identity_of(position)))
            fastavro.schemaless_writer(buffer, self._report_schema, _report_of(position))
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            raise RecordRefusedError("schema", f"{position.icao24!r} does not fit the schema: {error}") from error
        return buffer.getvalue()

    def decode(self, value: bytes) -> FlightPosition:
        """Return the position in a framed record.

        Raises:
            RecordRefusedError: the value is not a framed record (`framing`), its schema is unknown (`schema_unknown`),
                or its bytes do not match the schema (`malformed`).
        """
        schema_id = schema_id_of(value)
        try:
            writer = self._writers[schema_id]
        except KeyError:
            raise RecordRefusedError("schema_unknown", f"schema id {schema_id} is unknown") from None
        buffer = io.BytesIO(value)
        try:
            position = self._resolved(buffer, writer) if writer is not None else self._own(buffer, value)
        except _UNREADABLE as error:
            # It may quote the writer's schema, which can be long.
            why = str(error)[:MAX_KEPT_BYTES]
            raise RecordRefusedError("malformed", f"{len(value)} bytes are not a FlightPosition: {why}") from error
        if buffer.tell() != len(value):
            extra = len(value) - buffer.tell()
            raise RecordRefusedError("malformed", f"{extra} bytes follow the record")
        return position

    def head_of(self, value: bytes) -> bytes:
        """Return the bytes up to `latitude_deg` of a record that was decoded a moment ago.

        They are empty if the record's schema is not the packaged one: the fields may have another order.
        """
        if self._writers[schema_id_of(value)] is not None:
            return b""
        head, _ = self._read.get(value[:_AFTER_ICAO24], _NOBODY)
        return head if value.startswith(head) else b""

    def written_head(self, position: FlightPosition) -> bytes:
        """Return the bytes up to `latitude_deg` of the record of a position.

        Raises:
            RecordRefusedError: a text or a kind does not fit the schema; reason `schema`.
        """
        try:
            return self._head_of(_identity_of(position))
        except (ValueError, TypeError, AttributeError) as error:
            raise RecordRefusedError("schema", f"{position.icao24!r} does not fit the schema: {error}") from error

    def _resolved(self, buffer: io.BytesIO, writer: Any) -> FlightPosition:
        buffer.seek(PREFIX_BYTES)
        fields: Any = fastavro.schemaless_reader(buffer, writer, self._schema)
        fields.update({name: printable(value) for name, value in fields.items() if isinstance(value, str)})
        return FlightPosition(**fields)

    def _own(self, buffer: io.BytesIO, value: bytes) -> FlightPosition:
        head, identity = self._read.get(value[:_AFTER_ICAO24], _NOBODY)
        if not head or not value.startswith(head):
            buffer.seek(PREFIX_BYTES)
            fields: Any = fastavro.schemaless_reader(buffer, self._identity_schema, None)
            identity = tuple(map(printable, fields.values()))
            if buffer.tell() <= MAX_KEPT_BYTES:
                _keep(self._read, value[:_AFTER_ICAO24], (value[: buffer.tell()], identity))
        else:
            buffer.seek(len(head))
        report: Any = fastavro.schemaless_reader(buffer, self._report_schema, None)
        report["source"] = printable(report["source"])
        return FlightPosition(*identity, **report)

    def _head_of(self, identity: tuple[str, ...]) -> bytes:
        head = self._written.get(identity)
        if head is None:
            buffer = io.BytesIO()
            buffer.write(self._prefix)
            fields = dict(zip(FlightPosition.__struct_fields__, identity, strict=False))
            fastavro.schemaless_writer(buffer, self._identity_schema, fields)
            head = buffer.getvalue()
            _keep(self._written, identity, head)
        return head


_NOBODY: Final[tuple[bytes, tuple[Any, ...]]] = (b"", ())


def schema_id_of(value: bytes) -> int:
    """Return the schema's id in a framed record.

    Raises:
        RecordRefusedError: the value does not begin with Confluent framing; reason `framing`.
    """
    if len(value) <= PREFIX_BYTES or value[0] != MAGIC:
        raise RecordRefusedError(
            "framing", f"{len(value)} bytes do not begin with Confluent framing: {value[:8].hex()}"
        )
    return int.from_bytes(value[1:PREFIX_BYTES], "big")


def _keep(kept: dict[Key, Value], key: Key, value: Value) -> None:
    if len(kept) >= MAX_KEPT_IDENTITIES:
        kept.clear()
    kept[key] = value


def _without_logical_types(schema: Mapping[str, Any]) -> dict[str, Any]:
    fields = []
    for field in schema["fields"]:
        kind = field["type"]
        has_logical_type = isinstance(kind, dict) and "logicalType" in kind
        fields.append({**field, "type": kind["type"]} if has_logical_type else field)
    return {**schema, "fields": fields}


def _parsed_part(schema: Mapping[str, Any], name: str, fields: list[Any]) -> Any:
    return fastavro.parse_schema({**schema, "name": name, "fields": fields})


def _identity_of(position: FlightPosition) -> tuple[str, ...]:
    return (
        position.icao24,
        position.callsign,
        position.registration,
        position.aircraft_type,
        position.operator,
        position.origin_country,
        position.origin,
        position.destination,
        position.category,
        position.address_type,
    )


def _report_of(position: FlightPosition) -> dict[str, object]:
    return {
        "latitude_deg": position.latitude_deg,
        "longitude_deg": position.longitude_deg,
        "baro_altitude_m": position.baro_altitude_m,
        "geo_altitude_m": position.geo_altitude_m,
        "ground_speed_mps": position.ground_speed_mps,
        "track_deg": position.track_deg,
        "vertical_rate_mps": position.vertical_rate_mps,
        "on_ground": position.on_ground,
        "squawk": position.squawk,
        "status": position.status,
        "position_time": position.position_time,
        "last_contact": position.last_contact,
        "source": position.source,
    }
