"""The Grafana dashboard of a tracker; its panels follow a position from the source to the socket."""

from __future__ import annotations

from typing import Any, Final

from flighttracker.spec import FlightTracker
from flighttracker_operator.model.facts import Facts
from flighttracker_operator.model.names import child_name

WIDTH: Final = 24
COLUMNS: Final = 3
HEIGHT: Final = 7
RATE: Final = "[$__rate_interval]"


def dashboard(tracker: FlightTracker, facts: Facts) -> dict[str, Any]:
    """Return the dashboard of a tracker in Grafana's import format."""
    generators, gateways = (
        f'namespace="{facts.namespace}",service="{child_name(tracker, component)}"'
        for component in ("generator", "gateway")
    )
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
                "rejected: {{reason}}": f'sum by (reason) (rate(flights_rejected_total{{namespace="{facts.namespace}",'
                f'service=~"{child_name(tracker, "generator")}|{child_name(tracker, "gateway")}"}}{RATE}))',
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
            "CPU",
            "short",
            {"{{pod}}": f"sum by (pod) (rate(process_cpu_seconds_total{{{gateways}}}{RATE}))"},
        ),
    ]
    for number, panel in enumerate(panels):
        row, column = divmod(number, COLUMNS)
        width = WIDTH // COLUMNS
        panel["id"] = number + 1
        panel["gridPos"] = {"x": column * width, "y": row * HEIGHT, "w": width, "h": HEIGHT}
    return {
        "uid": f"flights-{facts.uid}"[:40],
        "title": f"Flight tracker {facts.namespace}/{tracker.metadata.name}",
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
