"""One WebSocket connection, from handshake to close: the protocol of `frame.md` on the client's side.

`app` mounts `handle` at `/ws`. All frames go out through `hub`; what is here reads: a client may say
`{"type": "resync"}`, look elsewhere or renew its token, and nothing else. Whatever else it says closes the connection
with a code and a sentence, and is counted. Reading is backpressured by uvicorn, one message at a time, so a flood costs
a client its connection and the gateway nothing.

Where tokens are asked for, one is shown in the handshake and may be renewed while the connection lasts: `auth` ends it
when the token ends.
"""

from __future__ import annotations

import logging
import secrets
import time
from typing import Any, Final, cast

import msgspec
from litestar import WebSocket
from litestar.types import Scope

from flighttracker.bounding_box import BoundingBox
from flighttracker.clock import Clock
from flighttracker.errors import RetryableError
from flighttracker.settings import GatewaySettings
from flighttracker_gateway.access.auth import NOT_AUTHORIZED, Auth, Held
from flighttracker_gateway.access.client_log import SampledLog
from flighttracker_gateway.access.http_gate import bearer_of, challenge
from flighttracker_gateway.access.problem import PROBLEM_JSON, encode_problem
from flighttracker_gateway.access.rate_limit import RateLimit
from flighttracker_gateway.access.tokens import Grant, TokenRefusedError, refuse_token_in_url
from flighttracker_gateway.access.tokens import Scope as TokenScope
from flighttracker_gateway.delivery.asgi_socket import AsgiSocket
from flighttracker_gateway.delivery.hub import Hub
from flighttracker_gateway.delivery.inbound import TOO_MUCH
from flighttracker_gateway.delivery.prepared import EXTENSION, PreparedProtocol, build_message
from flighttracker_gateway.delivery.region import region_of
from flighttracker_gateway.delivery.viewer import Encoding, Socket, Viewer
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.websocket.admission import RETRY_AFTER_S, Admission, Admitted, Handshake, Refusal

BINARY_NOT_EXPECTED: Final = 1003
NOT_A_MESSAGE: Final = 4400
MAX_VIEWS_PER_S: Final = 2.0
"""Each may begin a stream and costs key frames; a client that follows a finger sends the last of them."""

MAX_REASON_BYTES: Final = 123

_logger = logging.getLogger(__name__)

_ERROR_OF_CODE: Final = {1002: "protocol", 1003: "binary", 1007: "not_utf8", 1009: "too_long", TOO_MUCH: "too_many"}
_COUNTED_CODES: Final = frozenset(
    {1000, 1001, 1002, 1003, 1005, 1006, 1007, 1009, 1011, 1012, NOT_A_MESSAGE, NOT_AUTHORIZED, 4408, TOO_MUCH}
)
"""Close codes that are a label of their own: a client may close with any of 5,000."""


class Resync(msgspec.Struct, frozen=True, tag="resync"):
    """The client found a gap and asks for key frames."""


class View(msgspec.Struct, frozen=True, tag="view"):
    """The client looks at a part of the world: west, south, east, north in degrees; None is all of it."""

    bbox: tuple[float, float, float, float] | None


class NewToken(msgspec.Struct, frozen=True, tag="token"):
    """The client shows a newer token, to stay after its first one has expired."""

    token: str


_Said = Resync | View | NewToken


