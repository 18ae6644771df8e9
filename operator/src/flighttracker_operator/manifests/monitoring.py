"""What watches a tracker, where it is asked for and the kinds exist: scraping, alerts, a dashboard for Grafana."""

from __future__ import annotations

import json
from typing import Any, Final

from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests.dashboard import dashboard
from flighttracker_operator.manifests.metadata import child, config_map
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import COMPONENT_LABEL, TRACKER_LABEL, child_name

PROMETHEUS_OPERATOR: Final = "monitoring.coreos.com/v1"
GRAFANA_LABEL: Final = {"grafana_dashboard": "1"}
"""What the sidecar of Grafana's own chart looks for."""
LAG: Final = 50_000
"""Records of one shard that are behind: at 20,000 a second on six shards, a quarter of a minute."""
SCRAPED: Final = ("gateway", "generator", "schema-registry")


def monitoring(tracker: FlightTracker, facts: Facts) -> list[Manifest]:
    """Return what the resource asks for and the cluster knows."""
    wanted = tracker.spec.monitoring
    served = facts.serves(PROMETHEUS_OPERATOR) is not None
    made = []
    if wanted.service_monitor and served:
        made.append(_service_monitor(tracker, facts))
    if wanted.prometheus_rule and served:
        made.append(_rules(tracker, facts))
    if wanted.grafana_dashboard:
        shown = json.dumps(dashboard(tracker, facts), indent=1)
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
    gateway: dict[str, Any] = {"port": "http", "path": "/metrics"}
    if tracker.spec.gateway.tls:
        # The certificate is for the host that people use, not for the addresses that Prometheus scrapes.
        gateway |= {"scheme": "https", "tlsConfig": {"insecureSkipVerify": True}}
    ports = [gateway, {"port": "metrics", "path": "/metrics"}, {"port": "management", "path": "/metrics"}]
    # A Service without such a port is passed over; the registry's `http` has no metrics, so it is left out by name.
    keep_ours = {
        "action": "drop",
        "sourceLabels": [
            "__meta_kubernetes_service_label_app_kubernetes_io_component",
            "__meta_kubernetes_endpoint_port_name",
        ],
        "regex": "schema-registry;http",
    }
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
            "endpoints": [
                {**port, "interval": "15s", "scrapeTimeout": "10s", "relabelings": [keep_ours]} for port in ports
            ],
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
    """Return what a person should be told: each says what is wrong, and where to look."""
    gateways, generators = (
        f'namespace="{facts.namespace}",service="{child_name(tracker, component)}"'
        for component in ("gateway", "generator")
    )
    silent_s = max(120, round(3 * tracker.spec.source.chosen.interval_seconds))
    name = f"{facts.namespace}/{tracker.metadata.name}"
    return [
        _alert(
            "FlightTrackerNoPositions",
            f"sum(increase(flights_generated_total{{{generators}}}[{silent_s}s])) == 0",
            "5m",
            "critical",
            f"No generator of {name} produces positions.",
            f"Look at the log of the pod {child_name(tracker, 'generator')}-0, and at the tracker's conditions.",
        ),
        _alert(
            "FlightTrackerGeneratorsGone",
            f"absent(up{{{generators}}} == 1)",
            "5m",
            "critical",
            f"No generator of {name} answers.",
            "kubectl describe the tracker: its condition GeneratorReady says why.",
        ),
        _alert(
            "FlightTrackerGatewaysGone",
            f"absent(up{{{gateways}}} == 1)",
            "2m",
            "critical",
            f"No gateway of {name} answers: nobody sees the map.",
            "kubectl describe the tracker: its condition GatewayReady says why.",
        ),
        _alert(
            "FlightTrackerStaleShards",
            f"max(flights_stale_shards{{{gateways}}}) > 0",
            "2m",
            "warning",
            f"A part of the map of {name} stands still.",
            "A shard has no owner that sends frames: look at the gateways' logs, and whether Redis answers.",
        ),
        _alert(
            "FlightTrackerLag",
            f"max(flights_kafka_lag{{{gateways}}}) > {LAG}",
            "5m",
            "warning",
            f"The gateways of {name} read positions more slowly than they come.",
            "Give the gateways more CPU, or add gateways: no more of them read than there are partitions.",
        ),
        _alert(
            "FlightTrackerSlowMap",
            f"histogram_quantile(0.99, sum by (le) (rate(flights_end_to_end_seconds_bucket{{{gateways}}}[5m]))) > 5",
            "10m",
            "warning",
            f"Positions of {name} reach the map more than 5 s late.",
            "Compare flights_kafka_lag and flights_frame_encode_seconds; a real source may itself be late.",
        ),
        _alert(
            "FlightTrackerRecordsRefused",
            f'sum(rate(flights_rejected_total{{namespace="{facts.namespace}",'
            f'{TRACKER_SERIES}="{tracker.metadata.name}"}}[10m])) > 1',
            "10m",
            "warning",
            f"Records of {name} are refused.",
            "The label `reason` says why; the records themselves are kept in the topic of refused records.",
        ),
        _alert(
            "FlightTrackerRecordsDropped",
            f"sum(increase(flights_dropped_total{{{generators}}}[5m])) > 0",
            "0m",
            "warning",
            f"A generator of {name} gave records up, because Kafka was away for too long.",
            "kubectl describe the tracker: its condition KafkaReady says why.",
        ),
    ]


TRACKER_SERIES: Final = "flighttracker_io_tracker"
"""The label of `TRACKER_LABEL` as a ServiceMonitor's `targetLabels` writes it on a series."""


def _alert(name: str, expression: str, wait: str, severity: str, summary: str, what_to_do: str) -> dict[str, Any]:
    return {
        "alert": name,
        "expr": expression,
        "for": wait,
        "labels": {"severity": severity},
        "annotations": {"summary": summary, "description": what_to_do},
    }
