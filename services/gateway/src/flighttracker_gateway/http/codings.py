"""Content codings of answers: which one a request gets. Pure; `page_files` and `shared_answer` use it."""

from __future__ import annotations

from typing import Final

CODINGS: Final = ("br", "gzip")
"""The best first."""
IS_COMPRESSED: Final = "is_compressed"
"""Marks routes whose answers are compressed already."""


def coding_for(accept_encoding: str) -> str:
    """Return the best coding that a request accepts, "" for none.

    Args:
        accept_encoding: the header Accept-Encoding, "" when absent.
    """
    accepted = set()
    for named in accept_encoding.lower().split(","):
        coding, _, quality = named.partition(";")
        if quality.replace(" ", "").rstrip("0.") != "q=":
            accepted.add(coding.strip())
    return next((coding for coding in CODINGS if coding in accepted), "")
