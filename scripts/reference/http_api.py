"""Reference of the HTTP interface, from the OpenAPI document that a gateway serves at /schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from litestar.testing import TestClient
from prometheus_client import CollectorRegistry
from scripts.reference.markdown import code, plain, table

from flighttracker.bus.memory import MemoryBus
from flighttracker.clock import SystemClock
from flighttracker.settings import GatewaySettings
from flighttracker_gateway.app import create_routes
from flighttracker_gateway.gateway import Gateway

METHODS = ("get", "put", "post", "delete")
FIRST_ERROR = 400


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document, as a client of a gateway gets it."""
    clock = SystemClock()
    gateway = Gateway(GatewaySettings(), MemoryBus(1, clock=clock), clock, CollectorRegistry())
    with TestClient(create_routes(gateway)) as client:
        content: dict[str, Any] = json.loads(client.get("/schema/openapi.json").content)
    return content


def page() -> str:
    """Return the page."""
    api = document()
    sections = [
        "# HTTP interface\n\nA gateway serves this description as OpenAPI at `/schema`; the same "
        "document is [here](openapi.json). Errors are `application/problem+json` (RFC 9457). An unknown "
        "query parameter, or a repeated one that takes one value, is answered with 400.\n"
    ]
    for path, item in sorted(api["paths"].items()):
        sections += [_operation(path, method, item[method]) for method in METHODS if method in item]
    sections += [_errors(api), "## Schemas\n"]
    for name, schema in sorted(api["components"]["schemas"].items()):
        sections.append(_schema(name, schema))
    return "\n".join(sections)


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> str:
    text = f"## {method.upper()} {path}\n\n{plain(operation.get('summary', ''))}\n\n"
    if operation.get("description"):
        text += f"{plain(operation['description'])}\n\n"
    parameters = [
        (code(each["name"]), each["in"], _type(each.get("schema", {})), plain(each.get("description", "")))
        for each in operation.get("parameters", ())
    ]
    if parameters:
        text += table(("parameter", "in", "type", "description"), parameters) + "\n"
    answers = operation["responses"]
    successes = {status: each for status, each in answers.items() if int(status) < FIRST_ERROR}
    rows = [(status, _contents(each), plain(each["description"])) for status, each in successes.items()]
    text += table(("status", "content", "description"), rows)
    return f"{text}\n[Errors](#errors): {', '.join(status for status in answers if status not in successes)}.\n"


def _errors(api: Mapping[str, Any]) -> str:
    """Return what each error means: the same for every operation."""
    texts = {
        status: answer["description"]
        for item in api["paths"].values()
        for operation in item.values()
        for status, answer in operation["responses"].items()
        if int(status) >= FIRST_ERROR
    }
    return "## Errors\n\n" + table(("status", "meaning"), [(status, plain(texts[status])) for status in sorted(texts)])


def _contents(answer: Mapping[str, Any]) -> str:
    return ", ".join(_content(kind, body) for kind, body in answer.get("content", {}).items())


def _content(kind: str, body: Mapping[str, Any]) -> str:
    shown = _type(body.get("schema", {}))
    return f"{code(kind)}: {shown}" if shown else code(kind)


def _schema(name: str, schema: Mapping[str, Any]) -> str:
    required = set(schema.get("required", ()))
    rows = [
        (code(field), _type(each), "yes" if field in required else "", plain(each.get("description", "")))
        for field, each in schema.get("properties", {}).items()
    ]
    text = f"### {name} {{ #schema-{name.lower()} }}\n\n{plain(schema.get('description', ''))}\n\n"
    if rows:
        text += table(("field", "type", "required", "description"), rows)
    elif "enum" in schema:
        text += ", ".join(map(code, schema["enum"])) + "\n"
    return text


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#schema-{name.lower()})"
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return " or ".join(filter(None, (_type(option) for option in schema[several])))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}" if schema.get("items") else "list"
    kind = schema.get("type", "")
    return " or ".join(code(each) for each in kind) if isinstance(kind, list) else code(kind)
