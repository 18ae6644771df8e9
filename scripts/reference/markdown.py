"""Markdown for the pages of the reference: tables and cells."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    lines = [head, ["---"] * len(head), *([_cell(text) for text in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def code(text: object) -> str:
    """Return a text as code; empty for an empty text."""
    shown = str(text)
    return f"`{shown}`" if shown else ""


def value(content: object) -> str:
    """Return a value as code, as YAML on one line; empty for None."""
    return "" if content is None else code(json.dumps(content, ensure_ascii=False))


def plain(text: str) -> str:
    """Return a text in which Markdown finds no HTML."""
    return text.replace("<", "&lt;").replace("{{", "{ {")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
