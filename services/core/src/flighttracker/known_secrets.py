"""The secrets that this process has read. `redaction` removes them from text, whatever stands around them.

Whoever reads a password, key or token calls `remember`.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from itertools import takewhile
from typing import Final
from urllib.parse import quote, quote_plus

SHORTEST: Final = 8
"""Characters. A shorter secret could be a part of ordinary words, and removing it would make text unreadable."""
MOST: Final = 256
"""Secrets that are remembered; the one that was read longest ago is forgotten first."""

QUOTES_IN_QUOTES: Final = 3
"""Such as an answer in JSON, in a message, in the message that has it."""
_CUTS: Final = ("…", "...", "'", '"', "`")
"""What follows a secret that was cut."""

_spellings: dict[str, tuple[str, ...]] = {}
"""By secret: how text may spell it, the longest first."""


def remember(secret: str) -> None:
    """Keep a secret out of every log line, error and condition of this process from now on."""
    if len(secret) < SHORTEST:
        return
    _spellings[secret] = _spellings.pop(secret, ()) or _spelt(secret)
    while len(_spellings) > MOST:
        _spellings.pop(next(iter(_spellings)))


def basic_authorization(username: str, password: str) -> str:
    """Return the header `Authorization` of an account, and remember what is secret in it."""
    account = b64encode(f"{username}:{password}".encode()).decode()
    remember(password)
    remember(account)
    return f"Basic {account}"


def without_known(text: str, mask: str) -> str:
    """Return a text with a mask in the place of each remembered secret, and of its begin where the text was cut."""
    found = [
        spelling for spellings in tuple(_spellings.values()) for spelling in spellings if spelling[:SHORTEST] in text
    ]
    for spelling in found:
        text = text.replace(spelling, mask)
    # Afterwards: two spellings may begin alike, and only one is whole.
    for spelling in found:
        text = _without_begin(text, spelling, mask)
    return text


def _without_begin(text: str, spelling: str, mask: str) -> str:
    begin = spelling[:SHORTEST]
    parts = []
    rest = 0
    while (at := text.find(begin, rest)) >= 0:
        same = takewhile(lambda pair: pair[0] == pair[1], zip(spelling, text[at : at + len(spelling)], strict=False))
        end = at + sum(1 for _ in same)
        parts += [text[rest:at], mask if text.startswith(_CUTS, end) or end == len(text) else text[at:end]]
        rest = end
    return "".join(parts) + text[rest:]


def _spelt(secret: str) -> tuple[str, ...]:
    """Return the secret as it is, in JSON, in Python, in quotes in quotes, in URLs and in base64."""
    data = secret.encode(errors="surrogatepass")
    in_json = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    found = {secret, repr(secret)[1:-1], repr(data)[2:-1]} | in_json
    last = found
    for _ in range(QUOTES_IN_QUOTES):
        last = {escaped for spelling in last for escaped in _escaped(spelling)}
        found |= last
    in_urls = {quote(secret), quote(secret, safe=""), quote_plus(secret)}
    return tuple(sorted(found | in_urls | {b64encode(data).decode()}, key=len, reverse=True))


def _escaped(text: str) -> Iterator[str]:
    """Yield a text as a part of text in double, single or either quotes."""
    escaped = text.replace("\\", "\\\\")
    yield escaped
    yield escaped.replace('"', '\\"')
    yield escaped.replace("'", "\\'")
