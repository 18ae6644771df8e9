"""Reference of a record in Kafka, from its Avro schema."""

from __future__ import annotations

import json
from typing import Any

from scripts.reference.markdown import code, plain, table, value

from flighttracker_schemas import flight_position_schema


def page() -> str:
    """Return the page."""
    schema = flight_position_schema()
    rows = [
        (
            code(field["name"]),
            _type(field["type"]),
            value(field["default"]) if "default" in field else "required",
            plain(field["doc"]),
        )
        for field in schema["fields"]
    ]
    return (
        f"# Positions in Kafka\n\nRecord `{schema['namespace']}.{schema['name']}`: {schema['doc']} The key of a record "
        "is `icao24` as text, the value is Avro in Confluent's framing: a zero byte, the id of the schema as four "
        "bytes (big-endian), and the Avro encoding.\n\n"
        + table(("field", "type", "default", "description"), rows)
        + f"\n## Schema\n\n```json\n{json.dumps(schema, indent=2)}\n```\n"
    )


def _type(kind: Any) -> str:
    if isinstance(kind, list):
        return " or ".join(_type(each) for each in kind)
    if isinstance(kind, dict):
        if kind["type"] == "enum":
            return "enum: " + ", ".join(map(code, kind["symbols"]))
        return f"{code(kind['type'])} ({kind['logicalType']})"
    return code(kind)
