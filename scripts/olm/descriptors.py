"""Descriptors of a CRD's fields, with which consoles make a form. From the schema of the CRD."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

Schema = Mapping[str, Any]

UI: Final = "urn:alm:descriptor:com.tectonic.ui"
KUBERNETES: Final = "urn:alm:descriptor:io.kubernetes"
BY_TYPE: Final = {"boolean": f"{UI}:booleanSwitch", "integer": f"{UI}:number", "number": f"{UI}:number"}
BY_NAME: Final = {"resources": f"{UI}:resourceRequirements", "nodeSelector": f"{UI}:selector:core:v1:Node"}
OF_STATUS: Final = {
    "conditions": f"{KUBERNETES}.conditions",
    "url": "urn:alm:descriptor:org.w3:link",
    "gateways.summary": f"{UI}:text",
}
MOST_LEVELS: Final = 3
"""Deeper fields are edited as YAML; a form with all of them would not be usable."""


def spec_descriptors(spec: Schema) -> list[dict[str, Any]]:
    """Return the descriptors of `spec`, in the order of the schema, without lists, which forms cannot show."""
    return [_descriptor(path, schema, _hints(path, schema)) for path, schema in _fields(spec, ())]


def status_descriptors(status: Schema) -> list[dict[str, Any]]:
    """Return the descriptors of `status`."""
    known = {".".join(path): schema for path, schema in _fields(status, ())}
    found = {**known, **{name: schema for name, schema in status["properties"].items() if name in OF_STATUS}}
    shown = (name for name in found if name in OF_STATUS or "." not in name)
    return [_descriptor(tuple(name.split(".")), found[name], [OF_STATUS.get(name, f"{UI}:text")]) for name in shown]


def _fields(schema: Schema, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Schema]]:
    """Yield the fields without parts, and those that a form shows as one."""
    for name, below in schema.get("properties", {}).items():
        if not below.get("description"):
            continue  # deprecated fields have no descriptions of their own
        here = (*path, name)
        if "properties" in below and name not in BY_NAME:
            if len(here) < MOST_LEVELS:
                yield from _fields(below, here)
        elif below.get("type") != "array" and "additionalProperties" not in below:
            yield here, below


def _hints(path: tuple[str, ...], schema: Schema) -> list[str]:
    """Return what a form should show for a field."""
    name = path[-1]
    group = [f"{UI}:fieldGroup:{path[0]}"] if len(path) > 1 else []
    if name in BY_NAME:
        return [*group, BY_NAME[name]]
    if name.endswith("Secret") or name == "secretName":
        return [*group, f"{KUBERNETES}:Secret"]
    if name == "replicas":
        return [*group, f"{UI}:podCount"]
    if "enum" in schema:
        return [*group, *(f"{UI}:select:{value}" for value in schema["enum"])]
    return [*group, BY_TYPE.get(schema.get("type", ""), f"{UI}:text")]


def _descriptor(path: tuple[str, ...], schema: Schema, hints: list[str]) -> dict[str, Any]:
    title = " ".join(_words(name) for name in path[-2:])
    return {
        "path": ".".join(path),
        "displayName": title[0].upper() + title[1:],
        "description": schema["description"],
        "x-descriptors": hints,
    }


def _words(name: str) -> str:
    """Return `tickSeconds` as `tick seconds`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f" {found[1].lower()}", name)
