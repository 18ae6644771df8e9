"""The ASGI application: WebSocket, REST, probes, metrics and page on one port.

`run` serves it with uvicorn; any ASGI server can, then without prepared messages.
"""

from __future__ import annotations

from typing import Any, Final

from litestar import Litestar, websocket
from litestar.config.compression import CompressionConfig
from litestar.config.cors import CORSConfig
from litestar.connection import WebSocket
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.middleware.compression.brotli_facade import BrotliCompression
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.http_errors import answer_bug, answer_http_error
from flighttracker_gateway.http_metrics import HttpMetrics
from flighttracker_gateway.page import page_routes
from flighttracker_gateway.rest import ROUTES
from flighttracker_gateway.version import VERSION

BROTLI_QUALITY: Final = 4
GZIP_LEVEL: Final = 5

_SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@websocket("/ws")
async def _live(socket: WebSocket[Any, Any, Any], gateway: NamedDependency[Gateway]) -> None:
    await gateway.gate.handle(socket)


def create_app(gateway: Gateway) -> Litestar:
    """Return the application that serves one gateway."""

    def the_gateway() -> Gateway:
        return gateway

    allowed_origins = list(gateway.settings.allowed_origins)
    return Litestar(
        route_handlers=[_live, *ROUTES, *page_routes(gateway.settings.page_directory)],
        dependencies={"gateway": Provide(the_gateway, sync_to_thread=False)},
        middleware=[HttpMetrics(gateway.metrics)],
        exception_handlers={HTTPException: answer_http_error, Exception: answer_bug},
        compression_config=CompressionConfig(
            backend="brotli",
            compression_facade=BrotliCompression,
            brotli_quality=BROTLI_QUALITY,
            gzip_compress_level=GZIP_LEVEL,
        ),
        cors_config=CORSConfig(allow_origins=allowed_origins, allow_methods=["GET"]) if allowed_origins else None,
        openapi_config=OpenAPIConfig(
            title="Flight tracker",
            version=VERSION,
            path="/schema",
            render_plugins=[JsonRenderPlugin(path=["/", "/openapi.json"])],
        ),
        response_headers=_SECURITY_HEADERS,
        logging_config=None,
    )
