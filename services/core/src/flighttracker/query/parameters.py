"""Query parameters of the gateway's URLs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl

_SHOWN_CHARACTERS: Final = 64


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
        ValueError: a parameter is unknown, or repeated and not repeatable.
    """
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(query_string.decode("latin-1"), keep_blank_values=True):
        if name not in allowed:
            known = ", ".join(allowed) or "none"
            raise ValueError(f"{name[:_SHOWN_CHARACTERS]!r} is not a parameter of {route}; allowed: {known}.")
        if name in found and name not in repeatable:
            raise ValueError(f"The parameter {name} of {route} is repeated; give it once.")
        found.setdefault(name, []).append(value)
    return found
