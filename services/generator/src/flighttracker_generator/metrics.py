"""The generator's metrics, in a registry of their own so that two roles can run in one process."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from flighttracker.build_info import add_build_info
from flighttracker.metric_names import GENERATED, SOURCE_ERRORS, SOURCE_NEXT_REQUEST, SOURCE_STATE, SOURCE_STOPPED
from flighttracker.source_report import SOURCE_STATES, SourceReport
from flighttracker_generator.source_health import SourceHealth


class GeneratorMetrics:
    """The metrics of one generator.

    Attributes:
        generated: positions that were appended to the log.
        rejected: rejected positions, by role and reason.
        source_errors: requests to a real source without a usable answer, by source and reason.
        source_skipped: aircraft in answers without a usable new position, by source and reason.
        source_stopped: 1 when a real source answers, but its answers no longer change, by source.
        source_credits: credits that an account has left today, by source.
        source_next_request: when a real source is asked next, by source, seconds since 1970.
        source_fields_lost: impossible values in answers, which became unknown, by source and field.
        aircraft_table_rows: aircraft in the table that identifies them.
        aircraft_table_read: when that table was read, or found unchanged, seconds since 1970; NaN before.
        aircraft_table_errors: attempts to read it that failed, by reason.
        aircraft_table_rows_lost: rows that could not be used, by reason.
        aircraft_table_fields_lost: impossible values in its rows, which became unknown, by field.
        source_state: 1 for the state of a source, by source and state.
        source_aircraft: aircraft in the last answer, by source.
        source_last_success: when a source last sent something usable, seconds since 1970.
        healths: the states of the sources of this generator, by name.
        source_connections: open connections of a source over TCP, by source.
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
            SOURCE_ERRORS, "Requests to a source without a usable answer.", ["source", "reason"], registry=self.registry
        )
        self.source_skipped = Counter(
            "flights_source_skipped",
            "Aircraft in an answer without a usable new position.",
            ["source", "reason"],
            registry=self.registry,
        )
        self.source_stopped = Gauge(
            SOURCE_STOPPED,
            "1 when the answers of the source have been the same for a minute.",
            ["source"],
            registry=self.registry,
        )
        self.source_credits = Gauge(
            "flights_source_credits_remaining",
            "Credits that an account of the source has left today.",
            ["source"],
            registry=self.registry,
        )
        self.source_next_request = Gauge(
            SOURCE_NEXT_REQUEST,
            "When the source is asked next, seconds since 1970.",
            ["source"],
            registry=self.registry,
        )
        self.source_fields_lost = Counter(
            "flights_source_fields_lost",
            "Impossible values in answers of a source, which became unknown.",
            ["source", "field"],
            registry=self.registry,
        )
        self.aircraft_table_rows = Gauge(
            "flights_aircraft_table_rows",
            "Aircraft in the table with registrations, types and operators.",
            registry=self.registry,
        )
        self.aircraft_table_read = Gauge(
            "flights_aircraft_table_timestamp_seconds",
            "When the table of aircraft was read, or found unchanged, seconds since 1970; NaN before.",
            registry=self.registry,
        )
        self.aircraft_table_read.set(float("nan"))
        self.aircraft_table_errors = Counter(
            "flights_aircraft_table_errors",
            "Attempts to read the table of aircraft that failed.",
            ["reason"],
            registry=self.registry,
        )
        self.aircraft_table_rows_lost = Counter(
            "flights_aircraft_table_rows_lost",
            "Rows of the table of aircraft that could not be used.",
            ["reason"],
            registry=self.registry,
        )
        self.aircraft_table_fields_lost = Counter(
            "flights_aircraft_table_fields_lost",
            "Impossible values in the table of aircraft, which became unknown.",
            ["field"],
            registry=self.registry,
        )
        self.healths: dict[str, SourceHealth] = {}
        self.source_state = Gauge(
            SOURCE_STATE, "1 for the present state of a source.", ["source", "state"], registry=self.registry
        )
        self.source_aircraft = Gauge(
            "flights_source_aircraft", "Aircraft in the last answer of a source.", ["source"], registry=self.registry
        )
        self.source_last_success = Gauge(
            "flights_source_last_success_timestamp_seconds",
            "When the source last sent something usable, seconds since 1970.",
            ["source"],
            registry=self.registry,
        )
        self.source_connections = Gauge(
            "flights_source_connections",
            "Open connections of a source over TCP: to its receiver, or from its feeders.",
            ["source"],
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

    def of_source(self, name: str, interval_s: float = 0.0) -> SourceMetrics:
        """Return the metrics of one source; a tracker has a bounded number of sources."""
        metrics = SourceMetrics(self, name, interval_s)
        self.healths[name] = metrics.health
        return metrics

    def show(self, report: SourceReport) -> None:
        """Show the state of a source."""
        for state in SOURCE_STATES:
            self.source_state.labels(source=report.name, state=state).set(state == report.state)
        self.source_aircraft.labels(source=report.name).set(report.aircraft or 0)
        if report.last_success_ms is not None:
            self.source_last_success.labels(source=report.name).set(report.last_success_ms / 1000)


class SourceMetrics:
    """The metrics of one source, with its name as the label `source`.

    Attributes:
        stopped: 1 when the source answers, but its answers no longer change.
        credits: credits that the account has left today; NaN until the source sends them.
        next_request: when the source is asked next, seconds since 1970.
        health: the state of the source.
        connections: open connections over TCP; only sources over TCP set it.
    """

    def __init__(self, metrics: GeneratorMetrics, name: str, interval_s: float = 0.0) -> None:
        self._metrics, self._name = metrics, name
        self.health = SourceHealth(name, interval_s)
        self.stopped = metrics.source_stopped.labels(source=name)
        self.credits = metrics.source_credits.labels(source=name)
        self.credits.set(float("nan"))
        self.connections = metrics.source_connections.labels(source=name)
        self.next_request = metrics.source_next_request.labels(source=name)

    def failed(self, reason: str) -> None:
        """Count a request without a usable answer."""
        self._metrics.source_errors.labels(source=self._name, reason=reason).inc()

    def lost(self, records: Mapping[str, int], fields: Mapping[str, int]) -> None:
        """Count aircraft without a usable new position by reason, and impossible values by field."""
        for reason, count in records.items():
            if count:
                self._metrics.source_skipped.labels(source=self._name, reason=reason).inc(count)
        for field, count in fields.items():
            self._metrics.source_fields_lost.labels(source=self._name, field=field).inc(count)
