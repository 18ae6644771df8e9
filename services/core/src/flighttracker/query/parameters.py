"""Query parameters of the gateway's URLs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl

MAX_PARAMETERS: Final = 512
"""Parameters of a URL: each filter may have 50 values. To parse the 8,000 that 16 KB can have takes 10 ms."""
MAX_ESCAPES: Final = 1_024
"""Percent-encoded bytes of a URL: a list of 500 names has 499 commas. To decode the 5,000 that 16 KB can have takes
3 ms."""
_SHOWN_CHARACTERS: Final = 64


def too_many_parameters(query_string: bytes) -> str:
    """Return that a query has too many parameters or percent-encoded bytes as a sentence, "" when it has not."""
    if query_string.count(b"&") >= MAX_PARAMETERS:
        return f"The URL has more than {MAX_PARAMETERS} parameters."
    if query_string.count(b"%") > MAX_ESCAPES:
        return f"The URL has more than {MAX_ESCAPES:,} percent-encoded bytes."
    return ""


def parse_query(query_string: bytes, allowed: Sequence[str], route: str) -> dict[str, str]:
    """Return the query parameters by name.

    Args:
        query_string: the part of the URL after "?".
        allowed: the parameters of the route.
        route: the route, for error messages.

    Raises:
        ValueError: a parameter is unknown or repeated; the message is a sentence for the client.
    """
    return {name: values[0] for name, values in parse_query_lists(query_string, allowed, route).items()}


def parse_query_lists(
    query_string: bytes, allowed: Sequence[str], route: str, repeatable: Sequence[str] = ()
) -> dict[str, list[str]]:
    """Return the values of the query parameters by name; the arguments are those of `parse_query`.

    Args:
        query_string: the part of the URL after "?".
        allowed: the parameters of the route.
        route: the route, for error messages.
        repeatable: the parameters that may be given more than once.

    Raises:
        ValueError: a parameter is unknown, or repeated and not repeatable, or there are too many.
    """
    if mistake := too_many_parameters(query_string):
        raise ValueError(mistake)
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(query_string.decode("latin-1"), keep_blank_values=True):
        if name not in allowed:
            known = ", ".join(allowed) or "none"
            raise ValueError(f"{name[:_SHOWN_CHARACTERS]!r} is not a parameter of {route}; allowed: {known}.")
        if name in found and name not in repeatable:
            raise ValueError(f"The parameter {name} of {route} is repeated; give it once.")
        found.setdefault(name, []).append(value)
    return found
