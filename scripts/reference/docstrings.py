"""The docstring under each field of a class, which Python does not keep: read from the source."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping
from functools import cache


@cache
def field_docs(model: type) -> Mapping[str, str]:
    """Return the docstring of each field that a class defines itself."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(definition, ast.ClassDef)
    docs: dict[str, str] = {}
    for field, text in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            content = text.value
            if isinstance(content, ast.Constant) and isinstance(content.value, str):
                docs[field.target.id] = " ".join(content.value.split())
    return docs


def first_sentence_of_class(model: type) -> str:
    """Return the first paragraph of the docstring of a class, on one line."""
    return " ".join((inspect.getdoc(model) or "").partition("\n\n")[0].split())
