"""Parses the moments in a query: `from` and `to`, as milliseconds since 1970 or as ISO 8601. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

FROM: Final = "from"
TO: Final = "to"
MAX_TIME_MS: Final = 2**53 - 1
"""The greatest time of a frame."""

_SHOWN: Final = 64
_WHOLE: Final = re.compile(r"[0-9]{1,16}", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


class Period(NamedTuple):
    """The time between two moments, both included.

    Attributes:
        from_ms: milliseconds since 1970 UTC.
        to_ms: milliseconds since 1970 UTC, not before `from_ms`.
    """

    from_ms: int
    to_ms: int


def parse_moment(text: str, name: str) -> int:
    """Return a moment, milliseconds since 1970 UTC.

    Args:
        text: milliseconds since 1970, or ISO 8601 such as 2026-07-01T12:00:00Z; without an offset it is UTC.
        name: the parameter, for the message.

    Raises:
        ValueError: it is neither; the message is a sentence for the caller.
    """
    if _WHOLE.fullmatch(text) and int(text) <= MAX_TIME_MS:
        return int(text)
    try:
        # A plus that is not encoded in a URL is read as a space.
        moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError as error:
        raise ValueError(
            f"{name} is {text[:_SHOWN]!r}; it must be milliseconds since 1970, or a time such as 2026-07-01T12:00:00Z."
        ) from error
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    if aware < _EPOCH:
        raise ValueError(f"{name} is {text[:_SHOWN]!r}, before 1970.")
    return (aware - _EPOCH) // _MILLISECOND


def parse_period(parameters: Mapping[str, Sequence[str]], longest_ms: int) -> Period:
    """Return the period of a query. Without `to`, it is the moment `from`.

    Args:
        parameters: the values of each parameter.
        longest_ms: longest period, milliseconds.

    Raises:
        ValueError: a moment is missing or invalid, or the period is too long; the message is a sentence for the caller.
    """
    if FROM not in parameters:
        raise ValueError(f"{FROM} is missing; it must be the first moment, such as 2026-07-01T12:00:00Z.")
    from_ms = parse_moment(parameters[FROM][0], FROM)
    to_ms = parse_moment(parameters[TO][0], TO) if TO in parameters else from_ms
    if to_ms < from_ms:
        raise ValueError(f"{TO} is before {FROM}.")
    if to_ms - from_ms > longest_ms:
        raise ValueError(f"{FROM} and {TO} are more than {_words(longest_ms)} apart; ask for one part after another.")
    return Period(from_ms, to_ms)


def _words(duration_ms: int) -> str:
    hours = duration_ms / 3_600_000
    return f"{hours / 24:g} days" if hours > 48 else f"{hours:g} hours"
