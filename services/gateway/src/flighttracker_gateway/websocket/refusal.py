"""`Refusal`: why a handshake is not accepted, and the HTTP answer with the reason.

`admission` returns refusals, `connection` and `http.shell` send them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from flighttracker.problem import PROBLEM_JSON, encode_problem
from flighttracker_gateway.access.client_shares import RETRY_AFTER_S

__all__ = ["RETRY_AFTER_S", "Refusal"]


class Refusal(NamedTuple):
    """Why a client is not admitted.

    Attributes:
        status: the HTTP status.
        reason: the label of `flights_ws_refused_total`.
        detail: a sentence for the client.
        retry_after_s: when to try again, seconds; None when that would not help.
        headers: further headers of the answer.
    """

    status: int
    reason: str
    detail: str
    retry_after_s: int | None = None
    headers: Mapping[str, str] = MappingProxyType({})

    def messages(self) -> list[dict[str, Any]]:
        """Return the ASGI messages of the answer (extension `websocket.http.response`)."""
        body = encode_problem(self.status, self.detail, reason=self.reason)
        headers = [(b"content-type", PROBLEM_JSON.encode()), (b"cache-control", b"no-store")]
        headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in self.headers.items()]
        if self.retry_after_s is not None:
            headers.append((b"retry-after", str(self.retry_after_s).encode()))
        return [
            {"type": "websocket.http.response.start", "status": self.status, "headers": headers},
            {"type": "websocket.http.response.body", "body": body, "more_body": False},
        ]
