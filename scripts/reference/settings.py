"""Reference of the settings files of the roles, from the structs that read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from scripts.reference.docstrings import field_docs, first_sentence_of_class
from scripts.reference.markdown import code, plain, table, value

from flighttracker.settings import GatewaySettings, GeneratorSettings, HistorianSettings
from flighttracker.settings.base import Settings

ROLES = {"generator": GeneratorSettings, "gateway": GatewaySettings, "historian": HistorianSettings}


def structs() -> list[type[Settings]]:
    """Return every struct of the settings, each once: a role first, then its parts."""
    found: dict[type[Settings], None] = {}
    for root in ROLES.values():
        found |= dict.fromkeys(_parts(root))
    return list(found)


def _parts(struct: Any) -> Iterator[type[Settings]]:
    yield struct
    for field in msgspec.structs.fields(struct):
        for part in _structs_in(field.type):
            yield from _parts(part)


def _structs_in(kind: Any) -> list[type[Settings]]:
    """Return the structs in a type, such as a tuple of a union of them."""
    if isinstance(kind, type) and not get_args(kind):
        return [kind] if issubclass(kind, Settings) else []
    return [struct for part in get_args(kind) for struct in _structs_in(part)]


def docs_of(struct: type[Settings]) -> dict[str, str]:
    """Return the description of each field, including the inherited ones; empty if there is none."""
    docs: dict[str, str] = {}
    for base in reversed([base for base in struct.__mro__ if issubclass(base, Settings)]):
        docs |= field_docs(base)
    return {field.name: docs.get(field.name, "") for field in msgspec.structs.fields(struct)}


def page() -> str:
    """Return the page."""
    sections = [
        "# Settings of the roles\n\nThe operator derives one JSON file for each role from the resource, and "
        "`flighttracker generator --config FILE`, `flighttracker gateway --config FILE` and `flighttracker historian "
        "--config FILE` read it. You need this page "
        "only to run a role without the operator. An unknown field, or a value of another type, is an error that names "
        "the field.\n\nThe unit is part of the name: `_s` is seconds, `_ms` milliseconds, `_m` metres, "
        "`_deg` degrees.\n"
    ]
    for struct in structs():
        title = next((f"{role}.json" for role, root in ROLES.items() if root is struct), struct.__name__)
        hints = get_type_hints(struct)
        docs = docs_of(struct)
        rows = [
            (code(field.name), _type(hints[field.name]), _default(field), plain(docs[field.name]))
            for field in msgspec.structs.fields(struct)
        ]
        head = f"## {title} {{ #{struct.__name__.lower()} }}\n\n{plain(first_sentence_of_class(struct))}\n\n"
        sections.append(head + table(("field", "type", "default", "description"), rows))
    return "\n".join(sections)


def _type(kind: Any) -> str:
    parts = _structs_in(kind)
    if parts:
        several = "several of " if get_origin(kind) is tuple else ""
        return several + " or ".join(f"[{part.__name__}](#{part.__name__.lower()})" for part in parts)
    return code(kind.__name__ if isinstance(kind, type) and not get_args(kind) else str(kind).replace("typing.", ""))


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "required"
    if field.default is msgspec.NODEFAULT:
        return ""
    return value(msgspec.to_builtins(field.default)) or code("null")