class Gate:
    """Answers the handshakes of `/ws` and keeps each connection until it ends."""

    def __init__(
        self,
        settings: GatewaySettings,
        *,
        shards: int,
        hub: Hub,
        auth: Auth,
        admission: Admission,
        clock: Clock,
        metrics: GatewayMetrics,
    ) -> None:
        self._settings = settings
        self._shards = shards
        self._hub = hub
        self._auth = auth
        self._admission = admission
        self._clock = clock
        self._metrics = metrics
        self._log = SampledLog(_logger, clock)
        self._decoder: msgspec.json.Decoder[_Said] = msgspec.json.Decoder(_Said)

    async def handle(self, websocket: WebSocket[Any, Any, Any]) -> None:
        """Serve one connection until it ends."""
        session = secrets.token_hex(8)
        await websocket.receive()
        grant = await self._grant(websocket.scope)
        if isinstance(grant, Refusal):
            await self._turn_away(websocket, grant, session)
            return
        asked = _handshake(websocket.scope, grant)
        decision = self._admission.decide(asked)
        if isinstance(decision, Refusal):
            await self._turn_away(websocket, decision, session)
            return
        with self._admission.entered(asked.user):
            started_s = time.monotonic()
            code = await self._serve(websocket, session, grant, decision)
        counted = str(code) if code in _COUNTED_CODES else "other"
        self._metrics.ws_closed.labels(counted).inc()
        if code in _ERROR_OF_CODE:
            self._metrics.ws_client_errors.labels(_ERROR_OF_CODE[code]).inc()
        level = logging.INFO if code in _ERROR_OF_CODE or code >= NOT_A_MESSAGE else logging.DEBUG
        lasted_s = time.monotonic() - started_s
        self._log.write(level, counted, "a viewer left with %d after %.1f s", code, lasted_s, session=session)

    async def _turn_away(self, websocket: WebSocket[Any, Any, Any], refusal: Refusal, session: str) -> None:
        self._log.write(logging.INFO, refusal.reason, "not let in: %s", refusal.detail, session=session)
        await _refuse(websocket, refusal)

    async def _serve(self, websocket: WebSocket[Any, Any, Any], session: str, grant: Grant, admitted: Admitted) -> int:
        """Take the client in; return the close code with which it left."""
        await websocket.send({"type": "websocket.accept", "subprotocol": admitted.subprotocol, "headers": []})
        socket = _socket(websocket)
        cursor = None if admitted.encoding is Encoding.STREAM else admitted.cursor
        viewer = Viewer(socket, admitted.encoding, cursor, self._hub.available_region(admitted.region))
        with self._auth.holding(grant, socket.close_now) as held:
            socket.send_prepared(build_message(self._welcome(session, grant, viewer), is_text=True))
            try:
                await self._hub.join(viewer)
                return await self._read(websocket, viewer, held)
            finally:
                self._hub.leave(viewer)

    async def _grant(self, scope: Scope) -> Grant | Refusal:
        """Return what the client's token grants."""
        try:
            if self._auth.is_required:
                refuse_token_in_url(scope["query_string"])
            return await self._auth.admit(bearer_of(scope), TokenScope.VIEW)
        except TokenRefusedError as error:
            refusal = Refusal(error.status, f"token_{error.reason}", error.detail, headers=challenge(error))
        except RetryableError as error:
            refusal = Refusal(503, "token_not_yet", str(error), round(error.retry_after_s or RETRY_AFTER_S))
        self._metrics.ws_refused.labels(refusal.reason).inc()
        return refusal

    async def _read(self, websocket: WebSocket[Any, Any, Any], viewer: Viewer, held: Held) -> int:
        """Act on what the client says until the connection ends; return its close code."""
        messages = RateLimit(self._settings.limits.max_messages_per_s, self._clock)
        views = RateLimit(MAX_VIEWS_PER_S, self._clock)
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
                most = f"{self._settings.limits.max_messages_per_s:g}"
                viewer.socket.close_now(TOO_MUCH, f"more than {most} messages a second")
            else:
                await self._act(text, viewer, held, views)

    async def _act(self, text: str, viewer: Viewer, held: Held, views: RateLimit) -> None:
        try:
            message = self._decoder.decode(text)
        except (msgspec.DecodeError, RecursionError) as error:
            self._metrics.ws_client_errors.labels("garbage").inc()
            viewer.socket.close_now(NOT_A_MESSAGE, shortened(f"not a message of this protocol: {error}"))
            return
        match message:
            case Resync():
                await self._hub.resync(viewer)
            case View(bbox=bbox):
                await self._look(bbox, viewer, views)
            case NewToken(token=token):
                await self._renew(token, viewer, held)

    async def _look(self, bbox: tuple[float, float, float, float] | None, viewer: Viewer, views: RateLimit) -> None:
        """Show another part of the world, after saying which."""
        if viewer.encoding is not Encoding.STREAM:
            viewer.socket.close_now(NOT_A_MESSAGE, f"a view needs the subprotocol {Encoding.STREAM.value}")
            return
        if not views.take():
            viewer.socket.close_now(TOO_MUCH, f"more than {MAX_VIEWS_PER_S:g} views a second")
            return
        try:
            region = self._hub.available_region(None if bbox is None else region_of(BoundingBox.of_edges(*bbox)))
        except ValueError as error:
            viewer.socket.close_now(NOT_A_MESSAGE, shortened(str(error)))
            return
        answer = build_message(msgspec.json.encode({"type": "view", "bbox": region}), is_text=True)
        # Unanswered, nothing changes: a client must know what the next frames are of.
        if viewer.socket.send_prepared(answer):
            await self._hub.set_region(viewer, region)

    async def _renew(self, token: str, viewer: Viewer, held: Held) -> None:
        """Put a newer token in the place of the one that the connection began with, and say until when it holds."""
        try:
            grant = await self._auth.admit(token, TokenScope.VIEW)
        except TokenRefusedError as error:
            viewer.socket.close_now(NOT_AUTHORIZED, shortened(error.detail))
            return
        except RetryableError as error:
            self._log.write(logging.INFO, "renewal", "a token cannot be renewed now: %s", error)
        else:
            if grant.subject != held.grant.subject:
                viewer.socket.close_now(NOT_AUTHORIZED, "the new token is another user's: connect anew")
                return
            held.grant = grant
        answer = {"type": "session", **_told(held.grant)}
        viewer.socket.send_prepared(build_message(msgspec.json.encode(answer), is_text=True))

    def _welcome(self, session: str, grant: Grant, viewer: Viewer) -> bytes:
        return msgspec.json.encode(
            {
                "type": "welcome",
                "session": session,
                **_told(grant),
                "tracker": self._settings.tracker,
                "tick_interval_ms": round(self._settings.tick_s * 1000),
                "shards": self._shards,
                "view": viewer.region,
                "server_time_ms": self._clock.now_ms(),
            }
        )


