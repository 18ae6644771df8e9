"""A sampled position is traced from the generator through the log to its frame."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from flighttracker.bus.memory import MemoryBus
from flighttracker.clock import SystemClock
from flighttracker.settings import GatewaySettings, GeneratorSettings, SimulatedSource, TracingSettings
from flighttracker.telemetry import JsonFormatter
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
    read = next(span for span in collector.named("read position") if span.span_id == shown.parent_span_id)
    produced = next(span for span in collector.named("produce position") if span.span_id == read.parent_span_id)
    assert shown.trace_id == read.trace_id == produced.trace_id
    assert {service for service, _ in collector.spans} == {"flighttracker-generator", "flighttracker-gateway"}
    assert produced.start_time_unix_nano <= read.start_time_unix_nano <= shown.start_time_unix_nano
    attributes = {pair.key: pair.value for pair in shown.attributes}
    assert attributes["frame_bytes"].int_value > 0
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
