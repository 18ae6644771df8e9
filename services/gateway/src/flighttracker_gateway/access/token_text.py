"""The text of a token (JWS compact serialization, RFC 7515) as bytes and JSON, in exactly one way. Pure.

Lenient decoders accept many texts for the same token, and two parsers may read the same text differently. This module
accepts only the canonical base64url encoding (no padding, no unused bits, no other characters) and only JSON objects
in UTF-8 in which no name is repeated. `tokens` is the only caller.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any, Final, NamedTuple, NoReturn

_FIRST_INEXACT: Final = 2.0**53
"""From here on, a float can stand for several whole numbers."""
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*")


class TokenParts(NamedTuple):
    """The three decoded parts of a token."""

    header: bytes
    payload: bytes
    signature: bytes


def decode_parts(text: str) -> TokenParts:
    """Return the decoded parts of a token.

    Raises:
        ValueError: it does not have three parts, or one is not in the canonical base64url encoding.
    """
    parts = text.split(".")
    if len(parts) != 3:
        raise ValueError("it does not have three parts")
    return TokenParts(*map(_decode_base64url, parts))


def decode_object(data: bytes) -> dict[str, Any]:
    """Return a JSON object.

    Raises:
        ValueError: it is not a JSON object in UTF-8, or an object in it repeats a name.
    """
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_without_repeats,
            parse_constant=_refuse_constant,
            parse_float=_number,
        )
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("it is not an object")  # noqa: TRY004 - the input is wrong, not a type of ours
    return value


def digest(value: object) -> str:
    """Return `sha256:` and the hash of what `decode_object` returned, or of a part of it.

    The order of names and the spelling of strings and numbers do not matter.

    Raises:
        ValueError: it is nested too deeply.
    """
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _decode_base64url(part: str) -> bytes:
    if not _BASE64URL.fullmatch(part) or len(part) % 4 == 1:
        raise ValueError("a part of it is not base64url")
    decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    # The last character of a part may have bits that belong to no byte.
    if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != part:
        raise ValueError("a part of it has unused bits")
    return decoded


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("a name is repeated")
    return content


def _number(text: str) -> float:
    """Return a number with a point or an exponent; as a whole number if it is one, because `1` is `1.0` in JSON."""
    number = float(text)
    return int(number) if abs(number) < _FIRST_INEXACT and number.is_integer() else number


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
