"""Reads the Avro schema with which another program wrote its records; any program may register one. Pure.

fastavro reads records in C. A type that contains itself makes it recurse as deep as the record says, which ends the
process, and a list of values without bytes makes it count as far as the record says. Such schemas are refused, so the
time to read a record is bounded by its length. Logical types are dropped, because fastavro would make a `datetime` of
a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import fastavro
import msgspec
from fastavro.schema import SchemaParseException, UnknownType

from flighttracker.errors import StartError

UNKNOWN_MS: Final = 30_000
"""How long an id that the registry does not know is not asked for again: a schema may be registered after its records
were written."""
MAX_UNKNOWN: Final = 100
"""Ids that are asked for in that time without being known. Every record can name another one."""
MAX_SCHEMAS: Final = 100
"""Schemas of others that are known at the same time. They are never forgotten, because records may come with any."""
MAX_SCHEMA_BYTES: Final = 128 * 1024
"""Longest schema that is read; ours has 6 KB. Parsed, one takes some ten times as much."""
MAX_LEVELS: Final = 32
"""How deep the types of a schema may be nested; those of positions have two levels."""

_PRIMITIVES: Final = frozenset({"boolean", "int", "long", "float", "double", "bytes", "string"})
_RECORDS: Final = frozenset({"record", "error"})
_NULL: Final = "null"
_LOGICAL_TYPE: Final = "logicalType"


class UnknownSchemaIds:
    """Ids of schemas that the registry did not know a moment ago."""

    def __init__(self) -> None:
        self._until_ms: dict[int, int] = {}

    def add(self, schema_id: int, now_ms: int) -> None:
        """Note that the registry does not know an id."""
        self._until_ms[schema_id] = now_ms + UNKNOWN_MS

    def may_ask(self, schema_id: int, now_ms: int) -> bool:
        """Return whether to ask the registry for an id."""
        if now_ms < self._until_ms.get(schema_id, 0):
            return False
        if len(self._until_ms) >= MAX_UNKNOWN:
            self._until_ms = {known: until_ms for known, until_ms in self._until_ms.items() if now_ms < until_ms}
        return len(self._until_ms) < MAX_UNKNOWN


def read_schema(text: str | bytes) -> dict[str, Any]:
    """Return the schema in a JSON text.

    Raises:
        StartError: it is not a schema of records that can be read; the message says why.
    """
    if len(text) > MAX_SCHEMA_BYTES:
        raise StartError(f"it is longer than {MAX_SCHEMA_BYTES} bytes")
    try:
        schema = msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise StartError(f"it is not a schema of records: {error}") from error
    parsed_schema(schema)
    return schema


def parsed_schema(schema: Mapping[str, Any]) -> Any:
    """Return a schema as fastavro reads with it.

    Raises:
        StartError: it is not a schema of records that can be read; the message says why.
    """
    try:
        parsed: Any = fastavro.parse_schema(_without_logical_types(schema))
        if parsed.get("type") not in _RECORDS:
            raise StartError("it is not a schema of records")
        _levels(parsed, {})
    except (SchemaParseException, UnknownType, ValueError, TypeError, KeyError, AttributeError) as error:
        raise StartError(f"it is not an Avro schema: {error!r}") from error
    except RecursionError as error:
        raise StartError("its types are nested too deeply") from error
    return parsed


def _without_logical_types(part: Any) -> Any:
    if isinstance(part, Mapping):
        return {key: _without_logical_types(value) for key, value in part.items() if key != _LOGICAL_TYPE}
    if isinstance(part, list):
        return [_without_logical_types(item) for item in part]
    return part


def _levels(kind: Any, known: dict[str, int | None]) -> int:
    """Return how many levels of types are in a type, as fastavro parsed it.

    Args:
        kind: the type; a name is that of a primitive, or of a type that is defined before it.
        known: levels of the named types; None while a definition has not ended.

    Raises:
        StartError: the length of a value does not bound the time to read it.
    """
    if isinstance(kind, list):
        return max((_levels(branch, known) for branch in kind if branch != _NULL), default=0)
    if isinstance(kind, str):
        if kind in _PRIMITIVES:
            return 0
        if kind == _NULL:
            raise StartError("it has null outside of a union, which has no bytes")
        if (levels := known[kind]) is None:
            raise StartError(f"its type {kind} contains itself")
        return levels
    below = 0
    if kind["type"] in _RECORDS:
        known[kind["name"]] = None
        if not kind["fields"]:
            raise StartError(f"its record {kind['name']} has no bytes")
        below = max(_levels(field["type"], known) for field in kind["fields"])
    elif kind["type"] == "fixed":
        if int(kind["size"]) < 1:
            raise StartError(f"its type {kind['name']} has no bytes")
    elif kind["type"] != "enum":
        # Of an array, of a map, or a primitive written as an object.
        inner = kind.get("items") or kind.get("values") or kind["type"]
        below = _levels(inner, known)
    if below >= MAX_LEVELS:
        raise StartError(f"its types are nested deeper than {MAX_LEVELS} levels")
    if "name" in kind:
        known[kind["name"]] = below + 1
    return below + 1
