"""Probes and metrics: /health, /ready and /metrics, for Kubernetes and Prometheus.

In a cluster they have a port of their own (`metrics_port`) that needs no token. The public port then has no /metrics,
and its /ready returns the status only. Without `metrics_port` all of them are on the public port. With tokens, /metrics
then needs the scope `stats`, because it contains the counts that /api/v1/stats protects.
"""

from __future__ import annotations

from typing import Any, Final

from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from prometheus_client import CONTENT_TYPE_LATEST

from flighttracker.build_info import VERSION
from flighttracker.exposition import exposition
from flighttracker.settings import GatewaySettings
from flighttracker_gateway.access.http_gate import ACCESS, OPEN
from flighttracker_gateway.access.tokens import Scope
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.http.errors import refusals

_TEXT: Final = CONTENT_TYPE_LATEST.partition("; charset")[0]
"""Litestar appends the charset to every text type."""


def public_routes(settings: GatewaySettings) -> list[HTTPRouteHandler]:
    """Return the probes of the public port, and the metrics if they have no port of their own."""
    has_tokens = settings.auth.mode == "token"
    if settings.metrics_port:
        return [health, _ready(has_details=False)]
    return [health, _ready(has_details=not has_tokens), _metrics(Scope.STATS if has_tokens else OPEN)]


def private_routes() -> list[HTTPRouteHandler]:
    """Return the probes and metrics of their own port."""
    return [health, _ready(has_details=True), _metrics(OPEN)]


@get("/health", summary="Whether the process responds", opt={ACCESS: OPEN}, security=[{}], responses=refusals())
async def health() -> Response[dict[str, Any]]:
    """Answer 200 as long as the event loop runs."""
    return _json({"status": "alive", "version": VERSION})


def _ready(*, has_details: bool) -> HTTPRouteHandler:
    @get(
        "/ready",
        summary="Whether the gateway accepts viewers",
        opt={ACCESS: OPEN},
        security=[{}],
        responses=refusals(503),
    )
    async def ready(gateway: NamedDependency[Gateway]) -> Response[dict[str, Any]]:
        """Answer 200 if the picture is complete and the gateway is not stopping, else 503 and what it waits for."""
        status, waiting_for = _readiness(gateway)
        answer: dict[str, Any] = {"status": status}
        if has_details:
            # This needs no token, so it has the age of the picture but no counts.
            shards = [
                {name: value for name, value in each.items() if name != "aircraft"} for each in shard_states(gateway)
            ]
            answer |= {
                "waiting_for": waiting_for,
                "is_sharing": gateway.feed.is_sharing,
                "stale_shards": gateway.staleness.stale_shards(),
                "shards": shards,
            }
        return _json(answer, 200 if status == "ready" else 503)

    return ready


def _metrics(access: Any) -> HTTPRouteHandler:
    @get(
        "/metrics",
        media_type=_TEXT,
        summary="Metrics as OpenMetrics, or in Prometheus' text format",
        opt={ACCESS: access},
        security=[{}],
        responses=refusals(),
    )
    async def metrics(request: Request[Any, Any, Any], gateway: NamedDependency[Gateway]) -> Response[bytes]:
        """Answer every metric of this process; OpenMetrics has exemplars."""
        body, content_type = exposition(gateway.metrics.registry, request.headers.get("accept", ""))
        media_type = _TEXT if content_type == CONTENT_TYPE_LATEST else content_type
        return Response(body, media_type=media_type, headers={"vary": "Accept"})

    return metrics


def _readiness(gateway: Gateway) -> tuple[str, str]:
    """Return the status, and what the gateway waits for."""
    if gateway.admission.is_draining:
        return "draining", ""
    if waiting_for := gateway.waiting_for():
        return "no aircraft yet", waiting_for
    if not gateway.picture.shards or not gateway.relay.is_complete:
        # A viewer that reconnects to an incomplete picture would get the rest a second time.
        return "no picture yet", "The first frames of all shards have not arrived."
    return "ready", ""


def shard_states(gateway: Gateway) -> list[dict[str, Any]]:
    """Return the stamp, the aircraft and the age of each shard."""
    return [
        {
            "shard": number,
            "epoch": shard.epoch,
            "sequence": shard.sequence,
            "aircraft": len(shard.slot_of),
            "age_s": gateway.staleness.age_s(shard),
            "newest_position_age_s": gateway.staleness.newest_position_age_s(shard),
        }
        for number, shard in sorted(gateway.picture.shards.items())
    ]


def _json(answer: dict[str, Any], status_code: int = 200) -> Response[dict[str, Any]]:
    return Response(answer, media_type=MediaType.JSON, status_code=status_code)
