"""Where a request carries its token: in `Authorization`, or among the subprotocols of a WebSocket. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flighttracker_gateway.access.tokens import BEARER_SUBPROTOCOL, TokenRefusedError


def bearer_of(scope: Mapping[str, Any]) -> str:
    """Return the token of a request; "" if it has none.

    Args:
        scope: the ASGI scope.

    Raises:
        TokenRefusedError: it has two different ones. A proxy may have checked the other one.
    """
    found = []
    for name, value in scope["headers"]:
        kind, _, token = value.decode("latin-1").partition(" ")
        if name.lower() == b"authorization" and kind.lower() == "bearer":
            found.append(token.strip(" "))
    offered = scope.get("subprotocols") or []
    found += [name.removeprefix(BEARER_SUBPROTOCOL) for name in offered if name.startswith(BEARER_SUBPROTOCOL)]
    if len(set(found)) > 1:
        raise TokenRefusedError("ambiguous", "The request has several tokens: send one.", 400)
    return found[0] if found else ""
