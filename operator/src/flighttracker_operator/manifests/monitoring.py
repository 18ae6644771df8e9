"""Optional monitoring of a tracker: ServiceMonitor, PrometheusRule with alerts, and a Grafana dashboard."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests.dashboard import dashboard
from flighttracker_operator.manifests.metadata import child, config_map
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import COMPONENT_LABEL, TRACKER_LABEL, child_name

PROMETHEUS_OPERATOR: Final = "monitoring.coreos.com/v1"
GRAFANA_LABEL: Final = {"grafana_dashboard": "1"}
"""Label by which the sidecar of Grafana's Helm chart finds dashboards."""
LAG: Final = 50_000
"""Unread records of one shard that raise an alert: at 20,000 records a second on six shards, 15 s of records."""
SCRAPED: Final = ("gateway", "generator", "schema-registry")


def monitoring(tracker: FlightTracker, facts: Facts) -> list[Manifest]:
    """Return the monitoring objects that the resource requests and whose kinds the cluster serves."""
    wanted = tracker.spec.monitoring
    served = facts.serves(PROMETHEUS_OPERATOR) is not None
    made = []
    if wanted.service_monitor and served:
        made.append(_service_monitor(tracker, facts))
    if wanted.prometheus_rule and served:
        made.append(_rules(tracker, facts))
    if wanted.grafana_dashboard:
        shown = msgspec.json.format(msgspec.json.encode(dashboard(tracker, facts)), indent=1).decode()
        board = config_map(
            tracker,
            facts,
            "monitoring",
            {f"{tracker.metadata.name}.json": shown},
            name=f"{tracker.metadata.name}-dashboard",
        )
        board["metadata"]["labels"] |= GRAFANA_LABEL
        made.append(board)
    return made


def _service_monitor(tracker: FlightTracker, facts: Facts) -> Manifest:
    # Prometheus ignores Services without such a port.
    ports = [{"port": "metrics", "path": "/metrics"}, {"port": "management", "path": "/metrics"}]
    return child(
        tracker,
        facts,
        "monitoring",
        api_version=PROMETHEUS_OPERATOR,
        kind="ServiceMonitor",
        name=tracker.metadata.name,
        spec={
            "selector": {
                "matchLabels": {TRACKER_LABEL: tracker.metadata.name},
                "matchExpressions": [{"key": COMPONENT_LABEL, "operator": "In", "values": list(SCRAPED)}],
            },
            "namespaceSelector": {"matchNames": [facts.namespace]},
            "targetLabels": [TRACKER_LABEL],
            "endpoints": [{**port, "interval": "15s", "scrapeTimeout": "10s"} for port in ports],
        },
    )


def _rules(tracker: FlightTracker, facts: Facts) -> Manifest:
    return child(
        tracker,
        facts,
        "monitoring",
        api_version=PROMETHEUS_OPERATOR,
        kind="PrometheusRule",
        name=tracker.metadata.name,
        spec={"groups": [{"name": f"flighttracker-{tracker.metadata.name}", "rules": alerts(tracker, facts)}]},
    )


def alerts(tracker: FlightTracker, facts: Facts) -> list[dict[str, Any]]:
    """Return the alerts; each has a summary of the problem and a description of where to look."""
    gateways, generators = (
        f'namespace="{facts.namespace}",service="{child_name(tracker, component)}"'
        for component in ("gateway", "generator")
    )
    silent_s = max(120, round(3 * tracker.spec.longest_interval_seconds))
    name = f"{facts.namespace}/{tracker.metadata.name}"
    return [
        _alert(
            "FlightTrackerNoPositions",
            f"sum(increase(flights_generated_total{{{generators}}}[{silent_s}s])) == 0",
            "5m",
            "critical",
            f"The generators of {name} produce no positions.",
            f"Check the log of pod {child_name(tracker, 'generator')}-0 and the tracker's conditions.",
        ),
        _alert(
            "FlightTrackerGeneratorsGone",
            f"absent(up{{{generators}}} == 1)",
            "5m",
            "critical",
            f"No generator of {name} responds.",
            "Run kubectl describe on the tracker: its condition GeneratorReady has the reason.",
        ),
        _alert(
            "FlightTrackerGatewaysGone",
            f"absent(up{{{gateways}}} == 1)",
            "2m",
            "critical",
            f"No gateway of {name} responds: the map is unavailable.",
            "Run kubectl describe on the tracker: its condition GatewayReady has the reason.",
        ),
        _alert(
            "FlightTrackerStaleShards",
            f"max(flights_stale_shards{{{gateways}}}) > 0",
            "2m",
            "warning",
            f"Part of the map of {name} is stale.",
            "At least one shard has no owner that sends frames: check the gateways' logs and whether Redis responds.",
        ),
        _alert(
            "FlightTrackerLag",
            f"max(flights_kafka_lag{{{gateways}}}) > {LAG}",
            "5m",
            "warning",
            f"The gateways of {name} read positions more slowly than they are produced.",
            "Give the gateways more CPU, or add gateways, up to one for each partition.",
        ),
        _alert(
            "FlightTrackerSlowMap",
            f"histogram_quantile(0.99, sum by (le) (rate(flights_end_to_end_seconds_bucket{{{gateways}}}[5m]))) > 5",
            "10m",
            "warning",
            f"Positions of {name} reach the map more than 5 s late.",
            "Check flights_kafka_lag and flights_frame_encode_seconds. A real source may itself be late.",
        ),
        _alert(
            "FlightTrackerRecordsRefused",
            f'sum(rate(flights_rejected_total{{namespace="{facts.namespace}",'
            f'{TRACKER_SERIES}="{tracker.metadata.name}"}}[10m])) > 1',
            "10m",
            "warning",
            f"Records of {name} are rejected.",
            "The label `reason` has the cause; the records are kept in the topic of rejected records.",
        ),
        _alert(
            "FlightTrackerRecordsDropped",
            f"sum(increase(flights_dropped_total{{{generators}}}[5m])) > 0",
            "0m",
            "warning",
            f"A generator of {name} dropped records, because Kafka was unavailable for too long.",
            "Run kubectl describe on the tracker: its condition KafkaReady has the reason.",
        ),
        _alert(
            "FlightTrackerRevocationsNearlyFull",
            f"max by (kind) (flights_revoked_tokens{{{gateways}}} / flights_revoked_tokens_limit{{{gateways}}}) > 0.8",
            "5m",
            "warning",
            f"The list of revoked tokens of {name} is more than 80 % full.",
            "When it is full, no further token can be revoked: use tokens that expire sooner, or change their key.",
        ),
    ]


TRACKER_SERIES: Final = "flighttracker_io_tracker"
"""Name of the series label that a ServiceMonitor's `targetLabels` makes of `TRACKER_LABEL`."""


def _alert(name: str, expression: str, wait: str, severity: str, summary: str, what_to_do: str) -> dict[str, Any]:
    return {
        "alert": name,
        "expr": expression,
        "for": wait,
        "labels": {"severity": severity},
        "annotations": {"summary": summary, "description": what_to_do},
    }
