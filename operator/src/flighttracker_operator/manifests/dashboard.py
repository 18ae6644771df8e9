"""The Grafana dashboards: of a tracker, whose panels follow a position to the socket, and of the operator."""

from __future__ import annotations

from typing import Any, Final

from flighttracker.metric_names import (
    HISTORY_FAILED_WRITES,
    HISTORY_LAG,
    HISTORY_POSITIONS,
    HISTORY_ROWS,
    HISTORY_SIZE,
    HISTORY_VOLUME_FREE,
    HISTORY_WAITING,
    KAFKA_VOLUME_FREE,
    KAFKA_VOLUME_SIZE,
)
from flighttracker_operator.manifests.alert import Selection

WIDTH: Final = 24
COLUMNS: Final = 3
HEIGHT: Final = 7
RATE: Final = "[$__rate_interval]"


def tracker_dashboard(of: Selection, uid: str) -> dict[str, Any]:
    """Return the dashboard of a tracker in Grafana's import format.

    Args:
        of: the series of the tracker.
        uid: identifies the dashboard in Grafana.
    """
    generators, gateways = of.generators, of.gateways
    panels = [
        _panel(
            "Positions produced", "ops", {"positions/s": f"sum(rate(flights_generated_total{{{generators}}}{RATE}))"}
        ),
        _panel(
            "Positions read",
            "ops",
            {"{{pod}}": f"sum by (pod) (rate(flights_kafka_records_total{{{gateways}}}{RATE}))"},
        ),
        _panel("Lag per shard", "short", {"shard {{shard}}": f"max by (shard) (flights_kafka_lag{{{gateways}}})"}),
        _panel(
            "Latency from position to socket",
            "s",
            {
                f"p{percent}": f"histogram_quantile(0.{percent}, sum by (le) "
                f"(rate(flights_end_to_end_seconds_bucket{{{gateways}}}{RATE})))"
                for percent in (50, 95, 99)
            },
        ),
        _panel(
            "Rejected and dropped records",
            "ops",
            {
                "rejected: {{reason}}": f"sum by (reason) (rate(flights_rejected_total{{{of.both}}}{RATE}))",
                "dropped": f"sum(rate(flights_dropped_total{{{generators}}}{RATE}))",
                "{{source}}: {{reason}}": "sum by (source, reason) "
                f"(rate(flights_source_errors_total{{{generators}}}{RATE}))",
            },
        ),
        _panel("Stale shards", "short", {"{{pod}}": f"max by (pod) (flights_stale_shards{{{gateways}}})"}),
        _panel("Viewers", "short", {"{{pod}}": f"sum by (pod) (flights_ws_connections{{{gateways}}})"}),
        _panel(
            "Bytes sent", "Bps", {"{{pod}}": f"sum by (pod) (rate(flights_ws_sent_bytes_total{{{gateways}}}{RATE}))"}
        ),
        _panel(
            "Slow, refused and closed connections",
            "short",
            {
                "slow": f"sum(flights_ws_slow_clients{{{gateways}}})",
                "refused: {{reason}}": f"sum by (reason) (rate(flights_ws_refused_total{{{gateways}}}{RATE}))",
                "closed: {{code}}": f"sum by (code) (rate(flights_ws_closed_total{{{gateways}}}{RATE}))",
            },
        ),
        _panel(
            "Frame size",
            "bytes",
            {
                "{{kind}}": f"sum by (kind) (rate(flights_frame_bytes_sum{{{gateways}}}{RATE})) "
                f"/ sum by (kind) (rate(flights_frame_bytes_count{{{gateways}}}{RATE}))"
            },
        ),
        _panel(
            "Relay",
            "ops",
            {
                "gaps": f"sum(rate(flights_relay_gaps_total{{{gateways}}}{RATE}))",
                "restarts: {{reason}}": f"sum by (reason) (rate(flights_relay_restarts_total{{{gateways}}}{RATE}))",
            },
        ),
        _panel(
            "Sources by state",
            "short",
            {"{{source}}: {{state}}": f"max by (source, state) (flights_source_state{{{generators}}}) == 1"},
        ),
        _panel(
            "Kafka's volumes",
            "percentunit",
            {
                "broker {{broker}}": f"1 - min by (broker) ({KAFKA_VOLUME_FREE}{{{gateways}}} "
                f"/ {KAFKA_VOLUME_SIZE}{{{gateways}}})"
            },
        ),
        _panel(
            "Redis' memory",
            "bytes",
            {
                "used": f"max(flights_redis_memory_bytes{{{gateways}}})",
                "limit": f"max(flights_redis_memory_limit_bytes{{{gateways}}})",
            },
        ),
        _panel(
            "CPU",
            "short",
            {"{{pod}}": f"sum by (pod) (rate(process_cpu_seconds_total{{{gateways}}}{RATE}))"},
        ),
    ]
    if of.historians is not None:
        panels += _history(of.historians)
    title = f"Flight tracker {of.name}" if of.labels else "Flight tracker"
    return _board(uid, title, panels)


