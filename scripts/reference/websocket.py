"""The AsyncAPI document of `/ws`, with the messages of both directions, and of the server-sent events.

Messages of clients come from the structs that the gateway decodes. Those of the gateway are written here, and
tests/pipeline/test_websocket_description.py checks each one that a running gateway sends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from flighttracker.build_info import VERSION
from flighttracker.flight import FlightPosition
from flighttracker_gateway.delivery.exact_reports import EXACT_COLUMNS
from flighttracker_gateway.delivery.viewer import Encoding
from flighttracker_gateway.websocket.client_messages import NewToken, Resync, Tiles

_COUNT: Final = {"type": "integer", "minimum": 0}
_TIME: Final = {"type": "integer", "description": "Milliseconds since 1970 UTC."}
_EXPIRY: Final = {"type": ["integer", "null"], "description": "When the token expires, milliseconds since 1970 UTC."}
_EXACT: Final = ("icao24", "position_time_ms", *EXACT_COLUMNS)

FROM_GATEWAY: Final[Mapping[str, tuple[str, dict[str, Any]]]] = {
    "welcome": (
        "The first message of a connection.",
        {
            "session": {"type": "string", "description": "Names the connection in the gateway's log."},
            "tracker": {"type": "string"},
            "tick_interval_ms": {"type": "integer", "minimum": 1},
            "shards": {"type": "integer", "minimum": 1},
            "expires_ms": _EXPIRY,
            "server_time_ms": _TIME,
        },
    ),
    "state": (
        "Sent after a change of a value, at most once a second.",
        {
            "stale_shards": {"type": "array", "items": _COUNT},
            "stale_since_ms": {
                "type": ["integer", "null"],
                "description": "The time that the oldest stale shard shows.",
            },
            "viewers": {**_COUNT, "description": "Viewers of the whole tracker."},
            "server_time_ms": _TIME,
        },
    ),
    "frames": (
        "One tick as JSON: only with flights.v1.json.",
        {
            "frames": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "kind": {"enum": ["key", "delta"]},
                        "shard": _COUNT,
                        "epoch": _COUNT,
                        "sequence": _COUNT,
                        "tick_ms": _TIME,
                        "removed": {"type": "array", "items": {"type": "string", "pattern": "^[0-9a-f]{6}$"}},
                        "flights": {"type": "array", "items": {"$ref": "#/components/schemas/FlightPosition"}},
                    },
                    "required": ["kind", "shard", "epoch", "sequence", "tick_ms", "removed", "flights"],
                    "additionalProperties": False,
                },
            }
        },
    ),
    "tiles": (
        "Answers tiles when the user has its share of tiles: what the client follows instead. Only with flights.v3.",
        {"class": _COUNT, "tiles": {"type": "array", "items": _COUNT}},
    ),
    "exact": (
        "New reports of the aircraft that the client wants exactly. Only with flights.v3.",
        {
            "flights": {
                "type": "array",
                "items": {
                    "type": "array",
                    "description": "Columns of frame.md; icao24 is a number.",
                    "prefixItems": [{"type": "integer", "title": name} for name in _EXACT],
                    "minItems": len(_EXACT),
                    "maxItems": len(_EXACT),
                },
            }
        },
    ),
    "session": ("Answers token: the new expiry.", {"expires_ms": _EXPIRY}),
    "restart": (
        "The gateway closes the connection with 1012 next. Reconnect after this time.",
        {"reconnect_after_ms": _COUNT},
    ),
}
"""By type: what it says, and its fields beside `type`."""

_FLIGHTS: Final = {
    "type": "array",
    "items": {"type": "object", "required": ["icao24"], "description": "A FlightPosition, or its chosen fields."},
}

EVENTS: Final[Mapping[str, tuple[str, dict[str, Any]]]] = {
    "snapshot": (
        "Every flight that matches. It replaces all flights before.",
        {"time_ms": _TIME, "total": _COUNT, "flights": _FLIGHTS},
    ),
    "update": (
        "The flights that changed or match now, and the addresses of those that match no longer.",
        {
            "time_ms": _TIME,
            "removed": {"type": "array", "items": {"type": "string", "pattern": "^[0-9a-f]{6}$"}},
            "flights": _FLIGHTS,
        },
    ),
    "state": (
        "Sent first, and after a change.",
        {
            "stale_shards": {"type": "array", "items": _COUNT},
            "stale_since_ms": {
                "type": ["integer", "null"],
                "description": "The time that the oldest stale shard shows.",
            },
        },
    ),
    "end": (
        "The last event, if the gateway ends the connection.",
        {
            "code": {"type": "integer", "description": "As the close code of a WebSocket."},
            "reason": {"type": "string"},
        },
    ),
}
"""By name of a server-sent event: what it says, and the fields of its data. With format=geojson, a snapshot and an
update are a FeatureCollection with the same other fields."""

_FROM_CLIENT: Final = {"resync": Resync, "tiles": Tiles, "token": NewToken}


def document() -> dict[str, Any]:
    """Return the AsyncAPI document."""
    _, components = msgspec.json.schema_components(
        [FlightPosition, *_FROM_CLIENT.values()], ref_template="#/components/schemas/{name}"
    )
    schemas = dict(components)
    messages: dict[str, Any] = {
        "tick": {
            "summary": "One tick as bytes: frames, concatenated, or messages of tiles with flights.v3. Not JSON.",
            "contentType": "application/octet-stream",
        }
    }
    for kind, (summary, fields) in FROM_GATEWAY.items():
        schemas[f"gateway_{kind}"] = schema_of(kind, fields)
        messages[f"gateway_{kind}"] = _message(summary, f"gateway_{kind}")
    for kind, (summary, fields) in EVENTS.items():
        schemas[f"event_{kind}"] = _object(fields)
        messages[f"event_{kind}"] = {"name": kind, **_message(summary, f"event_{kind}")}
    for kind, struct in _FROM_CLIENT.items():
        messages[f"client_{kind}"] = _message(schemas[struct.__name__].get("description", ""), struct.__name__)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Flight tracker: live flights",
            "version": VERSION,
            "description": "The subprotocol of the WebSocket chooses the encoding: "
            + ", ".join(each.value for each in Encoding)
            + ". /api/v1/events has the same flights as server-sent events.",
        },
        "defaultContentType": "application/json",
        "channels": {
            "live": {
                "address": "/ws",
                "messages": _references(name for name in messages if not name.startswith("event_")),
                "bindings": {"ws": {"method": "GET", "query": _query()}},
            },
            "events": {
                "address": "/api/v1/events",
                "description": "Server-sent events (text/event-stream); the OpenAPI document has the query.",
                "messages": _references(name for name in messages if name.startswith("event_")),
            },
        },
        "operations": {
            "receive": _operation("send", "live", [name for name in messages if name.startswith(("tick", "gateway_"))]),
            "ask": _operation("receive", "live", [name for name in messages if name.startswith("client_")]),
            "read_events": _operation("send", "events", [name for name in messages if name.startswith("event_")]),
        },
        "components": {"messages": messages, "schemas": schemas},
    }


def schema_of(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a message of the gateway."""
    return _object({"type": {"const": kind}, **fields})


def _object(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(fields), "required": [*fields], "additionalProperties": False}


def _references(names: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in names}


def _message(summary: str, schema: str) -> dict[str, Any]:
    return {"summary": summary, "payload": {"$ref": f"#/components/schemas/{schema}"}}


def _operation(action: str, channel: str, messages: list[str]) -> dict[str, Any]:
    """Return an operation of the gateway, which the document describes."""
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in messages],
    }


def _query() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "since": {"type": "string", "description": "What the client has: shard.epoch.sequence, joined by commas."},
        },
    }
