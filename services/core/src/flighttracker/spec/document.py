"""YAML text → plain values, read as `kubectl` reads it, with the mistakes that YAML itself hides.

In YAML 1.1 a key may be set twice (the last value silently wins), and a bare `NO` is false. Both are reported as
mistakes. Dates stay text, as in JSON. Depth and number of nodes are bounded: aliases cannot expand a small file into a
large one. A text may have several documents, and lists as `kubectl get -o yaml` prints them. `parse.py` is the only
caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import yaml

from flighttracker.errors import SpecError, SpecMistake
from flighttracker.redaction import shortened
from flighttracker.spec.mistakes import Path, show_path, show_value

DOCUMENT: Final = "the document"
FIRST_LINES: Final = "apiVersion: flighttracker.io/v1beta1, kind: FlightTracker, metadata: {name: …}, spec: {}"

_MAX_CHARACTERS: Final = 1_048_576
"""The API server also rejects larger objects."""
_MAX_NODES: Final = 20_000
_MAX_BITS: Final = 1_024
MAX_DEPTH: Final = 32
"""Levels of a resource. What Kubernetes knows of a pod has about half as many."""
_TOO_DEEP: Final = "is nested too deeply or repeats too much with anchors"
_LISTS: Final = frozenset({"List", "FlightTrackerList"})
_LAST_PART: Final = re.compile(r"(\[[^\]]*\]|\.?[^.\[\]]+)$")
"""The last part of a path: a field, or an index or a quoted key in brackets."""
_PLAIN_TAGS: Final = frozenset(
    f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str", "int", "float", "bool", "null")
)

_PLAIN_WORDS: Final = (
    ("mapping values are not allowed", "has an unexpected ':': check the indentation, or quote the value"),
    ("'\\t' that cannot start any token", "begins with a tab: indent YAML with spaces"),
    ("could not find expected ':'", "has no ':', or the line before it has none"),
    ("expected <block end>", "is not aligned with the lines before it: check the indentation"),
    ("while scanning a quoted scalar", "opens a quote that is never closed"),
    ("while parsing a flow", "opens a bracket that is never closed, or has no ',' inside"),
)


class _Loader(yaml.SafeLoader):
    """SafeLoader without dates: JSON has none."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True)
class Document:
    """One resource in a text.

    Attributes:
        content: its plain value.
        mistakes: those that leave the rest of it readable.
        lines: the line of each field, by its path; the empty path is the whole resource.
    """

    content: object
    mistakes: list[SpecMistake] = field(default_factory=list)
    lines: Mapping[str, int] = field(default_factory=dict)

    def located(self, mistake: SpecMistake) -> SpecMistake:
        """Return a mistake with its line; that of the part around it for a field that is missing."""
        path = mistake.path
        while path and path not in self.lines and not mistake.line:
            shorter = _LAST_PART.sub("", path)
            path = shorter if shorter != path else ""
        return mistake if mistake.line else replace(mistake, line=self.lines.get(path, 0))


def load_documents(text: str) -> list[Document]:
    """Return the resources in a YAML text, at least one.

    Raises:
        SpecError: the text is not YAML, or is empty.
    """
    if len(text) > _MAX_CHARACTERS:
        raise SpecError([SpecMistake(DOCUMENT, "", f"is longer than {_MAX_CHARACTERS:,} characters")])
    try:
        nodes = [each for node in yaml.compose_all(text, _Loader) if not _is_empty(node) for each in _resources(node)]
        if not nodes:
            raise SpecError([SpecMistake(DOCUMENT, "", f"is empty: a tracker begins with {FIRST_LINES}")])
        reader = _Reader()
        return [reader.read(node) for node in nodes]
    except yaml.MarkedYAMLError as error:
        raise SpecError([_syntax_mistake(error, text)]) from error
    except yaml.YAMLError as error:
        raise SpecError([SpecMistake(DOCUMENT, "", f"is not YAML: {' '.join(str(error).split())}")]) from error
    except ValueError as error:  # `!!int abc`: PyYAML lets Python's own error through
        raise SpecError([SpecMistake(DOCUMENT, "", f"is not YAML: {error}")]) from error
    except RecursionError as error:
        raise SpecError([SpecMistake(DOCUMENT, "", _TOO_DEEP)]) from error


