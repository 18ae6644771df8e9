"""`Tracing`: traces sampled positions from the generator to the frame, and HTTP requests, as OpenTelemetry spans.

The generator starts a trace for a sampled position and puts its context into the record's header `traceparent` (W3C).
The gateway that owns the shard continues it with one span for reading the record and one for the tick that shows it. A
request whose client sends a sampled `traceparent` gets a span of its own. Log lines about a traced position have the
same trace id. The SDK sends spans from a bounded queue in its own thread, over OTLP. If the collector is unavailable,
spans are dropped and nothing waits. Without settings there is no tracer, and a record costs a check of an empty tuple.

Names are those of OpenTelemetry's semantic conventions; attributes that have no convention begin with `flighttracker.`.
No span has what a client chooses: a path, a query or an address.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_NAMESPACE, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AnyValue

from flighttracker.build_info import VERSION
from flighttracker.guarded_session import guarded_session
from flighttracker.settings import ServerSettings, TracingSettings

HEADER: Final = "traceparent"
MEMORY: Final = "memory"
"""Name of the messaging system if a tracker runs in one process."""
METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_FIRST_ERROR: Final = 500
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
        tracker: name of the tracker, the namespace of the service.
        servers: Kafka and Redis of the tracker; None if it runs in one process.
    """

    def __init__(
        self, settings: TracingSettings, *, service: str, tracker: str, servers: ServerSettings | None = None
    ) -> None:
        self._ratio = settings.sample_ratio
        self._random = random.Random()  # noqa: S311 - sampling needs no secure randomness
        resource = Resource.create({SERVICE_NAME: service, SERVICE_NAMESPACE: tracker, SERVICE_VERSION: VERSION})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(
            settings.otlp_endpoint.rstrip("/") + TRACES_PATH, timeout=EXPORT_TIMEOUT_S, session=guarded_session()
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(exporter, max_queue_size=MAX_WAITING_SPANS, schedule_delay_millis=EXPORT_EVERY_MS)
        )
        self._tracer = self._provider.get_tracer("flighttracker", VERSION)
        self._propagator = TraceContextTextMapPropagator()
        self._topic = "flights" if servers is None else servers.kafka.positions_topic
        self._messaging: dict[str, AnyValue] = {
            "messaging.system": MEMORY if servers is None else "kafka",
            "messaging.destination.name": self._topic,
        }
        self._group: dict[str, AnyValue] = (
            {} if servers is None else {"messaging.consumer.group.name": servers.kafka.group}
        )
        self._has_redis = servers is not None

    @contextmanager
    def beginning(self, icao24: str, position_time_ms: int) -> Iterator[Headers]:
        """Start a trace if the position is sampled; yields the headers for its record, empty if it is not sampled."""
        if self._random.random() >= self._ratio:
            yield ()
            return
        attributes = {
            **self._messaging,
            "messaging.operation.name": "create",
            "messaging.operation.type": "create",
            "messaging.kafka.message.key": icao24,
            "flighttracker.position_time_ms": position_time_ms,
        }
        name = f"create {self._topic}"
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
        attributes = {
            **self._messaging,
            **self._group,
            "messaging.operation.name": "process",
            "messaging.operation.type": "process",
            "messaging.destination.partition.id": str(shard),
            "messaging.kafka.offset": offset,
        }
        with self._tracer.start_as_current_span(
            f"process {self._topic}", context, kind=SpanKind.CONSUMER, attributes=attributes
        ) as span:
            _log(f"read offset {offset} of shard {shard}", span.get_span_context())
            yield span.get_span_context()

    @contextmanager
    def showing(self, traced: Sequence[SpanContext], *, shard: int, sequence: int) -> Iterator[Span]:
        """Record a tick that shows traced positions, in the trace of the first and linked to the others."""
        first, *others = traced
        parent = trace.set_span_in_context(trace.NonRecordingSpan(first))
        attributes = {"flighttracker.shard": shard, "flighttracker.sequence": sequence}
        links = [Link(other) for other in others]
        with self._tracer.start_as_current_span("show tick", parent, links=links, attributes=attributes) as span:
            yield span

    @contextmanager
    def publishing(self) -> Iterator[None]:
        """Record that a frame is published through Redis, in the trace of its tick if that has one."""
        if not self._has_redis or not trace.get_current_span().is_recording():
            yield
            return
        attributes = {"db.system.name": "redis", "db.operation.name": "PUBLISH"}
        with self._tracer.start_as_current_span("PUBLISH", kind=SpanKind.CLIENT, attributes=attributes):
            yield

    @contextmanager
    def serving(self, method: str, scheme: str, traceparent: str) -> Iterator[Span | None]:
        """Record an HTTP request if its client sent a sampled trace; yields None if not. Call `answered` at its end.

        Args:
            method: the method of the request.
            scheme: `http` or `https`.
            traceparent: the header of the request; "" when absent.
        """
        context = self._propagator.extract({HEADER: traceparent})
        parent = trace.get_current_span(context).get_span_context()
        if not parent.is_valid or not parent.trace_flags.sampled:
            yield None
            return
        attributes = {"http.request.method": _method(method) or "_OTHER", "url.scheme": scheme}
        name = _method(method) or "HTTP"
        with self._tracer.start_as_current_span(name, context, kind=SpanKind.SERVER, attributes=attributes) as span:
            yield span

    def answered(self, span: Span, method: str, route: str, status: int) -> None:
        """Complete the span of a request.

        Args:
            span: from `serving`.
            method: the method of the request.
            route: the template of its path; "" if no route matched.
            status: the status of the answer.
        """
        if route:
            span.update_name(f"{_method(method) or 'HTTP'} {route}")
            span.set_attribute("http.route", route)
        span.set_attribute("http.response.status_code", status)
        if status >= _FIRST_ERROR:
            span.set_attribute("error.type", str(status))
            span.set_status(StatusCode.ERROR)

    def exemplar_of(self, span: Span) -> dict[str, str]:
        """Return the labels of an exemplar: the trace and the span that one observation is part of."""
        context = span.get_span_context()
        return {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}

    def close(self) -> None:
        """Send the queued spans, in bounded time."""
        self._provider.shutdown()


def _method(method: str) -> str:
    """Return a method if it is a known one, else ""."""
    return method if method in METHODS else ""


def _log(what: str, context: SpanContext) -> None:
    """Log the hop that a trace has reached, with its id in the form that collectors show."""
    _logger.info(what, extra={"fields": {"trace_id": f"{context.trace_id:032x}"}})
