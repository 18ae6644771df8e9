"""Text or an object of the API server → `FlightTracker`, or every mistake at once; and back to text.

The command line calls `parse_tracker`, the operator `read_tracker`. Both validate the JSON form, which is what the API
server stores: a number in quotes is rejected by both.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import yaml
from pydantic import ValidationError

from flighttracker.errors import SpecError, SpecMistake
from flighttracker.spec.document import DOCUMENT, FIRST_LINES, load_document
from flighttracker.spec.mistakes import Path, Schema, mistakes_of, show_path, show_value
from flighttracker.spec.tracker import API_VERSION, KIND, FlightTracker


def parse_tracker(text: str, *, source: str) -> FlightTracker:
    """Return the tracker that a YAML (or JSON) text describes.

    Args:
        text: one document.
        source: where the text comes from, for the note that is added to an error.

    Raises:
        SpecError: the resource is invalid; it lists every mistake.
    """
    try:
        document, mistakes = load_document(text)
        return _validate(document, mistakes)
    except SpecError as error:
        error.add_note(f"in {source}")
        raise


def read_tracker(resource: Mapping[str, Any]) -> FlightTracker:
    """Return the tracker that an object of the API server describes.

    Raises:
        SpecError: the resource is invalid; it lists every mistake.
    """
    return _validate(dict(resource), [])


def write_tracker(tracker: FlightTracker) -> str:
    """Return the tracker as YAML with every default written out; `parse_tracker` reads it back as an equal one."""
    # Not `allow_unicode`: PyYAML would write a next-line character (U+0085) that it reads back as a space.
    return yaml.safe_dump(tracker.model_dump(mode="json", exclude_none=True), sort_keys=False)


@cache
def _schema() -> Schema:
    return FlightTracker.model_json_schema(by_alias=True)


def _validate(document: object, mistakes: list[SpecMistake]) -> FlightTracker:
    if not isinstance(document, dict):
        raise SpecError([SpecMistake(DOCUMENT, show_value(document), f"must begin with {FIRST_LINES}")])
    mistakes.extend(_other_resource(document))
    if mistakes and document.get("kind") != KIND:
        raise SpecError(mistakes)
    mistakes.extend(_drop_nulls(document.get("spec"), ("spec",)))
    if document.get("spec", {}) is None:
        mistakes.append(_null_mistake(("spec",)))
        del document["spec"]
    try:
        # `by_name=False`: a file has tickSeconds; tick_seconds is the name in Python.
        tracker = FlightTracker.model_validate_json(json.dumps(document), by_alias=True, by_name=False)
    except ValidationError as error:
        found = {mistake.path for mistake in mistakes}
        errors = error.errors(include_url=False)
        mistakes.extend(mistake for mistake in mistakes_of(errors, document, _schema()) if mistake.path not in found)
        raise SpecError(mistakes) from error
    if mistakes:
        raise SpecError(mistakes)
    return tracker


def _other_resource(document: dict[str, Any]) -> Iterator[SpecMistake]:
    """Yield why this is not a FlightTracker; its other fields then need no check."""
    for field, right in (("apiVersion", API_VERSION), ("kind", KIND)):
        if field not in document:
            yield SpecMistake(field, "", f"is missing: write {field}: {right}")
        elif document[field] != right:
            yield SpecMistake(field, show_value(document[field]), f"must be {right}")


def _drop_nulls(value: object, path: Path) -> Iterator[SpecMistake]:
    """Yield and remove fields without a value: Kubernetes drops them, and `opensky:` seldom means "no OpenSky"."""
    if isinstance(value, dict):
        for name in [name for name, member in value.items() if member is None]:
            yield _null_mistake((*path, name))
            del value[name]
        for name, member in value.items():
            yield from _drop_nulls(member, (*path, name))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _drop_nulls(member, (*path, index))


def _null_mistake(path: Path) -> SpecMistake:
    return SpecMistake(show_path(path), "", "has no value: give it one ({} takes its defaults), or leave the field out")
