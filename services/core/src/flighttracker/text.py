"""Text that is safe to show: without control characters and without characters that change the reading direction."""

from __future__ import annotations

import unicodedata
from typing import Final

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories: control, format (bidirectional overrides, joiners), surrogate, line and paragraph separators."""


def printable(text: str) -> str:
    """Return the text without characters that are not displayed as themselves.

    Control characters drive terminals (an escape sequence can rewrite what was printed before), and bidirectional
    overrides display a name as another one. Every kind of space becomes an ordinary space.
    """
    if text.isprintable():
        return text
    shown = ((character, unicodedata.category(character)) for character in text)
    return "".join(" " if category == "Zs" else character for character, category in shown if category not in _HIDDEN)
