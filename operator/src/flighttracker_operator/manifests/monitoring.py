"""Optional monitoring of a tracker: ServiceMonitor, PrometheusRule with alerts, and a Grafana dashboard."""

from __future__ import annotations

from typing import Final

import msgspec

from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests.alert import rule_group, selection_of
from flighttracker_operator.manifests.dashboard import tracker_dashboard
from flighttracker_operator.manifests.metadata import child, config_map
from flighttracker_operator.manifests.tracker_alerts import tracker_alerts
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import COMPONENT_LABEL, TRACKER_LABEL

PROMETHEUS_OPERATOR: Final = "monitoring.coreos.com/v1"
GRAFANA_LABEL: Final = {"grafana_dashboard": "1"}
"""Label by which the sidecar of Grafana's Helm chart finds dashboards."""
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
        made_board = tracker_dashboard(selection_of(tracker, facts), f"flights-{facts.uid}"[:40])
        shown = msgspec.json.format(msgspec.json.encode(made_board), indent=1).decode()
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
    scraped = [*SCRAPED, *(["historian"] if tracker.spec.history.enabled else [])]
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
                "matchExpressions": [{"key": COMPONENT_LABEL, "operator": "In", "values": scraped}],
            },
            "namespaceSelector": {"matchNames": [facts.namespace]},
            "targetLabels": [TRACKER_LABEL],
            "endpoints": [{**port, "interval": "15s", "scrapeTimeout": "10s"} for port in ports],
        },
    )


def _rules(tracker: FlightTracker, facts: Facts) -> Manifest:
    of = selection_of(tracker, facts)
    group = rule_group(f"flighttracker-{tracker.metadata.name}", tracker_alerts(of), of.labels, facts.runbook_url)
    return child(
        tracker,
        facts,
        "monitoring",
        api_version=PROMETHEUS_OPERATOR,
        kind="PrometheusRule",
        name=tracker.metadata.name,
        spec={"groups": [group]},
    )
