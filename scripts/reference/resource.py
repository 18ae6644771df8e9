"""Reference of the FlightTracker resource, from the CRD: each field with type, default, description and an example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from scripts.reference.markdown import code, plain, table, value

from flighttracker.spec import API_VERSION, KIND
from flighttracker.spec.fields import PATTERNS
from flighttracker_operator.crd import custom_resource_definition, deprecated_fields

Schema = Mapping[str, Any]
EXAMPLES = Path(__file__).parents[2] / "examples"
_PATTERN_WORDS = {pattern.regex: pattern.words.removeprefix("must be ") for pattern in PATTERNS}


class Field(NamedTuple):
    """One field of the resource or of its status.

    Attributes:
        path: `spec.source.simulated.aircraft`; a list has `[]`, a mapping `{}`.
        schema: its structural schema.
    """

    path: str
    schema: Schema


def fields_of(part: str) -> list[Field]:
    """Return every field of `spec` or `status`, with all that is inside them, except inside deprecated fields."""
    newest = custom_resource_definition()["spec"]["versions"][0]
    fields = _walk(Field(part, newest["schema"]["openAPIV3Schema"]["properties"][part]))
    inside = tuple(f"spec.{name}." for name in deprecated_fields())
    return [field for field in fields if not field.path.startswith(inside)]


def _walk(field: Field) -> Iterator[Field]:
    yield field
    if "x-kubernetes-preserve-unknown-fields" in field.schema:  # Kubernetes describes what is inside
        return
    for name, schema in field.schema.get("properties", {}).items():
        yield from _walk(Field(f"{field.path}.{name}", schema))
    items = field.schema.get("items", {})
    if items.get("properties") and "x-kubernetes-preserve-unknown-fields" not in items:
        for name, schema in items["properties"].items():
            yield from _walk(Field(f"{field.path}[].{name}", schema))


def page() -> str:
    """Return the page."""
    examples = _examples()
    sections = [
        f"# The FlightTracker resource\n\n`apiVersion: {API_VERSION}`, `kind: {KIND}`, short name `ft`. "
        "`spec: {}` is a complete tracker: a required field is required only in a part that you set. "
        "`kubectl explain flighttracker.spec` prints the same descriptions, and `flighttracker validate --defaults "
        "FILE` a resource with all of its defaults.\n\n"
        "A duration is a number of seconds if its name ends in `Seconds`. An amount of memory or CPU is written as "
        "Kubernetes writes it: `500m`, `256Mi`.\n\n"
        "The column *example* shows values from the [examples](../examples.md).\n"
    ]
    for part in ("spec", "status"):
        fields = fields_of(part)
        for parent in fields:
            inside = [field for field in fields if _parent(field.path) == parent.path]
            if inside:
                sections.append(_section(parent, inside, fields, examples))
    return "\n".join(sections)


def _parent(path: str) -> str:
    return path.rpartition(".")[0].removesuffix("[]")


def _section(parent: Field, inside: list[Field], fields: list[Field], examples: Mapping[str, object]) -> str:
    rows = []
    for field in inside:
        name = field.path.rpartition(".")[2]
        nested = any(_parent(each.path) == field.path for each in fields)
        shown = f"[{code(name)}](#{anchor(field.path)})" if nested else code(name)
        default = "" if nested else value(field.schema.get("default"))
        if name in parent.schema.get("items", parent.schema).get("required", ()):
            default = "required"
        example = value(examples.get(field.path)) if not nested else ""
        rows.append((shown, type_of(field.schema), default, plain(field.schema.get("description", "")), example))
    rules = "".join(f"* {plain(_rule(rule))}\n" for rule in parent.schema.get("x-kubernetes-validations", ()))
    text = f"## {parent.path} {{ #{anchor(parent.path)} }}\n\n{plain(parent.schema.get('description', ''))}\n\n"
    text += table(("field", "type", "default", "description", "example"), rows)
    return f"{text}\nRules:\n\n{rules}" if rules else text


def _rule(rule: Mapping[str, str]) -> str:
    return rule.get("message") or rule.get("messageExpression", "")


def anchor(path: str) -> str:
    """Return the anchor of a part: `spec-source-simulated`."""
    return path.replace("[]", "").replace(".", "-").lower()


def type_of(schema: Schema) -> str:
    """Return the type of a value with its range, in words."""
    if schema.get("x-kubernetes-int-or-string"):
        return "quantity"
    kind = str(schema.get("type", "any"))
    if schema.get("enum"):
        return " or ".join(code(choice) for choice in schema["enum"])
    if kind == "array":
        return f"list of {type_of(schema['items']).replace('mapping', 'mappings')}{_most(schema.get('maxItems'))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"mapping of {type_of(schema['additionalProperties'])}{_most(schema.get('maxProperties'))}"
    words = {"string": "text", "integer": "whole number", "boolean": "true or false", "object": "mapping"}.get(
        kind, kind
    )
    lowest, highest = schema.get("minimum"), schema.get("maximum")
    if lowest is not None and highest is not None:
        return f"{words}, {'above ' if schema.get('exclusiveMinimum') else ''}{lowest:,} to {highest:,}"
    if lowest is not None:
        return f"{words}, {'above' if schema.get('exclusiveMinimum') else 'at least'} {lowest:,}"
    return plain(_PATTERN_WORDS.get(schema.get("pattern", ""), words))


def _most(count: int | None) -> str:
    return f", at most {count}" if count else ""


def _examples() -> dict[str, object]:
    """Return a value for each field that an example sets."""
    found: dict[str, object] = {}
    for path in sorted(EXAMPLES.glob("*.yaml")):
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            if isinstance(document, dict) and document.get("kind") == KIND:
                _collect("spec", document.get("spec"), found)
    return found


def _collect(path: str, content: object, found: dict[str, object]) -> None:
    found.setdefault(path, content)
    if isinstance(content, dict):
        for name, member in content.items():
            _collect(f"{path}.{name}", member, found)
    elif isinstance(content, list):
        for member in content:
            _collect(f"{path}[]", member, found)
