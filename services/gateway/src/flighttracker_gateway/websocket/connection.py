"""`Gate`: serves the WebSocket connections of `/ws`, from handshake to close, as `frame.md` specifies.

`app` mounts `handle`. `hub` sends all frames; the code here reads. A client may ask for key frames, change its tiles or
renew its token. Anything else closes the connection with a code and a reason, and is counted. uvicorn passes one
message at a time and `inbound` bounds what a client sends, so a flood ends its own connection and delays no other.

With tokens, the handshake has one, and `auth` closes the connection when it ends, unless the client renews it.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Sequence
from typing import Any, Final, cast

import msgspec
from litestar import WebSocket
from litestar.types import Message, Scope

from flighttracker.clock import Clock
from flighttracker.errors import RetryableError
from flighttracker.settings import GatewaySettings, LimitSettings
from flighttracker_gateway.access.audit_log import asker_of
from flighttracker_gateway.access.auth import NOT_AUTHORIZED, Auth, Held
from flighttracker_gateway.access.client_log import SampledLog
from flighttracker_gateway.access.client_rates import client_of_scope
from flighttracker_gateway.access.http_gate import challenge
from flighttracker_gateway.access.rate_limit import RateLimit
from flighttracker_gateway.access.tokens import Grant, TokenRefusedError
from flighttracker_gateway.access.tokens import Scope as TokenScope
from flighttracker_gateway.delivery.asgi_socket import AsgiSocket
from flighttracker_gateway.delivery.following import following_of
from flighttracker_gateway.delivery.hub import Hub
from flighttracker_gateway.delivery.inbound import TOO_MUCH
from flighttracker_gateway.delivery.prepared import EXTENSION, PreparedProtocol, build_message
from flighttracker_gateway.delivery.viewer import Encoding, Socket, Viewer
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.websocket.admission import Admission, Admitted, Handshake
from flighttracker_gateway.websocket.client_messages import DECODER, NewToken, Resync, Tiles
from flighttracker_gateway.websocket.refusal import RETRY_AFTER_S, Refusal

BINARY_NOT_EXPECTED: Final = 1003
NOT_A_MESSAGE: Final = 4400
MAX_TILE_SETS_PER_S: Final = 2.0
"""Each may cost key parts; a client that follows a finger sends only the last set of tiles."""

MAX_TILE_SETS: Final = 8
"""Sets of tiles at once: what a client sent during a stall of its network arrives together."""

RESYNC_INTERVAL_S: Final = 5.0
MAX_RESYNCS: Final = 3
"""Resyncs at once, and then one in `RESYNC_INTERVAL_S`, the shortest interval of the page. Each costs key frames: a
message of 100 bytes asks for megabytes."""

MAX_REASON_BYTES: Final = 123

_logger = logging.getLogger(__name__)

_ERROR_OF_CODE: Final = {1002: "protocol", 1003: "binary", 1007: "not_utf8", 1009: "too_long", TOO_MUCH: "too_many"}
_COUNTED_CODES: Final = frozenset(
    {1000, 1001, 1002, 1003, 1005, 1006, 1007, 1009, 1011, 1012, NOT_A_MESSAGE, NOT_AUTHORIZED, 4408, TOO_MUCH}
)
"""Close codes with a label of their own; a client may close with any of 5,000."""


class _Rates:
    """What one client may still do now."""

    def __init__(self, limits: LimitSettings, clock: Clock) -> None:
        self.messages = RateLimit(limits.max_messages_per_s, clock)
        self.tiles = RateLimit(MAX_TILE_SETS_PER_S, clock, burst=MAX_TILE_SETS)
        self.resyncs = RateLimit(1 / RESYNC_INTERVAL_S, clock, burst=MAX_RESYNCS)


class Gate:
    """Answers the handshakes of `/ws`, and serves each connection until it ends."""

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

    def knock(self, client: str) -> Refusal | None:
        """Count a handshake of a client before it is routed; return a refusal when there are too many."""
        refusal = self._admission.knock(client)
        if refusal is not None:
            self._log.write(logging.INFO, refusal.reason, "rejected a handshake: %s", refusal.detail)
        return refusal

    async def handle(self, websocket: WebSocket[Any, Any, Any]) -> None:
        """Serve one connection until it ends."""
        session = secrets.token_hex(8)
        await websocket.receive()
        grant = await self._grant(websocket.scope, session)
        if isinstance(grant, Refusal):
            await self._refuse(websocket, grant, session)
            return
        handshake = _handshake(websocket.scope, grant)
        decision = self._admission.decide(handshake)
        if isinstance(decision, Refusal):
            await self._refuse(websocket, decision, session)
            return
        with self._admission.entered(handshake.user, decision.encoding):
            started_s = time.monotonic()
            code = await self._serve(websocket, session, grant, decision, handshake.user)
        counted = str(code) if code in _COUNTED_CODES else "other"
        self._metrics.ws_closed.labels(counted).inc()
        if code in _ERROR_OF_CODE:
            self._metrics.ws_client_errors.labels(_ERROR_OF_CODE[code]).inc()
        level = logging.INFO if code in _ERROR_OF_CODE or code >= NOT_A_MESSAGE else logging.DEBUG
        duration_s = time.monotonic() - started_s
        self._log.write(level, counted, "a connection ended with %d after %.1f s", code, duration_s, session=session)

    async def _refuse(self, websocket: WebSocket[Any, Any, Any], refusal: Refusal, session: str) -> None:
        self._log.write(logging.INFO, refusal.reason, "rejected a handshake: %s", refusal.detail, session=session)
        for message in refusal.messages():
            await websocket.send(cast("Message", message))

    async def _serve(
        self, websocket: WebSocket[Any, Any, Any], session: str, grant: Grant, admitted: Admitted, user: str
    ) -> int:
        """Accept the handshake and serve the connection; return its close code."""
        accept: dict[str, Any] = {"type": "websocket.accept", "subprotocol": admitted.encoding.value, "headers": []}
        await websocket.send(cast("Message", accept))
        socket = _socket(websocket)
        cursor = None if admitted.encoding is Encoding.TILES else admitted.cursor
        viewer = Viewer(socket, admitted.encoding, cursor, user=user)
        with self._auth.holding(grant, socket.close_now, asker_of(cast("Any", websocket.scope), session)) as held:
            socket.send_prepared(build_message(self._welcome(session, grant), is_text=True))
            try:
                await self._hub.join(viewer)
                return await self._read(websocket, viewer, held)
            finally:
                self._hub.leave(viewer)

    async def _grant(self, scope: Scope, session: str) -> Grant | Refusal:
        """Return what the client's token grants, or a counted refusal."""
        try:
            return await self._auth.admit_request(cast("Any", scope), TokenScope.VIEW, session)
        except TokenRefusedError as error:
            self._admission.charge_failed_token(client_of_scope(cast("Any", scope)))
            refusal = Refusal(error.status, f"token_{error.reason}", error.detail, headers=challenge(error))
        except RetryableError as error:
            refusal = Refusal(503, "token_not_yet", str(error), round(error.retry_after_s or RETRY_AFTER_S))
        self._metrics.ws_refused.labels(refusal.reason).inc()
        return refusal

    async def _read(self, websocket: WebSocket[Any, Any, Any], viewer: Viewer, held: Held) -> int:
        """Handle the client's messages until the connection ends; return its close code."""
        rates = _Rates(self._settings.limits, self._clock)
        while True:
            event = await websocket.receive()
            if event["type"] == "websocket.disconnect":
                return event["code"]
            if event["type"] != "websocket.receive":
                continue
            text = event.get("text")
            if text is None:
                viewer.socket.close_now(BINARY_NOT_EXPECTED, "this protocol has no binary messages from clients")
            elif not rates.messages.take():
                most = f"{self._settings.limits.max_messages_per_s:g}"
                viewer.socket.close_now(TOO_MUCH, f"more than {most} messages a second")
            else:
                await self._act(text, viewer, held, rates)

    async def _act(self, text: str, viewer: Viewer, held: Held, rates: _Rates) -> None:
        try:
            message = DECODER.decode(text)
        except (msgspec.DecodeError, RecursionError) as error:
            self._metrics.ws_client_errors.labels("garbage").inc()
            viewer.socket.close_now(NOT_A_MESSAGE, shortened(f"not a message of this protocol: {error}"))
            return
        match message:
            case Resync():
                await self._resync(viewer, rates)
            case Tiles(zoom=zoom, tiles=tiles, exact=exact):
                await self._follow(zoom, tiles, exact, viewer, rates)
            case NewToken(token=token):
                await self._renew(token, viewer, held)

    async def _resync(self, viewer: Viewer, rates: _Rates) -> None:
        if rates.resyncs.take():
            await self._hub.resync(viewer)
        else:
            reason = f"more than {MAX_RESYNCS} resyncs, and one every {RESYNC_INTERVAL_S:g} s"
            viewer.socket.close_now(TOO_MUCH, reason)

    async def _follow(
        self, zoom: int, tiles: Sequence[int], exact: Sequence[str], viewer: Viewer, rates: _Rates
    ) -> None:
        """Replace the tiles of a viewer; say so when it gets none of them, because its user has its share."""
        if viewer.encoding is not Encoding.TILES:
            viewer.socket.close_now(NOT_A_MESSAGE, f"tiles need the subprotocol {Encoding.TILES.value}")
            return
        if not rates.tiles.take():
            viewer.socket.close_now(TOO_MUCH, f"more than {MAX_TILE_SETS_PER_S:g} sets of tiles a second")
            return
        try:
            wanted = following_of(zoom, tiles)
        except ValueError as error:
            viewer.socket.close_now(NOT_A_MESSAGE, shortened(str(error)))
            return
        following = self._hub.available_tiles(wanted, viewer.user)
        if following != wanted:
            answer = {"type": "tiles", "class": following.zoom, "tiles": sorted(following.tiles)}
            viewer.socket.send_prepared(build_message(msgspec.json.encode(answer), is_text=True))
        await self._hub.follow(viewer, following, exact)

    async def _renew(self, token: str, viewer: Viewer, held: Held) -> None:
        """Replace the token of a connection by a newer one, and send when that expires."""
        try:
            grant = await self._auth.admit(token, TokenScope.VIEW, held.asker)
        except TokenRefusedError as error:
            viewer.socket.close_now(NOT_AUTHORIZED, shortened(error.detail))
            return
        except RetryableError as error:
            self._log.write(logging.INFO, "renewal", "a token cannot be renewed now: %s", error)
        else:
            if grant.user != held.grant.user:
                viewer.socket.close_now(NOT_AUTHORIZED, "the new token is another user's: connect again")
                return
            held.grant = grant
        answer = {"type": "session", **_expiry(held.grant)}
        viewer.socket.send_prepared(build_message(msgspec.json.encode(answer), is_text=True))

    def _welcome(self, session: str, grant: Grant) -> bytes:
        return msgspec.json.encode(
            {
                "type": "welcome",
                "session": session,
                **_expiry(grant),
                "tracker": self._settings.tracker,
                "tick_interval_ms": round(self._settings.tick_s * 1000),
                "shards": self._shards,
                "server_time_ms": self._clock.now_ms(),
            }
        )


def _expiry(grant: Grant) -> dict[str, Any]:
    """Return the fields about a client's token: when it expires; null without tokens."""
    return {"expires_ms": grant.expires_ms or None}


def _handshake(scope: Scope, grant: Grant) -> Handshake:
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    return Handshake(
        user=grant.subject or client_of_scope(cast("Any", scope)),
        origin=headers.get(b"origin", ""),
        host=headers.get(b"host", ""),
        subprotocols=[offered for offered in cast("list[str]", scope.get("subprotocols", [])) if offered],
        query_string=scope["query_string"],
    )


def _socket(websocket: WebSocket[Any, Any, Any]) -> Socket:
    """Return the prepared protocol of this connection, or a replacement under another server."""
    extensions = cast("dict[str, Any]", websocket.scope.get("extensions") or {})
    prepared: PreparedProtocol | None = extensions.get(EXTENSION)
    return prepared or AsgiSocket(websocket)


def shortened(reason: str) -> str:
    """Truncate a reason to fit a close frame (RFC 6455, section 5.5: 125 bytes with the code)."""
    return reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore")
