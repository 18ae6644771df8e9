"""Validation errors → mistakes that a person can read.

The allowed values are read from the JSON schema of the models. The CRD is generated from the same schema, so messages
and rules cannot differ. For an unknown field the message suggests the most similar field, or the part of the resource
that has a field of this name. `parse.py` and `document.py` are the callers.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic_core import ErrorDetails

from flighttracker.errors import SpecMistake
from flighttracker.redaction import MASK, is_credential, shortened
from flighttracker.spec.fields import BROKEN_RULES, PATTERNS
from flighttracker.text import printable

Path = tuple[str | int, ...]
Schema = Mapping[str, Any]

_VALUE_CHARACTERS: Final = 60
_PATTERN_WORDS: Final = {pattern.regex: pattern.words for pattern in PATTERNS}
_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_ABSENT: Final = object()


def show_path(path: Path) -> str:
    """Return a path as text: `spec.gateway.allowedOrigins[1]`. Keys with dots are quoted: `labels["example.org/a"]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN_KEY.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f"[{show_value(part)}]"
    return text


def show_value(value: object) -> str:
    """Return a value as YAML on one line, without credentials, truncated."""
    return shortened(printable(json.dumps(value, ensure_ascii=False)), _VALUE_CHARACTERS)


def mistakes_of(errors: Sequence[ErrorDetails], tree: object, schema: Schema) -> Iterator[SpecMistake]:
    """Yield one mistake for each validation error, in the order of the models.

    Args:
        errors: the errors of pydantic.
        tree: the value that was validated.
        schema: the JSON schema of the model, with aliases.
    """
    for error in errors:
        path: Path = tuple(error["loc"])
        if error["type"] == BROKEN_RULES:
            for rule in error["ctx"]["broken"]:
                rule_path: Path = (*path, *(int(part) if part.isdecimal() else part for part in rule.path.split(".")))
                yield SpecMistake(show_path(rule_path), _shown_at(tree, rule_path), rule.allowed)
        elif error["type"] == "extra_forbidden":
            yield SpecMistake(show_path(path), "", _unknown_words(path, schema))
        elif error["type"] == "missing":
            yield from _missing(path, schema)
        else:
            yield SpecMistake(
                show_path(path), _shown(path, error["input"]), _allowed_words(path, error["input"], schema)
            )


def _shown_at(tree: object, path: Path) -> str:
    value = tree
    for part in path:
        if isinstance(part, int):
            value = value[part] if isinstance(value, list) else _ABSENT
        else:
            value = value.get(part, _ABSENT) if isinstance(value, Mapping) else _ABSENT
    return "" if value is _ABSENT else show_value(value)


def _shown(path: Path, value: object) -> str:
    """Return a value for a mistake: none of a password, also where the name of a Secret is expected."""
    names = [part for part in path if isinstance(part, str)]
    is_hidden = isinstance(value, str | int | float) and not isinstance(value, bool) and is_credential(names[-1])
    return MASK if is_hidden else show_value(value)


def _schema_at(root: Schema, path: Path) -> Schema:
    """Return the schema of the value at a path; empty if the schema does not describe it."""
    schema = root
    for part in path:
        schema = schema.get("items", {}) if isinstance(part, int) else _member(schema, part)
        if "$ref" in schema:
            schema = {**root["$defs"][schema["$ref"].rpartition("/")[2]], **schema}
        for option in schema.get("anyOf", ()):
            if option.get("type") != "null":
                inner = root["$defs"][option["$ref"].rpartition("/")[2]] if "$ref" in option else option
                schema = {**inner, "description": schema.get("description", "")}
    return schema


def _member(schema: Schema, name: str) -> Schema:
    if name in schema.get("properties", {}):
        member: Schema = schema["properties"][name]
        return member
    values = schema.get("additionalProperties")
    return values if isinstance(values, Mapping) else {}


def _description(schema: Schema) -> str:
    text = str(schema.get("description", "")).rstrip(".")
    return text[:1].lower() + text[1:]


def _missing(path: Path, root: Schema) -> Iterator[SpecMistake]:
    schema = _schema_at(root, path)
    if "required" not in schema:
        yield SpecMistake(show_path(path), "", f"is missing: {_description(schema)}")
    for name in schema.get("required", ()):
        yield from _missing((*path, name), root)


def _allowed_words(path: Path, value: object, root: Schema) -> str:
    schema = _schema_at(root, path)
    choices = [schema["const"]] if "const" in schema else schema.get("enum", [])
    if choices:
        one_of = "one of " if len(choices) > 1 else ""
        return f"must be {one_of}{', '.join(str(choice) for choice in choices)}"
    kind = schema.get("type")
    if kind in ("integer", "number"):
        return f"must be a {'whole ' if kind == 'integer' else ''}number{_range(schema)}{_number_hint(value)}"
    if kind == "boolean":
        return "must be true or false"
    if kind == "string":
        words = _PATTERN_WORDS.get(schema.get("pattern", ""), "must be text")
        quotes = ", in quotes" if isinstance(value, bool | int | float) and words == "must be text" else ""
        longest = schema.get("maxLength", 0)
        too_long = f", at most {longest:,} characters" if isinstance(value, str) and len(value) > longest > 0 else ""
        return words + quotes + too_long
    if kind == "array":
        return _sized("must be a list", schema.get("maxItems"), value)
    if "properties" in schema:
        return f"must be a mapping with the fields {', '.join(schema['properties'])}"
    return _sized("must be a mapping", schema.get("maxProperties"), value)


def _range(schema: Schema) -> str:
    lowest, highest = schema.get("minimum"), schema.get("maximum")
    above = schema.get("exclusiveMinimum")
    if above is not None:
        return f" above {_number(above)}" + (f", at most {_number(highest)}" if highest is not None else "")
    if lowest is not None and highest is not None:
        return f" from {_number(lowest)} to {_number(highest)}"
    return f" of at least {_number(lowest)}" if lowest is not None else ""


def _number(value: float) -> str:
    return f"{int(value):,}" if value == int(value) else f"{value:g}"


def _number_hint(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
        return ", without quotes"
    return ""


def _sized(words: str, most: int | None, value: object) -> str:
    too_many = most is not None and isinstance(value, list | dict) and len(value) > most
    return f"{words} of at most {most} entries" if too_many else words


def _unknown_words(path: Path, root: Schema) -> str:
    name, parent = str(path[-1]), path[:-1]
    known: Mapping[str, Any] = _schema_at(root, parent).get("properties", {})
    by_letters = {_letters(field): field for field in known}
    near = difflib.get_close_matches(_letters(name), by_letters, n=1, cutoff=0.7)
    elsewhere = [place for place in _places(root, root, ()) if _letters(str(place[-1])) == _letters(name)]
    # The same name elsewhere is a better guess than a similar one here.
    if near and (_letters(name) in by_letters or not elsewhere):
        return f"is not a field: did you mean {by_letters[near[0]]}?"
    if elsewhere:
        shown = [show_path(place) for place in sorted(elsewhere, key=len)[:3]]
        return f"is not a field: did you mean {' or '.join(shown)}?"
    return f"is not a field: {show_path(parent) or 'a FlightTracker'} has {', '.join(known)}"


def _letters(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _places(root: Schema, schema: Schema, path: Path) -> Iterator[Path]:
    for name in schema.get("properties", {}):
        place = (*path, name)
        yield place
        yield from _places(root, _schema_at(root, place), place)
