"""Write the chart's README.md and values.schema.json from the comments of its values.yaml.

The comment above a value describes it: `# -- description`, over several lines, and `# @schema {…}` with JSON Schema
that its default does not imply (bounds, allowed values, items of a list). The type comes from the default. A mapping
allows only the keys in values.yaml, so a misspelt value is rejected, unless its schema allows more.

    python scripts/make_chart.py
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

CHART: Final = Path(__file__).parents[1] / "charts/flighttracker"
KEY: Final = re.compile(r"(?P<indent> *)(?P<key>[A-Za-z][A-Za-z0-9]*):")
TYPES: Final = ((bool, "boolean"), (int, "integer"), (str, "string"), (list, "array"), (dict, "object"))


class CommentError(Exception):
    """A comment in values.yaml that this script cannot use."""


@dataclass(slots=True)
class Value:
    """One value of the chart: its path, its description, and the schema in its comment."""

    path: tuple[str, ...]
    description: str
    schema: dict[str, Any] = field(default_factory=dict)


def described_values(text: str) -> Iterator[Value]:
    """Yield the values that have a description, in the order of the file."""
    parents: list[tuple[int, str]] = []
    words: list[str] = []
    schema: dict[str, Any] = {}
    describing = False
    for number, line in enumerate(text.splitlines(), 1):
        comment = line.strip()
        if comment.startswith("# @schema "):
            schema = yaml.safe_load(comment.removeprefix("# @schema "))
        elif comment.startswith("# -- "):
            describing, words = True, [comment.removeprefix("# -- ")]
        elif comment.startswith("# ") and describing:
            words.append(comment.removeprefix("# "))
        elif found := KEY.match(line):
            depth = len(found["indent"])
            while parents and parents[-1][0] >= depth:
                parents.pop()
            path = (*(name for _, name in parents), found["key"])
            if describing:
                yield Value(path, " ".join(words), schema)
            elif schema:
                raise CommentError(f"values.yaml:{number}: @schema without a description: write '# -- …' above it")
            parents.append((depth, found["key"]))
            words, schema, describing = [], {}, False
        elif not comment:
            words, schema, describing = [], {}, False


def at(values: Any, path: tuple[str, ...]) -> Any:
    """Return the default of a value."""
    for key in path:
        values = values[key]
    return values


def type_of(default: Any) -> str:
    """Return the JSON type of a default."""
    return next(name for kind, name in TYPES if isinstance(default, kind))


def schema_of(defaults: Any, described: dict[tuple[str, ...], Value], path: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the JSON Schema of one value, with everything below it."""
    value = described.get(path)
    schema: dict[str, Any] = {"type": type_of(defaults)}
    if value is not None:
        schema |= {"description": value.description, "default": defaults, **value.schema}
    elif isinstance(defaults, dict):
        schema["additionalProperties"] = False
        schema["properties"] = {name: schema_of(below, described, (*path, name)) for name, below in defaults.items()}
    else:
        raise CommentError(f"values.yaml: {'.'.join(path)} has no description: write '# -- …' above it")
    if value is not None and isinstance(defaults, dict):
        schema.setdefault("additionalProperties", False)
    return schema


def write_schema(defaults: dict[str, Any], described: dict[tuple[str, ...], Value]) -> str:
    """Return values.schema.json."""
    schema = schema_of(defaults, described)
    # Helm passes all values of `global` to a subchart, and other charts have others.
    schema["properties"]["global"]["additionalProperties"] = True
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "Values of the flighttracker chart"}
    return json.dumps({**head, **schema}, indent=2, ensure_ascii=False) + "\n"


def write_readme(head: str, defaults: dict[str, Any], described: list[Value]) -> str:
    """Return README.md: README.head.md, then a table of the values."""
    rows = ["| value | default | what it sets |", "|---|---|---|"]
    for value in described:
        default = json.dumps(at(defaults, value.path), ensure_ascii=False)
        words = value.description.replace("|", "\\|")
        rows.append(f"| `{'.'.join(value.path)}` | `{default}` | {words} |")
    return head.rstrip() + "\n\n## Values\n\n" + "\n".join(rows) + "\n"


def main() -> None:
    """Write both files."""
    text = (CHART / "values.yaml").read_text(encoding="utf-8")
    defaults = yaml.safe_load(text)
    described = list(described_values(text))
    schema = write_schema(defaults, {value.path: value for value in described})
    (CHART / "values.schema.json").write_text(schema, encoding="utf-8")
    head = (CHART / "README.head.md").read_text(encoding="utf-8")
    (CHART / "README.md").write_text(write_readme(head, defaults, described), encoding="utf-8")


if __name__ == "__main__":
    main()
