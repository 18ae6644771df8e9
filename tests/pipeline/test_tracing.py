"""A sampled position is traced from the generator through the log to its frame."""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics

from flighttracker.bus.memory import MemoryBus
from flighttracker.clock import SystemClock
from flighttracker.settings import (
    GatewaySettings,
    GeneratorSettings,
    KafkaSettings,
    RedisSettings,
    RegistrySettings,
    ServerSettings,
    SimulatedSource,
    TracingSettings,
)
from flighttracker.telemetry import JsonFormatter
from flighttracker.tracing import Tracing
from flighttracker_gateway.run import run as run_gateway
from flighttracker_generator.run import run as run_generator

WAIT_S = 30.0


class Collector:
    """Receives OTLP over HTTP, with the protobuf messages of the OpenTelemetry project."""

    def __init__(self) -> None:
        self.url = ""
        self.spans: list[tuple[str, Span]] = []

    async def take(self, request: web.Request) -> web.Response:
        sent = ExportTraceServiceRequest.FromString(await request.read())
        for resource in sent.resource_spans:
            names = {pair.key: pair.value.string_value for pair in resource.resource.attributes}
            for scope in resource.scope_spans:
                self.spans += [(names["service.name"], span) for span in scope.spans]
        return web.Response()

    def named(self, name: str) -> list[Span]:
        return [span for _, span in self.spans if span.name == name]


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    collector = Collector()
    app = web.Application()
    app.add_routes([web.post("/v1/traces", collector.take)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    collector.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield collector
    finally:
        await runner.cleanup()


@asynccontextmanager
async def roles(tracing: TracingSettings | None) -> AsyncIterator[None]:
    bus, clock = MemoryBus(2), SystemClock()
    generator = GeneratorSettings(sources=(SimulatedSource(aircraft=50, interval_s=1.0),), tracing=tracing)
    gateway = GatewaySettings(port=0, drain_s=0.0, tracing=tracing)
    tasks = [
        asyncio.create_task(run_generator(generator, bus, clock)),
        asyncio.create_task(run_gateway(gateway, bus, clock)),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_one_trace_covers_a_position_from_the_generator_to_the_frame(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with (
        collecting() as collector,
        asyncio.timeout(WAIT_S),
        roles(TracingSettings(otlp_endpoint=collector.url, sample_ratio=0.2)),
    ):
        while not collector.named("show tick"):
            await asyncio.sleep(0.05)
    shown = collector.named("show tick")[0]
    read = next(span for span in collector.named("process flights") if span.span_id == shown.parent_span_id)
    produced = next(span for span in collector.named("create flights") if span.span_id == read.parent_span_id)
    assert shown.trace_id == read.trace_id == produced.trace_id
    assert {service for service, _ in collector.spans} == {"flighttracker-generator", "flighttracker-gateway"}
    assert produced.start_time_unix_nano <= read.start_time_unix_nano <= shown.start_time_unix_nano
    attributes = {pair.key: pair.value for pair in shown.attributes}
    assert attributes["flighttracker.frame_bytes"].int_value > 0
    said = [json.loads(JsonFormatter().format(record)) for record in caplog.records]
    hops = [line["message"] for line in said if line.get("trace_id") == shown.trace_id.hex()]
    assert len(hops) >= 2


async def test_an_unavailable_collector_stops_nothing() -> None:
    bus, clock = MemoryBus(1), SystemClock()
    away = TracingSettings(otlp_endpoint="http://127.0.0.1:9", sample_ratio=1.0)
    generating = asyncio.create_task(
        run_generator(
            GeneratorSettings(sources=(SimulatedSource(aircraft=50, interval_s=1.0),), tracing=away), bus, clock
        )
    )
    async with asyncio.timeout(WAIT_S), bus.positions.read(replay_ms=60_000) as events:
        seen = 0
        while seen < 200:
            event = await anext(events)
            seen += len(getattr(event, "records", ()))
    generating.cancel()
    await asyncio.gather(generating, return_exceptions=True)


def attributes_of(span: Span) -> dict[str, Any]:
    values = {pair.key: pair.value for pair in span.attributes}
    return {key: value.string_value or value.int_value for key, value in values.items()}


async def test_a_traced_request_has_a_span_and_an_exemplar() -> None:
    trace_id, parent_id = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    traced = {"traceparent": f"00-{trace_id}-{parent_id}-01"}
    urls: asyncio.Queue[str] = asyncio.Queue()
    async with collecting() as collector, aiohttp.ClientSession() as session, asyncio.timeout(WAIT_S):
        tracing = TracingSettings(otlp_endpoint=collector.url, sample_ratio=0.0)
        settings = GatewaySettings(tracker="europe", port=0, drain_s=0.0, tracing=tracing)
        running = asyncio.create_task(run_gateway(settings, MemoryBus(1), SystemClock(), ready=urls.put_nowait))
        url = await urls.get()
        for path, headers in (
            ("/api/v1/flights?q=secret", traced),
            ("/nothing/secret", traced),
            ("/api/v1/stats", {"traceparent": f"00-{trace_id}-{parent_id}-00"}),
            ("/api/v1/stats", {"traceparent": "garbage"}),
            ("/api/v1/stats", {}),
        ):
            async with session.get(url + path, headers=headers) as response:
                await response.read()
        async with session.get(url + "/metrics", headers={"Accept": "application/openmetrics-text"}) as response:
            assert response.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
            families = {family.name: family for family in open_metrics(await response.text())}  # type: ignore[no-untyped-call]
        async with session.get(url + "/metrics") as response:
            assert response.headers["Content-Type"].startswith("text/plain; version=")
            assert trace_id not in await response.text()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    spans = {span.name: span for _, span in collector.spans}
    assert set(spans) == {"GET /api/v1/flights", "GET"}
    found = spans["GET /api/v1/flights"]
    assert (found.trace_id.hex(), found.parent_span_id.hex()) == (trace_id, parent_id)
    assert found.kind == Span.SpanKind.SPAN_KIND_SERVER
    assert attributes_of(found) == {
        "http.request.method": "GET",
        "url.scheme": "http",
        "http.route": "/api/v1/flights",
        "http.response.status_code": 200,
    }
    assert attributes_of(spans["GET"])["http.response.status_code"] == 404
    samples = families["flights_http_request_seconds"].samples
    exemplars = {sample.labels["route"]: sample.exemplar.labels for sample in samples if sample.exemplar}
    assert exemplars["/api/v1/flights"] == {"trace_id": trace_id, "span_id": found.span_id.hex()}
    assert "/api/v1/stats" not in exemplars


def conventional_names() -> set[str]:
    """Return the names of all attributes that OpenTelemetry's conventions know."""
    folders = [importlib.import_module(f"opentelemetry.semconv.{name}attributes") for name in ("", "_incubating.")]
    modules = [
        importlib.import_module(f"{folder.__name__}.{module.name}")
        for folder in folders
        for module in pkgutil.iter_modules(folder.__path__)
    ]
    return {value for module in modules for value in vars(module).values() if isinstance(value, str)}


async def test_every_attribute_is_a_conventional_one_or_has_our_prefix() -> None:
    async with collecting() as collector, asyncio.timeout(WAIT_S):
        servers = ServerSettings(
            kafka=KafkaSettings(bootstrap_servers="kafka:9092"),
            redis=RedisSettings(url="redis://redis:6379/0"),
            registry=RegistrySettings(url="http://registry:8081"),
        )
        settings = TracingSettings(otlp_endpoint=collector.url, sample_ratio=1.0)
        tracing = Tracing(settings, service="flighttracker-gateway", tracker="europe", servers=servers)
        with tracing.beginning("3c6444", 5) as headers:
            pass
        with tracing.reading(headers, shard=3, offset=7) as context:
            assert context is not None
        with tracing.showing([context], shard=3, sequence=9) as span:
            span.set_attribute("flighttracker.frame_bytes", 40)
            with tracing.publishing():
                pass
        with tracing.serving("BREW", "https", f"00-{'1' * 32}-{'2' * 16}-01") as request:
            assert request is not None
            tracing.answered(request, "BREW", "/api/v1/stats", 500)
        with tracing.publishing():  # no traced tick
            pass
        await asyncio.to_thread(tracing.close)
    spans = {span.name: attributes_of(span) for _, span in collector.spans}
    assert set(spans) == {"create flights", "process flights", "show tick", "PUBLISH", "HTTP /api/v1/stats"}
    assert spans["process flights"] == {
        "messaging.system": "kafka",
        "messaging.destination.name": "flights",
        "messaging.consumer.group.name": "flights-gateways",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.partition.id": "3",
        "messaging.kafka.offset": 7,
    }
    assert spans["PUBLISH"] == {"db.system.name": "redis", "db.operation.name": "PUBLISH"}
    assert spans["HTTP /api/v1/stats"]["error.type"] == "500"
    names = {name for attributes in spans.values() for name in attributes if not name.startswith("flighttracker.")}
    assert names - conventional_names() == set()
