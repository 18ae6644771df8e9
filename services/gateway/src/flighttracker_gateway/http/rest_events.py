"""`/api/v1/events`: flights as server-sent events, for clients without WebSockets. `app` mounts `ROUTES`.

A connection counts in the limits of `admission` like a WebSocket, has the same tokens, and ends with the same codes. It
is an answer without end: `bounds` and `shell` do not count its time, and a client that does not read is ended by
`EventStreams.look`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, cast

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIType, Operation, Parameter, Schema
from litestar.types import ASGIApp, Receive, Send
from litestar.types import Scope as AsgiScope

from flighttracker.query.flight_query import FILTERS, FORM, REPEATABLE, parse_filters, parse_form
from flighttracker_gateway.access.audit_log import asker_of
from flighttracker_gateway.access.client_rates import client_of_scope
from flighttracker_gateway.access.http_gate import ACCESS
from flighttracker_gateway.access.tokens import Grant, Scope
from flighttracker_gateway.delivery.event_stream import EventQuery, EventViewer, encode_event
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.http.bounds import ENDLESS, until_disconnected
from flighttracker_gateway.http.codings import IS_COMPRESSED
from flighttracker_gateway.http.errors import refusals
from flighttracker_gateway.http.flight_parameters import parameters
from flighttracker_gateway.http.query_check import PARAMETERS
from flighttracker_gateway.http.query_check import REPEATABLE as REPEATABLE_OPT
from flighttracker_gateway.http.rest import query_of
from flighttracker_gateway.http.shared_answer import PIECE_BYTES
from flighttracker_gateway.http.shell import IS_HEAD, LEAVE_SLOT
from flighttracker_gateway.websocket.refusal import RETRY_AFTER_S

EVENT_STREAM: Final = "text/event-stream"
MAX_EVENT_ID_CHARACTERS: Final = 64
RECONNECT_MS: Final = 2_000
CLIENT_LEFT: Final = 1005

_HEADERS: Final = (
    (b"content-type", EVENT_STREAM.encode()),
    (b"cache-control", b"no-store, no-transform"),
    # nginx would collect events until its buffer is full.
    (b"x-accel-buffering", b"no"),
)


@dataclass
class _OfEvents(Operation):
    """Describes the query and the header that Litestar cannot infer."""

    def __post_init__(self) -> None:
        header = Parameter(
            name="Last-Event-ID",
            param_in="header",
            description="id of the last event of an earlier connection; browsers send it when they reconnect",
            schema=Schema(type=OpenAPIType.STRING),
            required=False,
        )
        own = parameters((*FILTERS, *FORM))
        own[-1].description = "geojson: each snapshot and update is a FeatureCollection; json without it"
        self.parameters = [*(self.parameters or ()), *own, header]


@get(
    "/api/v1/events",
    operation_class=_OfEvents,
    summary="The flights that match, and their changes, as server-sent events",
    opt={
        ACCESS: Scope.VIEW,
        PARAMETERS: (*FILTERS, *FORM),
        REPEATABLE_OPT: REPEATABLE,
        IS_COMPRESSED: True,
    },
    responses={
        200: ResponseSpec(
            str, generate_examples=False, description="Events until one side ends", media_type=EVENT_STREAM
        )
    }
    | refusals(401, 403, 429, 503),
)
async def events(request: Request[Any, Grant, Any], gateway: NamedDependency[Gateway]) -> ASGIApp:
    """Answer `snapshot` with all flights that match, then `update` with those that changed and the ids that left.

    `state` names the shards whose positions are stale. `end` says why the gateway ends the connection, with the codes
    of the WebSocket. A comment is sent after 15 seconds of silence. With Last-Event-ID, the events continue where they
    stopped if the gateway still has them; else they begin with a snapshot, which replaces everything before.
    """
    query = query_of(request)
    try:
        form = parse_form(query)
        # An update says which flight it is about, whatever fields are asked for.
        fields = form.fields if form.fields is None or "icao24" in form.fields else ("icao24", *form.fields)
        wanted = EventQuery(parse_filters(query), fields, form.format == "geojson")
    except ValueError as error:
        raise ValidationException(str(error)) from error
    return _answer(request, gateway, wanted)


ROUTES: Final = (events,)


def _answer(request: Request[Any, Grant, Any], gateway: Gateway, query: EventQuery) -> ASGIApp:
    async def answer(scope: AsgiScope, receive: Receive, send: Send) -> None:
        if scope["state"].get(IS_HEAD):
            await _start(send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        client = client_of_scope(cast("Any", scope))
        user = request.auth.subject or client
        _refuse(gateway, user, client, query)
        with gateway.admission.entered(user, None):
            scope["state"].get(LEAVE_SLOT, _nothing)()
            extensions = cast("dict[str, Any]", scope.get("extensions") or {})
            abort: Callable[[], None] = extensions.get(ENDLESS, lambda: _nothing)()
            last_event_id = request.headers.get("last-event-id", "")[:MAX_EVENT_ID_CHARACTERS]
            viewer = gateway.events.join(user, query, last_event_id, abort)
            with gateway.auth.holding(request.auth, viewer.end, asker_of(cast("Any", scope))):
                disconnected = asyncio.create_task(_end_at_disconnect(receive, viewer), name="gateway: event client")
                try:
                    await _start(send)
                    await _write(gateway, viewer, send, client)
                finally:
                    disconnected.cancel()
                    gateway.events.leave(viewer)
                    gateway.metrics.events_closed.labels(str(viewer.end_code or CLIENT_LEFT)).inc()

    return answer


def _refuse(gateway: Gateway, user: str, client: str, query: EventQuery) -> None:
    """Raise the answer to a client that is not admitted."""
    retry = {"Retry-After": str(RETRY_AFTER_S)}
    refusal = gateway.admission.decide_events(user, client)
    if refusal is not None:
        reason = {"reason": refusal.reason}
        raise HTTPException(refusal.detail, status_code=refusal.status, headers=retry, extra=reason)
    status, detail = gateway.events.refuse(user, query)
    if status:
        gateway.metrics.events_refused.labels("streams").inc()
        raise HTTPException(detail, status_code=status, headers=retry, extra={"reason": "streams"})


async def _start(send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})


async def _write(gateway: Gateway, viewer: EventViewer, send: Send, client: str) -> None:
    """Send events until the connection ends; what a slow client holds counts as the answers of all clients do."""
    await send({"type": "http.response.body", "body": b"retry: %d\n\n" % RECONNECT_MS, "more_body": True})
    while body := await gateway.events.next_bytes(viewer):
        size = len(body)
        viewer.sending_since_ms = gateway.clock.now_ms()
        lease = gateway.leases.lend(client, body, viewer.abort)
        del body
        try:
            for start in range(0, size, PIECE_BYTES):
                if lease.body is None:
                    return
                piece = lease.body[start : start + PIECE_BYTES]
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        finally:
            gateway.leases.give_back(lease)
        viewer.sending_since_ms = None
        gateway.metrics.events_sent_bytes.inc(size)
    end = encode_event("end", {"code": viewer.end_code, "reason": viewer.ended}, viewer.retry_ms)
    await send({"type": "http.response.body", "body": end, "more_body": False})


async def _end_at_disconnect(receive: Receive, viewer: EventViewer) -> None:
    await until_disconnected(receive)
    viewer.end(CLIENT_LEFT, "the client left")


def _nothing() -> None:
    """Do nothing: another server has no such extension."""
