"""Text or an object of the API server → `FlightTracker`, or every mistake at once; and back to text.

The command line calls `parse_tracker`, the operator `read_tracker`. Both validate the JSON form, which is what the API
server stores: a number in quotes is rejected by both.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, Final

import yaml
from pydantic import ValidationError

from flighttracker.errors import SpecError, SpecMistake
from flighttracker.spec.document import DOCUMENT, FIRST_LINES, MAX_DEPTH, Document, load_documents
from flighttracker.spec.mistakes import Path, Schema, mistakes_of, show_path, show_value
from flighttracker.spec.tracker import API_VERSIONS, KIND, FlightTracker

MAX_NULLS: Final = 50
"""Fields without a value that are reported."""
SHOWN_LEVELS: Final = 4
"""Levels of the path to a part that is nested too deeply."""


def parse_tracker(text: str, *, source: str) -> FlightTracker:
    """Return the tracker that a YAML (or JSON) text describes.

    Args:
        text: YAML with one FlightTracker. Resources of other kinds beside it are ignored.
        source: where the text comes from, for the note that is added to an error.

    Raises:
        SpecError: the resource is invalid; it lists every mistake.
    """
    try:
        return _validate_document(_only_tracker(load_documents(text)))
    except SpecError as error:
        error.add_note(f"in {source}")
        raise


@dataclass(frozen=True, slots=True)
class ParsedResource:
    """One resource of a text.

    Attributes:
        kind: its kind; empty if it has none.
        name: its name; empty if it has none.
        line: where it begins, from 1.
        tracker: the FlightTracker; None for an invalid one, and for a resource of another kind.
        mistakes: what is wrong with it.
    """

    kind: str
    name: str
    line: int
    tracker: FlightTracker | None
    mistakes: tuple[SpecMistake, ...]


def parse_resources(text: str) -> list[ParsedResource]:
    """Return every resource of a YAML text, in its order; those of other kinds have neither tracker nor mistakes.

    Raises:
        SpecError: the text is not YAML, or is empty.
    """
    documents = load_documents(text)
    checked = [id(document) for document in _trackers_in(documents)]
    return [_parsed(document, is_checked=id(document) in checked) for document in documents]


def _parsed(document: Document, *, is_checked: bool) -> ParsedResource:
    content = document.content if isinstance(document.content, dict) else {}
    metadata = content.get("metadata")
    name = str(metadata.get("name", "")) if isinstance(metadata, dict) else ""
    tracker: FlightTracker | None = None
    mistakes: tuple[SpecMistake, ...] = ()
    if is_checked:
        try:
            tracker = _validate_document(document)
        except SpecError as error:
            mistakes = error.mistakes
    return ParsedResource(str(content.get("kind", "")), name, document.lines[""], tracker, mistakes)


def _trackers_in(documents: list[Document]) -> list[Document]:
    """Return the FlightTrackers, and what has no kind; all documents if there is no FlightTracker among them."""
    kinds = [document.content.get("kind") if isinstance(document.content, dict) else None for document in documents]
    if KIND not in kinds:
        return documents
    return [document for document, kind in zip(documents, kinds, strict=True) if kind in (KIND, None)]


def _only_tracker(documents: list[Document]) -> Document:
    trackers = _trackers_in(documents)
    if len(trackers) > 1:
        line = trackers[1].lines[""]
        words = f"has {len(trackers)} FlightTrackers (the second begins on line {line}): put each in its own file"
        raise SpecError([SpecMistake(DOCUMENT, "", words, line)])
    return trackers[0]


def _validate_document(document: Document) -> FlightTracker:
    try:
        return _validate(document.content, document.mistakes)
    except SpecError as error:
        raise SpecError([document.located(mistake) for mistake in error.mistakes]) from error


def read_tracker(resource: Mapping[str, Any], *, ignored: list[str] | None = None) -> FlightTracker:
    """Return the tracker that an object of the API server describes.

    Args:
        resource: the object.
        ignored: a list to which the paths of unknown fields of `spec` are added, which are then ignored. The API server
            has none but those of a newer CRD, to which it adds their defaults; without a list they are mistakes.

    Raises:
        SpecError: the resource is invalid; it lists every mistake.
    """
    _check_depth(resource.get("spec"))
    try:
        return _validate(dict(resource), [])
    except SpecError:
        known = {} if ignored is None else _without_unknown(dict(resource), ignored)
        if not ignored:
            raise
        return _validate(known, [])


def _check_depth(spec: object) -> None:
    """Raise a mistake if a part is nested too deeply, without recursion: what reads it later is recursive.

    The API server keeps parts of pods as they are, with up to 10,000 levels.
    """
    waiting: list[tuple[object, Path]] = [(spec, ("spec",))]
    while waiting:
        value, path = waiting.pop()
        if len(path) > MAX_DEPTH:
            words = f"is nested too deeply: a FlightTracker has at most {MAX_DEPTH} levels"
            raise SpecError([SpecMistake(show_path(path[:SHOWN_LEVELS]), "", words)])
        if isinstance(value, dict):
            waiting += [(member, (*path, name)) for name, member in value.items()]
        elif isinstance(value, list):
            waiting += [(member, (*path, index)) for index, member in enumerate(value)]


def _without_unknown(document: dict[str, Any], ignored: list[str]) -> dict[str, Any]:
    """Return a copy of a resource without the fields of `spec` that no model has, and add their paths to a list."""
    try:
        FlightTracker.model_validate_json(json.dumps(document), by_alias=True, by_name=False)
    except ValidationError as error:
        unknown = [one["loc"] for one in error.errors(include_url=False) if one["type"] == "extra_forbidden"]
        document = copy.deepcopy(document)
        # The API server keeps unknown fields in the podTemplate of a part: those are mistakes of the author.
        for *parents, name in (loc for loc in unknown if loc[0] == "spec" and "podTemplate" not in loc[2:]):
            part: Any = document
            for parent in parents:
                part = part[parent]
            del part[name]
            ignored.append(show_path((*parents, name)))
    return document


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
    # Each is shown, and an object of the API server can have any number of them.
    mistakes.extend(islice(_drop_nulls(document.get("spec"), ("spec",)), MAX_NULLS))
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
    for field, allowed in (("apiVersion", API_VERSIONS), ("kind", (KIND,))):
        if field not in document:
            yield SpecMistake(field, "", f"is missing: write {field}: {allowed[0]}")
        elif document[field] not in allowed:
            yield SpecMistake(field, show_value(document[field]), f"must be {' or '.join(allowed)}")


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
