"""What a gateway tells Prometheus: every metric in one place, so that a name means one thing.

The registry is passed in and belongs to one run: two gateways in one process, or two tests, never share a counter.
`owner` records what comes in, `relay` what arrives from other gateways, `hub` and `connection` what goes out, and
`rest` serves all of it at /metrics. Labels are bounded: shards, reasons, close codes and route templates, never a value
that a client chooses.
"""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from flighttracker.build_info import add_build_info
from flighttracker.metric_names import AIRCRAFT, KAFKA_VOLUME_FREE, KAFKA_VOLUME_SIZE, VIEWERS

_ENCODE_BUCKETS_S: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
_FRAME_BUCKETS_BYTES: Final = tuple(1024 * 2**power for power in range(-2, 13))
_END_TO_END_BUCKETS_S: Final = (0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0)
_BROADCAST_BUCKETS_S: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
_HTTP_BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


class GatewayMetrics:
    """The metrics of one gateway, registered in one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        ProcessCollector(registry=registry)
        add_build_info(registry, "gateway")

        self.kafka_records = Counter(
            "flights_kafka_records_total", "Position records read from the log.", registry=registry
        )
        self.kafka_lag = Gauge(
            "flights_kafka_lag",
            "Records of a shard in the log that have not been read yet.",
            ["shard"],
            registry=registry,
        )
        self.rejected = Counter("flights_rejected_total", "Rejected records.", ["role", "reason"], registry=registry)
        self.rejected_not_kept = Counter(
            "flights_rejected_not_kept_total",
            "Rejected records that were dropped because the rejected log was unavailable.",
            registry=registry,
        )
        self.frame_encode_seconds = Histogram(
            "flights_frame_encode_seconds",
            "Time to encode one frame.",
            ["kind"],
            buckets=_ENCODE_BUCKETS_S,
            registry=registry,
        )
        self.frame_bytes = Histogram(
            "flights_frame_bytes", "Length of one frame.", ["kind"], buckets=_FRAME_BUCKETS_BYTES, registry=registry
        )
        self.end_to_end_seconds = Histogram(
            "flights_end_to_end_seconds",
            "From the moment of a position to the moment that its frame is ready for the sockets.",
            buckets=_END_TO_END_BUCKETS_S,
            registry=registry,
        )

        self.sharing = Gauge(
            "flights_sharing",
            "1 while frames are shared with other gateways, 0 while this one reads every shard alone.",
            registry=registry,
        )
        self.relay_frames = Counter(
            "flights_relay_frames_total", "Frames that came through the relay.", ["outcome"], registry=registry
        )
        self.relay_gaps = Counter("flights_relay_gaps_total", "Missing frames of a shard, by gap.", registry=registry)
        self.relay_restarts = Counter(
            "flights_relay_restarts_total",
            "Subscriptions that were replaced by a new one.",
            ["reason"],
            registry=registry,
        )
        self.stale_shards = Gauge("flights_stale_shards", "Shards that are marked stale.", registry=registry)

        self.aircraft = Gauge(AIRCRAFT, "Aircraft in the picture of this gateway.", registry=registry)
        self.viewers = Gauge(
            VIEWERS,
            "Viewers of the whole tracker, as this gateway knows it; flights_ws_connections has its own.",
            registry=registry,
        )

        self.broadcast_seconds = Histogram(
            "flights_broadcast_seconds",
            "Time to write one tick to every connection.",
            buckets=_BROADCAST_BUCKETS_S,
            registry=registry,
        )
        self.ws_connections = Gauge("flights_ws_connections", "Open WebSocket connections.", registry=registry)
        self.ws_sent_messages = Counter(
            "flights_ws_sent_messages_total", "Messages written to WebSockets.", registry=registry
        )
        self.ws_sent_bytes = Counter("flights_ws_sent_bytes_total", "Bytes written to WebSockets.", registry=registry)
        self.ws_slow_clients = Gauge("flights_ws_slow_clients", "Connections that are behind.", registry=registry)
        self.ws_tiles = Gauge(
            "flights_ws_tiles", "Tiles that viewers of flights.v3 follow, of all classes of zoom.", registry=registry
        )
        self.ws_catch_ups = Counter(
            "flights_ws_catch_ups_total",
            "Catch-up messages that slow clients got, by what they were made of.",
            ["kind"],
            registry=registry,
        )
        self.ws_closed = Counter(
            "flights_ws_closed_total", "WebSocket connections that ended.", ["code"], registry=registry
        )
        self.ws_refused = Counter(
            "flights_ws_refused_total", "Rejected WebSocket connections.", ["reason"], registry=registry
        )
        self.ws_client_errors = Counter(
            "flights_ws_client_errors_total",
            "Messages from clients that break the protocol.",
            ["reason"],
            registry=registry,
        )

        self.event_connections = Gauge(
            "flights_event_connections", "Open connections with server-sent events.", registry=registry
        )
        self.event_streams = Gauge(
            "flights_event_streams", "Different queries that are answered with server-sent events.", registry=registry
        )
        self.events_sent_bytes = Counter(
            "flights_events_sent_bytes_total", "Bytes of server-sent events.", registry=registry
        )
        self.events_closed = Counter(
            "flights_events_closed_total",
            "Connections with server-sent events that ended, by code; 1005 when the client left.",
            ["code"],
            registry=registry,
        )
        self.events_refused = Counter(
            "flights_events_refused_total",
            "Rejected connections with server-sent events.",
            ["reason"],
            registry=registry,
        )
        self.history_failures = Counter(
            "flights_history_failures_total",
            "Requests for the history that the historian did not answer.",
            registry=registry,
        )

        self.tokens_refused = Counter("flights_tokens_refused_total", "Rejected tokens.", ["reason"], registry=registry)
        self.revocations = Counter(
            "flights_revocations_total",
            "Attempts to revoke a token, by outcome.",
            ["outcome"],
            registry=registry,
        )
        self.revoked_tokens = Gauge(
            "flights_revoked_tokens",
            "Tokens on the list of revoked tokens: all, and those that users signed out.",
            ["kind"],
            registry=registry,
        )
        self.revoked_tokens_limit = Gauge(
            "flights_revoked_tokens_limit",
            "Most tokens that the list of revoked tokens may hold.",
            ["kind"],
            registry=registry,
        )
        self.token_key_fetches = Counter(
            "flights_token_key_fetches_total",
            "Times that the keys of tokens were fetched.",
            ["outcome"],
            registry=registry,
        )
        self.errors = Counter("flights_errors_total", "Bugs, by where they happened.", ["where"], registry=registry)

        self.kafka_volume_size = Gauge(
            KAFKA_VOLUME_SIZE, "Size of the volume of a Kafka broker.", ["broker"], registry=registry
        )
        self.kafka_volume_free = Gauge(
            KAFKA_VOLUME_FREE, "Bytes that a Kafka broker may still write.", ["broker"], registry=registry
        )
        self.redis_memory = Gauge(
            "flights_redis_memory_bytes", "Memory of Redis' data; NaN while it cannot be read.", registry=registry
        )
        self.redis_memory_limit = Gauge(
            "flights_redis_memory_limit_bytes",
            "Memory from which on Redis removes keys, 0 without a limit; NaN while it cannot be read.",
            registry=registry,
        )
        self.redis_evicted = Gauge(
            "flights_redis_evicted_keys",
            "Keys that Redis removed for lack of memory since it started; NaN while it cannot be read.",
            registry=registry,
        )
        self.redis_connections = Gauge(
            "flights_redis_connections", "Connections to Redis; NaN while it cannot be read.", registry=registry
        )
        self.redis_saved = Gauge(
            "flights_redis_saved",
            "1 if the last write of Redis to its disk succeeded, else 0; NaN while it cannot be read.",
            registry=registry,
        )
        for gauge in (
            self.redis_memory,
            self.redis_memory_limit,
            self.redis_evicted,
            self.redis_connections,
            self.redis_saved,
        ):
            gauge.set(float("nan"))

        self.http_cut = Counter(
            "flights_http_cut_total",
            "HTTP connections that were ended because of what the client did.",
            ["reason"],
            registry=registry,
        )
        self.http_requests = Counter(
            "flights_http_requests_total", "HTTP requests answered.", ["method", "route", "status"], registry=registry
        )
        self.http_request_seconds = Histogram(
            "flights_http_request_seconds",
            "Time to the end of an HTTP answer.",
            ["route"],
            buckets=_HTTP_BUCKETS_S,
            registry=registry,
        )
        self._certificate_expiry: Gauge | None = None

    def set_certificate_expiry(self, timestamp_s: float) -> None:
        """Report when the server's certificate expires; without TLS the metric is absent."""
        if self._certificate_expiry is None:
            self._certificate_expiry = Gauge(
                "flights_tls_certificate_expiry_timestamp_seconds",
                "When the server's certificate expires, seconds since 1970.",
                registry=self.registry,
            )
        self._certificate_expiry.set(timestamp_s)
