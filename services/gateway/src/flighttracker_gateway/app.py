"""The ASGI application: WebSocket, REST, probes and page on one port, metrics there or on another.

`run` serves it with uvicorn; any ASGI server can, then without prepared messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import msgspec
from litestar import Litestar, Router, websocket
from litestar.config.compression import CompressionConfig
from litestar.config.cors import CORSConfig
from litestar.connection import WebSocket
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException, WebSocketException
from litestar.middleware.compression.brotli_facade import BrotliCompression
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme, Server
from litestar.types import ASGIApp

from flighttracker.build_info import VERSION
from flighttracker_gateway.access.client_shares import ClientShares
from flighttracker_gateway.access.http_gate import ACCESS, OPEN, TokenGate
from flighttracker_gateway.access.origins import ANY, Origins
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.http.api_description import ApiDescription
from flighttracker_gateway.http.base_path import BasePath
from flighttracker_gateway.http.codings import IS_COMPRESSED
from flighttracker_gateway.http.errors import BugAnswer, answer_http_error
from flighttracker_gateway.http.options import OptionsAnswer
from flighttracker_gateway.http.page import page_routes
from flighttracker_gateway.http.page_files import BROTLI_QUALITY, GZIP_LEVEL
from flighttracker_gateway.http.policy import SecurityPolicy
from flighttracker_gateway.http.query_check import QueryCheck
from flighttracker_gateway.http.request_spans import RequestSpans
from flighttracker_gateway.http.rest import ROUTES
from flighttracker_gateway.http.rest_events import ROUTES as EVENT_ROUTES
from flighttracker_gateway.http.rest_history import ROUTES as HISTORY_ROUTES
from flighttracker_gateway.http.rest_names import ROUTES as NAME_ROUTES
from flighttracker_gateway.http.rest_probes import private_routes, public_routes
from flighttracker_gateway.http.rest_session import ROUTES as SESSION_ROUTES
from flighttracker_gateway.http.rest_sources import ROUTES as SOURCE_ROUTES
from flighttracker_gateway.http.rest_tracks import ROUTES as TRACK_ROUTES
from flighttracker_gateway.http.shell import HttpShell

_INTERNAL_ERROR: Final = 1011
_PREFLIGHT_S: Final = 600
_COMPRESSION: Final = CompressionConfig(
    backend="brotli",
    compression_facade=BrotliCompression,
    brotli_quality=BROTLI_QUALITY,
    gzip_compress_level=GZIP_LEVEL,
    exclude_opt_key=IS_COMPRESSED,
)
_TOKENS: Final = Components(
    security_schemes={"token": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")}
)


@websocket("/ws")
async def _live(socket: WebSocket[Any, Any, Any], gateway: NamedDependency[Gateway]) -> None:
    try:
        await gateway.gate.handle(socket)
    except Exception as error:  # noqa: BLE001 - a bug in one connection ends that one
        gateway.errors.note("/ws", error)
        with suppress(OSError, RuntimeError, WebSocketException):
            await socket.close(_INTERNAL_ERROR, "the gateway has a bug here")


def create_app(gateway: Gateway) -> ASGIApp:
    """Return the application that serves one gateway."""
    policy = SecurityPolicy(gateway.settings)
    routes = BasePath(create_routes(gateway), gateway.settings.base_path)
    shell = HttpShell(
        routes, gateway.settings, policy, gateway.metrics, gateway.clock, gateway.shares, gateway.gate.knock
    )
    return shell if gateway.tracing is None else RequestSpans(shell, gateway.tracing)


def create_metrics_app(gateway: Gateway) -> HttpShell:
    """Return the application of `metrics_port`: probes and metrics, without tokens."""
    routes = Litestar(
        route_handlers=private_routes(),
        dependencies=_dependencies(gateway),
        middleware=[OptionsAnswer(), QueryCheck()],
        exception_handlers={HTTPException: answer_http_error, Exception: BugAnswer(gateway.errors)},
        compression_config=_COMPRESSION,
        openapi_config=None,
        logging_config=None,
    )
    policy = SecurityPolicy(msgspec.structs.replace(gateway.settings, page_directory="", tls=None))
    # Shares of its own: probes can come from an address that floods the public port, such as that of a node.
    shares = ClientShares(gateway.settings.limits, gateway.clock)
    return HttpShell(routes, gateway.settings, policy, gateway.metrics, gateway.clock, shares, gateway.gate.knock)


def create_routes(gateway: Gateway) -> Litestar:
    """Return what answers, without the headers and bounds around it."""
    allowed_origins = gateway.settings.allowed_origins
    return Litestar(
        route_handlers=[
            _live,
            *ROUTES,
            *SESSION_ROUTES,
            *SOURCE_ROUTES,
            *EVENT_ROUTES,
            *TRACK_ROUTES,
            *HISTORY_ROUTES,
            *NAME_ROUTES,
            *public_routes(gateway.settings),
            *page_routes(gateway.settings.page_directory, gateway.settings.base_path),
        ],
        dependencies=_dependencies(gateway),
        middleware=[OptionsAnswer(), TokenGate(gateway.auth), QueryCheck()],
        exception_handlers={HTTPException: answer_http_error, Exception: BugAnswer(gateway.errors)},
        compression_config=_COMPRESSION,
        cors_config=_cors(allowed_origins) if allowed_origins else None,
        openapi_config=OpenAPIConfig(
            title="Flight tracker",
            version=VERSION,
            servers=[Server(url=gateway.settings.base_path or "/")],
            openapi_router=Router(path="/schema", route_handlers=[], opt={ACCESS: OPEN}),
            render_plugins=[ApiDescription(path=["/", "/openapi.json"])],
            security=[{"token": []}] if gateway.auth.is_required else None,
            components=_TOKENS,
        ),
        logging_config=None,
    )


def _dependencies(gateway: Gateway) -> dict[str, Provide]:
    def the_gateway() -> Gateway:
        return gateway

    return {"gateway": Provide(the_gateway, sync_to_thread=False)}


def _cors(allowed_origins: Sequence[str]) -> CORSConfig:
    """Return what scripts of other sites may do: ask with a token in a header; there are no cookies here."""
    return CORSConfig(
        # Litestar reads a star as any text; `/ws` and CORS have one rule.
        allow_origins=[ANY] if ANY in allowed_origins else [],
        allow_origin_regex=Origins(allowed_origins).pattern,
        allow_methods=["GET", "HEAD", "DELETE", "PUT"],
        allow_headers=["Authorization", "If-None-Match", "Last-Event-ID"],
        expose_headers=["ETag", "Retry-After", "X-Request-Id"],
        allow_credentials=False,
        max_age=_PREFLIGHT_S,
    )
