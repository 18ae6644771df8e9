"""The generator's metrics, in a registry of their own so that two roles can run in one process."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from flighttracker.build_info import add_build_info
from flighttracker.metric_names import GENERATED, SOURCE_ERRORS, SOURCE_STOPPED


class GeneratorMetrics:
    """The metrics of one generator.

    Attributes:
        generated: positions that were appended to the log.
        rejected: rejected positions, by role and reason.
        source_errors: requests to a real source without a usable answer, by reason.
        source_skipped: aircraft in answers without a usable new position, by reason.
        source_stopped: 1 when a real source answers, but its answers no longer change.
        source_credits: credits that an account has left today; NaN until a source sends them.
        source_next_request: when a real source is asked next, seconds since 1970.
        source_fields_lost: impossible values in answers, which became unknown, by field.
        dropped: records that were dropped because the bus was unavailable for too long.
        step_s: time to encode a batch of positions, seconds.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        add_build_info(self.registry, "generator")
        self.generated = Counter(GENERATED, "Positions that were appended to the log.", registry=self.registry)
        self.rejected = Counter(
            "flights_rejected", "Positions that were rejected.", ["role", "reason"], registry=self.registry
        )
        self.source_errors = Counter(
            SOURCE_ERRORS, "Requests to a source without a usable answer.", ["reason"], registry=self.registry
        )
        self.source_skipped = Counter(
            "flights_source_skipped",
            "Aircraft in an answer without a usable new position.",
            ["reason"],
            registry=self.registry,
        )
        self.source_stopped = Gauge(
            SOURCE_STOPPED,
            "1 when the answers of the source have been the same for a minute.",
            registry=self.registry,
        )
        self.source_credits = Gauge(
            "flights_source_credits_remaining",
            "Credits that an account of the source has left today; NaN until the source sends them.",
            registry=self.registry,
        )
        self.source_credits.set(float("nan"))
        self.source_next_request = Gauge(
            "flights_source_next_request_timestamp_seconds",
            "When the source is asked next, seconds since 1970.",
            registry=self.registry,
        )
        self.source_fields_lost = Counter(
            "flights_source_fields_lost",
            "Impossible values in answers of a source, which became unknown.",
            ["field"],
            registry=self.registry,
        )
        self.dropped = Counter(
            "flights_dropped",
            "Records that were dropped because the bus was unavailable for too long.",
            registry=self.registry,
        )
        self.step_s = Histogram(
            "flights_step_seconds",
            "Time to encode a batch of positions.",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
            registry=self.registry,
        )
