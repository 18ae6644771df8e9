"""`Violation`: a field whose value the policy does not allow, and its message."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from flighttracker_operator.model.names import COMPONENT_LABEL, Component

SHOWN_CHARACTERS: Final = 80


class Violation(NamedTuple):
    """A field whose value the policy does not allow.

    Attributes:
        components: the parts that are held because of it.
        message: the field, its value, and the setting of the policy that would allow it.
    """

    components: frozenset[Component]
    message: str


def violation(components: frozenset[Component], path: str, value: str | None, setting: str) -> Violation:
    """Return the violation by a field; None if the field is left out."""
    shown = "is left out" if value is None else f"is {_quoted(value)}"
    return Violation(components, f"{path} {shown}, which policy.{setting} of the operator's chart does not allow")


def component_of(manifest: Mapping[str, Any]) -> Component:
    """Return the component of a rendered object."""
    component: Component = manifest["metadata"]["labels"][COMPONENT_LABEL]
    return component


def at_key(path: str, key: str) -> str:
    """Return the path of a key of a mapping."""
    return f"{path}[{_quoted(key)}]"


def _quoted(value: str) -> str:
    short = value if len(value) <= SHOWN_CHARACTERS else f"{value[:SHOWN_CHARACTERS]}…"
    return json.dumps(short)