class _Reader:
    """Converts nodes to plain values, and collects mistakes and lines. All documents of a text share one bound."""

    def __init__(self) -> None:
        self.mistakes: list[SpecMistake] = []
        self._lines: dict[str, int] = {}
        self._scalars = yaml.constructor.SafeConstructor()
        self._nodes = 0

    def read(self, node: yaml.Node) -> Document:
        """Return one resource."""
        self.mistakes, self._lines = [], {}
        return Document(self.plain(node, ()), self.mistakes, self._lines)

    def plain(self, node: yaml.Node, path: Path) -> object:
        self._nodes += 1
        if self._nodes > _MAX_NODES or len(path) > MAX_DEPTH:
            raise SpecError([SpecMistake(DOCUMENT, "", _TOO_DEEP)])
        if node.tag not in _PLAIN_TAGS:
            words = f"has the YAML tag {node.tag}, but only the types of JSON are supported"
            raise SpecError([SpecMistake(show_path(path) or DOCUMENT, "", words, _line(node))])
        self._lines.setdefault(show_path(path), _line(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, (*path, index)) for index, item in enumerate(node.value)]
        value = self._scalars.construct_object(node)
        if isinstance(value, int) and value.bit_length() > _MAX_BITS:
            # Python does not write it as text, which every mistake does with its value.
            words = "has a number that no field can have"
            raise SpecError([SpecMistake(show_path(path) or DOCUMENT, "", words, _line(node))])
        return value

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        first_lines: dict[object, int] = {}
        for key_node, _ in node.value:
            line = _line(key_node)
            if key_node.value in first_lines:
                words = f"is set twice: first on line {first_lines[key_node.value]}, again on line {line}"
                self.mistakes.append(SpecMistake(show_path((*path, str(key_node.value))), "", words, line))
            first_lines.setdefault(key_node.value if isinstance(key_node, yaml.ScalarNode) else id(key_node), line)
        self._scalars.flatten_mapping(node)
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._scalars.construct_object(key_node, deep=True)
            if isinstance(key, str):
                self._lines[show_path((*path, key))] = _line(key_node)
                mapping[key] = self.plain(value_node, (*path, key))
            else:
                self.mistakes.append(_key_mistake(key_node, key, path))
        return mapping


def _is_empty(node: yaml.Node | None) -> bool:
    return node is None or (isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null")


def _resources(node: yaml.Node) -> Iterator[yaml.Node]:
    """Yield a document, or the items of one that is a list."""
    fields = {}
    if isinstance(node, yaml.MappingNode):
        fields = {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}
    kind, items = fields.get("kind"), fields.get("items")
    if isinstance(kind, yaml.ScalarNode) and kind.value in _LISTS and isinstance(items, yaml.SequenceNode):
        yield from items.value
    else:
        yield node


def _line(node: yaml.Node) -> int:
    line: int = node.start_mark.line + 1
    return line


def _key_mistake(node: yaml.Node, key: object, path: Path) -> SpecMistake:
    if not isinstance(node, yaml.ScalarNode):
        return SpecMistake(show_path(path), "", "has a mapping or a list as a key, but keys must be text", _line(node))
    words = f'has the key {node.value}, which YAML reads as {show_value(key)}: write "{node.value}", in quotes'
    return SpecMistake(show_path(path), "", words, _line(node))


def _syntax_mistake(error: yaml.MarkedYAMLError, text: str) -> SpecMistake:
    # The parser notices an unclosed quote or bracket at the end of the file; report where it was opened.
    unclosed = "quoted scalar" in (error.context or "") or "a flow" in (error.context or "")
    mark = error.context_mark if unclosed else error.problem_mark
    if mark is None:
        return SpecMistake(DOCUMENT, "", f"is not YAML: {error.problem}")
    problem = f"{error.context or ''} {error.problem or ''}".strip()
    words = next((plain for jargon, plain in _PLAIN_WORDS if jargon in problem), f"is not YAML: {problem}")
    lines = text.splitlines()
    line = shortened(lines[mark.line].strip(), 60) if mark.line < len(lines) else ""
    shown = f" ({line})" if line else ""
    return SpecMistake(f"line {mark.line + 1}, column {mark.column + 1}{shown}", "", words, mark.line + 1)
