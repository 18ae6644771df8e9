"""`Tracing`: traces sampled positions from the generator to the frame, as OpenTelemetry spans over OTLP.

The generator starts a trace for a sampled position and puts its context into the record's header `traceparent` (W3C).
The gateway that owns the shard continues it with one span for reading the record and one for the tick that shows it.
Log lines about a traced position have the same trace id. The SDK sends spans from a bounded queue in its own thread. If
the collector is unavailable, spans are dropped and nothing waits. Without settings there is no tracer, and a record
costs one check of an empty tuple.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, Span, SpanContext, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AnyValue

from flighttracker.settings import TracingSettings

HEADER: Final = "traceparent"
TRACES_PATH: Final = "/v1/traces"
MAX_WAITING_SPANS: Final = 2_048
EXPORT_EVERY_MS: Final = 2_000
EXPORT_TIMEOUT_S: Final = 5.0

_logger = logging.getLogger(__name__)

Headers = tuple[tuple[str, bytes], ...]


class Tracing:
    """Starts and continues traces; `close` sends the queued spans.

    Args:
        settings: where spans are sent, and the share of positions that are traced.
        service: name of this role: `flighttracker-generator`.
        tracker: name of the tracker, an attribute of every span.
    """

    def __init__(self, settings: TracingSettings, *, service: str, tracker: str) -> None:
        self._ratio = settings.sample_ratio
        self._random = random.Random()  # noqa: S311 - sampling needs no secure randomness
        resource = Resource.create({SERVICE_NAME: service, "flighttracker.tracker": tracker})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(settings.otlp_endpoint.rstrip("/") + TRACES_PATH, timeout=EXPORT_TIMEOUT_S)
        self._provider.add_span_processor(
            BatchSpanProcessor(exporter, max_queue_size=MAX_WAITING_SPANS, schedule_delay_millis=EXPORT_EVERY_MS)
        )
        self._tracer = self._provider.get_tracer("flighttracker")
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def beginning(self, icao24: str, position_time_ms: int) -> Iterator[Headers]:
        """Start a trace if the position is sampled; yields the headers for its record, empty if it is not sampled."""
        if self._random.random() >= self._ratio:
            yield ()
            return
        attributes: dict[str, AnyValue] = {"icao24": icao24, "position_time_ms": position_time_ms}
        name = "produce position"
        with self._tracer.start_as_current_span(name, kind=SpanKind.PRODUCER, attributes=attributes) as span:
            carrier: dict[str, str] = {}
            self._propagator.inject(carrier)
            _log(f"{icao24} is traced", span.get_span_context())
            yield ((HEADER, carrier[HEADER].encode()),)

    @contextmanager
    def reading(self, headers: Headers, *, shard: int, offset: int) -> Iterator[SpanContext | None]:
        """Continue the trace of a record; yields the context for `showing`, or None if the record has no trace."""
        parent = next((value.decode("latin-1") for key, value in headers if key == HEADER), "")
        context = self._propagator.extract({HEADER: parent})
        if not trace.get_current_span(context).get_span_context().is_valid:
            yield None
            return
        attributes = {"shard": shard, "offset": offset}
        with self._tracer.start_as_current_span(
            "read position", context, kind=SpanKind.CONSUMER, attributes=attributes
        ) as span:
            _log(f"read offset {offset} of shard {shard}", span.get_span_context())
            yield span.get_span_context()

    @contextmanager
    def showing(self, traced: Sequence[SpanContext], *, shard: int, sequence: int) -> Iterator[Span]:
        """Record a tick that shows traced positions, in the trace of the first and linked to the others."""
        first, *others = traced
        parent = trace.set_span_in_context(trace.NonRecordingSpan(first))
        attributes = {"shard": shard, "sequence": sequence}
        links = [Link(other) for other in others]
        with self._tracer.start_as_current_span("show tick", parent, links=links, attributes=attributes) as span:
            yield span

    def close(self) -> None:
        """Send the queued spans, in bounded time."""
        self._provider.shutdown()


def _log(what: str, context: SpanContext) -> None:
    """Log the hop that a trace has reached, with its id in the form that collectors show."""
    _logger.info(what, extra={"fields": {"trace_id": f"{context.trace_id:032x}"}})
