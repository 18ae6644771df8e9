"""Runs one gateway: feed, presence and the HTTP servers, until it is cancelled or one of them fails.

The caller owns the process, and maps SIGTERM to cancelling this task. When cancelled, the gateway reports that it is
not ready, accepts no further viewers, closes the present ones in batches over `drain_s` while ticks continue for the
others, and then stops. When a part fails, everything stops and the error is raised. To use uvloop, run this on a uvloop
event loop.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, cast

import uvicorn
from prometheus_client import CollectorRegistry

from flighttracker.bus.base import Bus
from flighttracker.clock import Clock
from flighttracker.listening import BACKLOG, listening
from flighttracker.registry import SchemaRegistry
from flighttracker.settings import GatewaySettings
from flighttracker_gateway.app import create_app, create_metrics_app
from flighttracker_gateway.delivery.prepared import protocol_with
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.http.accept import Acceptor
from flighttracker_gateway.http.bounds import bounded_http
from flighttracker_gateway.http.tls import Certificate

STOP_S: Final = 5
"""How long HTTP requests in progress may take after draining."""

_logger = logging.getLogger(__name__)


class _Server(uvicorn.Server):
    """uvicorn with an `Acceptor` for each socket, that reports when it listens.

    It installs no signal handlers, because the caller owns the process.
    """

    def __init__(self, config: uvicorn.Config, gateway: Gateway, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._gateway = gateway
        self._on_started = on_started

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install no signal handlers."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and report it."""
        await super().startup([])
        self.servers = [cast("asyncio.Server", self._acceptor(listener)) for listener in sockets or []]
        self._on_started()

    def _acceptor(self, listener: socket.socket) -> Acceptor:
        def create_protocol() -> asyncio.Protocol:
            make: Any = self.config.http_protocol_class
            protocol: asyncio.Protocol = make(self.config, self.server_state, self.lifespan.state)
            return protocol

        return Acceptor(
            listener,
            create_protocol,
            context=self.config.ssl,
            handshake_s=self._gateway.settings.limits.request_head_s,
            refuses=self._gateway.shares.refuse_connection,
            on_reset=self._gateway.metrics.http_cut.labels("flood").inc,
        )


async def run(
    settings: GatewaySettings,
    bus: Bus,
    clock: Clock,
    *,
    schemas: SchemaRegistry | None = None,
    registry: CollectorRegistry | None = None,
    ready: Callable[[str], None] | None = None,
    waiting_for: Callable[[], str] | None = None,
) -> None:
    """Serve until cancelled.

    Args:
        settings: the settings of the gateway.
        bus: positions, frames and sessions; the caller closes it.
        clock: the wall clock.
        schemas: the schema registry, opened; the caller closes it. None: records have the packaged schema's local id.
        registry: gets the metrics; /metrics shows all of it.
        ready: called once with the gateway's URL when it accepts connections.
        waiting_for: returns what the first aircraft waits for, empty when it is on the map; until then /ready is 503.
            None: a map without aircraft is ready.

    Raises:
        StartError: cannot listen on the address, or the certificate or the tokens' secret is invalid.
    """
    tracing = None
    if settings.tracing is not None:
        # An optional package: only a tracker with tracing needs it.
        from flighttracker.tracing import Tracing

        tracing = Tracing(
            settings.tracing, service="flighttracker-gateway", tracker=settings.tracker, servers=settings.servers
        )
    gateway = Gateway(settings, bus, clock, registry or CollectorRegistry(), schemas, tracing)
    if waiting_for is not None:
        gateway.waiting_for = waiting_for
    with listening(settings.host, settings.port) as listeners, _listen_for_metrics(settings) as metrics_listeners:
        host, port = listeners[0].getsockname()[:2]
        scheme = "http" if settings.tls is None else "https"
        url = f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
        _logger.info("listening on %s", url)
        await gateway.auth.look()
        certificate = Certificate(settings.tls, clock, gateway.metrics) if settings.tls is not None else None
        server = make_server(gateway, lambda: ready(url) if ready else None, certificate)
        metrics_server = make_metrics_server(gateway) if metrics_listeners else None
        serving = asyncio.create_task(server.serve(sockets=listeners), name="gateway: server")
        tasks = {serving}
        if metrics_server is not None:
            _logger.info("probes and metrics on port %d", metrics_listeners[0].getsockname()[1])
            serving_metrics = metrics_server.serve(sockets=metrics_listeners)
            tasks.add(asyncio.create_task(serving_metrics, name="gateway: metrics server"))
        running = asyncio.create_task(_run_parts(gateway, certificate), name="gateway: parts")
        try:
            await asyncio.wait({*tasks, running}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            gateway.admission.is_draining = True
            gateway.events.drain()
            await gateway.hub.drain(settings.drain_s)
            raise
        finally:
            server.should_exit = True
            await asyncio.wait({serving})
            # Last, so that probes are answered until the end.
            if metrics_server is not None:
                metrics_server.should_exit = True
            await asyncio.wait(tasks)
            running.cancel()
            await asyncio.wait({running})
            if tracing is not None:
                await asyncio.to_thread(tracing.close)
        for task in (running, *tasks):
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error


async def _run_parts(gateway: Gateway, certificate: Certificate | None) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(gateway.feed.run(), name="gateway: feed")
        tasks.create_task(gateway.presence.run(), name="gateway: presence")
        tasks.create_task(gateway.events.run(), name="gateway: events")
        tasks.create_task(gateway.auth.run(), name="gateway: auth")
        tasks.create_task(gateway.garbage.run(), name="gateway: garbage")
        tasks.create_task(gateway.tracks.run(), name="gateway: tracks")
        tasks.create_task(gateway.server_usage.run(), name="gateway: server usage")
        if certificate is not None:
            tasks.create_task(certificate.run(), name="gateway: certificate")


def make_server(
    gateway: Gateway, on_started: Callable[[], None], certificate: Certificate | None = None
) -> uvicorn.Server:
    """Return the HTTP server of a gateway; `serve(sockets=[...])` runs it until its `should_exit` is set."""
    limits = gateway.settings.limits
    config = uvicorn.Config(
        create_app(gateway),
        http=bounded_http(limits, gateway.metrics),
        ws=protocol_with(limits, gateway.clock),
        ws_max_size=limits.max_message_bytes,
        ws_ping_interval=limits.ping_interval_s,
        ws_ping_timeout=limits.ping_timeout_s,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        # By default uvicorn trusts proxy headers of every connection from this machine.
        proxy_headers=bool(gateway.settings.trusted_proxies),
        forwarded_allow_ips=list(gateway.settings.trusted_proxies),
        ssl_context_factory=(lambda _config, _default: certificate.context) if certificate else None,
        backlog=BACKLOG,
        timeout_graceful_shutdown=STOP_S,
    )
    return _Server(config, gateway, on_started)


def make_metrics_server(gateway: Gateway) -> uvicorn.Server:
    """Return the HTTP server of `metrics_port`; its bounds are those of the public one, and it has no WebSocket."""
    config = uvicorn.Config(
        create_metrics_app(gateway),
        http=bounded_http(gateway.settings.limits, gateway.metrics),
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=STOP_S,
    )
    return _Server(config, gateway, lambda: None)


@contextmanager
def _listen_for_metrics(settings: GatewaySettings) -> Iterator[list[socket.socket]]:
    """Listen on `metrics_port` if there is one."""
    if not settings.metrics_port:
        yield []
        return
    with listening(settings.host, settings.metrics_port) as listeners:
        yield listeners