def _told(grant: Grant) -> dict[str, Any]:
    """Return what a client is told of its token: when to have renewed it; null when none is asked for."""
    return {"expires_ms": grant.expires_ms or None}


def _handshake(scope: Scope, grant: Grant) -> Handshake:
    client = scope.get("client")
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    return Handshake(
        user=grant.subject or (client[0] if client else ""),
        origin=headers.get(b"origin", ""),
        host=headers.get(b"host", ""),
        subprotocols=[offered for offered in cast("list[str]", scope.get("subprotocols", [])) if offered],
        query_string=scope["query_string"],
    )


def _socket(websocket: WebSocket[Any, Any, Any]) -> Socket:
    """Return the prepared protocol that serves this connection, or a stand-in under another server."""
    extensions = cast("dict[str, Any]", websocket.scope.get("extensions") or {})
    prepared: PreparedProtocol | None = extensions.get(EXTENSION)
    return prepared or AsgiSocket(websocket)


async def _refuse(websocket: WebSocket[Any, Any, Any], refusal: Refusal) -> None:
    """Answer a handshake with an HTTP error (ASGI extension `websocket.http.response`)."""
    body = encode_problem(refusal.status, refusal.detail, reason=refusal.reason)
    headers = [(b"content-type", PROBLEM_JSON.encode()), (b"cache-control", b"no-store")]
    headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in refusal.headers.items()]
    if refusal.retry_after_s is not None:
        headers.append((b"retry-after", str(refusal.retry_after_s).encode()))
    await websocket.send({"type": "websocket.http.response.start", "status": refusal.status, "headers": headers})
    await websocket.send({"type": "websocket.http.response.body", "body": body, "more_body": False})


def shortened(reason: str) -> str:
    """Return what of a reason fits in a close frame (RFC 6455, section 5.5: 125 bytes with the code)."""
    return reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore")
