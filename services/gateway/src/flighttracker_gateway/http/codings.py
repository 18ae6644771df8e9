"""Content codings of answers: which one a request gets. Pure; `shell`, `page_files` and `shared_answer` use it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

CODINGS: Final = ("br", "gzip")
"""The best first."""
IS_COMPRESSED: Final = "is_compressed"
"""Marks routes whose answers are compressed already."""

MOST_BYTES: Final = 1024
"""Bytes of a list of choices that are read; those of browsers have some 150."""

_REFUSED: Final = re.compile(r"\s*q\s*=\s*0(\.0*)?\s*")
_ANY: Final = "*"
_IDENTITY: Final = "identity"


def coding_for(accept_encoding: str) -> str:
    """Return the best coding that a request accepts, "" for none (RFC 9110, section 12.5.3).

    Any coding is used only when its client refuses an answer without one.

    Args:
        accept_encoding: the header Accept-Encoding, "" when absent.
    """
    accepted: dict[str, bool] = {}
    for named in accept_encoding.lower().split(","):
        coding, *parameters = named.split(";")
        accepted[coding.strip()] = not any(_REFUSED.fullmatch(parameter) for parameter in parameters)
    others = accepted.get(_ANY, False) and not accepted.get(_IDENTITY, True)
    return next((coding for coding in CODINGS if accepted.get(coding, others)), "")


def with_short_choices(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers of a request that accepts one coding or none, and few media types.

    Litestar compresses when the name of a coding is anywhere in Accept-Encoding, also where it is refused. It parses
    and sorts all media types of Accept: 16 KB of them would take 5 ms of the event loop.
    """
    kept: list[tuple[bytes, bytes]] = []
    codings: list[str] = []
    for name, value in headers:
        if name == b"accept-encoding":
            codings.append(_shortened(value).decode("latin-1"))
        else:
            kept.append((name, _shortened(value) if name == b"accept" else value))
    return [*kept, (b"accept-encoding", coding_for(",".join(codings)).encode())] if codings else kept


def _shortened(choices: bytes) -> bytes:
    """Return the first choices of a list."""
    return choices if len(choices) <= MOST_BYTES else choices[:MOST_BYTES].rpartition(b",")[0]