def _history(historians: str) -> list[dict[str, Any]]:
    """Return the row about the history."""
    written = f"sum(rate({HISTORY_ROWS}{{{historians}}}{RATE}))"
    return [
        _panel(
            "Positions kept",
            "ops",
            {
                "read": f"sum(rate({HISTORY_POSITIONS}{{{historians}}}{RATE}))",
                "kept": written,
                "failed writes": f"sum(rate({HISTORY_FAILED_WRITES}{{{historians}}}{RATE}))",
            },
        ),
        _panel(
            "Lag of the history",
            "short",
            {
                "shard {{shard}}": f"max by (shard) ({HISTORY_LAG}{{{historians}}})",
                "in no file yet": f"sum({HISTORY_WAITING}{{{historians}}})",
            },
        ),
        _panel(
            "Size of the history",
            "bytes",
            {
                "files": f"max({HISTORY_SIZE}{{{historians}}})",
                "free": f"min({HISTORY_VOLUME_FREE}{{{historians}}})",
            },
        ),
    ]


def operator_dashboard() -> dict[str, Any]:
    """Return the dashboard of the operator."""
    passes, errors = "flighttracker_operator_passes_total", "flighttracker_operator_api_errors_total"
    panels = [
        _panel(
            "Trackers",
            "short",
            {"managed": "sum(flighttracker_operator_trackers)", "in the queue": "sum(flighttracker_operator_waiting)"},
        ),
        _panel(
            "Trackers with a problem",
            "short",
            {"{{condition}}: {{reason}}": "sum by (condition, reason) (flighttracker_operator_tracker_problem)"},
        ),
        _panel("Passes", "ops", {"{{result}}": f"sum by (result) (rate({passes}{RATE}))"}),
        _panel(
            "Duration of a pass",
            "s",
            {
                f"p{percent}": f"histogram_quantile(0.{percent}, sum by (le) "
                f"(rate(flighttracker_operator_pass_seconds_bucket{RATE})))"
                for percent in (50, 99)
            },
        ),
        _panel(
            "Writes to the API server",
            "ops",
            {"{{method}} {{kind}}": f"sum by (method, kind) (rate(flighttracker_operator_writes_total{RATE}))"},
        ),
        _panel("Failed requests", "ops", {"{{code}}": f"sum by (code) (rate({errors}{RATE}))"}),
        _panel(
            "Restarts of watches", "ops", {"restarts": f"sum(rate(flighttracker_operator_watch_restarts_total{RATE}))"}
        ),
        _panel(
            "Age of the last success",
            "s",
            {"age": "time() - max(flighttracker_operator_last_success_timestamp_seconds)"},
        ),
        _panel("Objects in the store", "short", {"objects": "sum(flighttracker_operator_objects)"}),
    ]
    return _board("flights-operator", "Flight tracker operator", panels)


def _board(uid: str, title: str, panels: list[dict[str, Any]]) -> dict[str, Any]:
    for number, panel in enumerate(panels):
        row, column = divmod(number, COLUMNS)
        width = WIDTH // COLUMNS
        panel["id"] = number + 1
        panel["gridPos"] = {"x": column * width, "y": row * HEIGHT, "w": width, "h": HEIGHT}
    return {
        "uid": uid,
        "title": title,
        "tags": ["flighttracker"],
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-1h", "to": "now"},
        "templating": {
            "list": [{"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Data source"}]
        },
        "panels": panels,
    }


def _panel(title: str, unit: str, series: dict[str, str]) -> dict[str, Any]:
    source = {"type": "prometheus", "uid": "${datasource}"}
    return {
        "type": "timeseries",
        "title": title,
        "datasource": source,
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + number), "datasource": source, "expr": expression, "legendFormat": legend}
            for number, (legend, expression) in enumerate(series.items())
        ],
    }
