"""One WebSocket connection, from handshake to close: the protocol of `frame.md` on the client's side.

`app` mounts `handle` at `/ws`. All frames go out through `hub`; what is here reads: a client may say
`{"type": "resync"}` and nothing else. Whatever else it says closes the connection with a code and a sentence, and is
counted. Reading is backpressured by uvicorn, one message at a time, so a flood costs a client its connection and the
gateway nothing.
"""

from __future__ import annotations

import secrets
from typing import Any, Final, Literal, cast
from urllib.parse import parse_qs

import msgspec
from litestar import WebSocket
from litestar.types import Scope

from flighttracker.clock import Clock
from flighttracker.settings import GatewaySettings
from flighttracker_gateway.admission import Admission, Handshake, Refusal
from flighttracker_gateway.awaited import AwaitedSocket
from flighttracker_gateway.hub import Hub, Socket, Viewer
from flighttracker_gateway.limits import RateLimit
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.prepared import EXTENSION, PreparedProtocol, build_message

BINARY_NOT_EXPECTED: Final = 1003
NOT_A_MESSAGE: Final = 4400
TOO_MANY_MESSAGES: Final = 4429
MAX_REASON_BYTES: Final = 123

_ERROR_OF_CODE: Final = {1002: "protocol", 1003: "binary", 1007: "not_utf8", 1009: "too_long"}
_COUNTED_CODES: Final = frozenset(
    {1000, 1001, 1002, 1003, 1005, 1006, 1007, 1009, 1011, 1012, NOT_A_MESSAGE, 4408, TOO_MANY_MESSAGES}
)
"""Close codes that are a label of their own: a client may close with any of 5,000."""


class ClientMessage(msgspec.Struct, frozen=True):
    """What a client may say."""

    type: Literal["resync"]


class Gate:
    """Answers the handshakes of `/ws` and keeps each connection until it ends."""

    def __init__(
        self,
        settings: GatewaySettings,
        *,
        shards: int,
        hub: Hub,
        admission: Admission,
        clock: Clock,
        metrics: GatewayMetrics,
    ) -> None:
        self._settings = settings
        self._shards = shards
        self._hub = hub
        self._admission = admission
        self._clock = clock
        self._metrics = metrics
        self._decoder = msgspec.json.Decoder(ClientMessage)

    async def handle(self, websocket: WebSocket[Any, Any, Any]) -> None:
        """Serve one connection until it ends."""
        await websocket.receive()
        decision = self._admission.decide(_handshake(websocket.scope))
        if isinstance(decision, Refusal):
            await _refuse(websocket, decision)
            return
        with self._admission.entered():
            await websocket.send({"type": "websocket.accept", "subprotocol": decision.subprotocol, "headers": []})
            socket = _socket(websocket)
            viewer = Viewer(socket, decision.encoding, decision.cursor)
            socket.send_prepared(build_message(self._welcome(), is_text=True))
            try:
                await self._hub.join(viewer)
                code = await self._read(websocket, viewer)
            finally:
                self._hub.leave(viewer)
        self._metrics.ws_closed.labels(str(code) if code in _COUNTED_CODES else "other").inc()
        if code in _ERROR_OF_CODE:
            self._metrics.ws_client_errors.labels(_ERROR_OF_CODE[code]).inc()

    async def _read(self, websocket: WebSocket[Any, Any, Any], viewer: Viewer) -> int:
        """Act on what the client says until the connection ends; return its close code."""
        messages = RateLimit(self._settings.limits.max_messages_per_s, self._clock)
        while True:
            event = await websocket.receive()
            if event["type"] == "websocket.disconnect":
                return event["code"]
            if event["type"] != "websocket.receive":
                continue
            text = event.get("text")
            if text is None:
                viewer.socket.close_now(BINARY_NOT_EXPECTED, "this protocol has no binary messages from clients")
            elif not messages.take():
                self._metrics.ws_client_errors.labels("too_many").inc()
                most = f"{self._settings.limits.max_messages_per_s:g}"
                viewer.socket.close_now(TOO_MANY_MESSAGES, f"more than {most} messages a second")
            else:
                await self._act(text, viewer)

    async def _act(self, text: str, viewer: Viewer) -> None:
        try:
            self._decoder.decode(text)
        except msgspec.DecodeError as error:
            self._metrics.ws_client_errors.labels("garbage").inc()
            viewer.socket.close_now(NOT_A_MESSAGE, _shortened(f"not a message of this protocol: {error}"))
        else:
            await self._hub.resync(viewer)

    def _welcome(self) -> bytes:
        return msgspec.json.encode(
            {
                "type": "welcome",
                "session": secrets.token_hex(8),
                "tracker": self._settings.tracker,
                "tick_interval_ms": round(self._settings.tick_s * 1000),
                "shards": self._shards,
                "server_time_ms": self._clock.now_ms(),
            }
        )


def _handshake(scope: Scope) -> Handshake:
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return Handshake(
        origin=headers.get(b"origin", ""),
        host=headers.get(b"host", ""),
        subprotocols=[offered for offered in cast("list[str]", scope.get("subprotocols", [])) if offered],
        since=query.get("since", [""])[0],
    )


def _socket(websocket: WebSocket[Any, Any, Any]) -> Socket:
    """Return the prepared protocol that serves this connection, or a stand-in under another server."""
    extensions = cast("dict[str, Any]", websocket.scope.get("extensions") or {})
    prepared: PreparedProtocol | None = extensions.get(EXTENSION)
    return prepared or AwaitedSocket(websocket)


async def _refuse(websocket: WebSocket[Any, Any, Any], refusal: Refusal) -> None:
    """Answer a handshake with an HTTP error (ASGI extension `websocket.http.response`)."""
    body = msgspec.json.encode({"status_code": refusal.status, "detail": refusal.detail})
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    if refusal.retry_after_s is not None:
        headers.append((b"retry-after", str(refusal.retry_after_s).encode()))
    await websocket.send({"type": "websocket.http.response.start", "status": refusal.status, "headers": headers})
    await websocket.send({"type": "websocket.http.response.body", "body": body, "more_body": False})


def _shortened(reason: str) -> str:
    """Return what of a reason fits in a close frame (RFC 6455, section 5.5: 125 bytes with the code)."""
    return reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore")
