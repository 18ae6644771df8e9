"""Reference of the metrics, from the registries of generator, gateway and operator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase
from scripts.reference.markdown import code, plain, table

from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_operator.metrics import REGISTRY as OPERATOR


class Metric(NamedTuple):
    """A metric as /metrics names it."""

    name: str
    kind: str
    labels: tuple[str, ...]
    text: str


def registries() -> dict[str, CollectorRegistry]:
    """Return the registry of each role, with every metric that the role may export."""
    gateway = GatewayMetrics(CollectorRegistry())
    gateway.set_certificate_expiry(0.0)  # absent without TLS
    return {"generator": GeneratorMetrics().registry, "gateway": gateway.registry, "operator": OPERATOR}


def metrics_of(registry: CollectorRegistry) -> Iterator[Metric]:
    """Yield the metrics of a registry, by name, without those of the process."""
    collectors = [each for each in set(registry._collector_to_names) if isinstance(each, MetricWrapperBase)]
    for collector in sorted(collectors, key=lambda each: each._name):
        ((name, kind),) = [(family.name, family.type) for family in collector.describe()]
        suffix = {"counter": "_total", "info": "_info"}.get(kind, "")
        yield Metric(f"{name}{suffix}", kind, tuple(collector._labelnames), collector._documentation)


def page() -> str:
    """Return the page."""
    sections = [
        "# Metrics\n\n`/metrics` serves them in the text format of Prometheus: on port 9100 of gateways and generators "
        "in a cluster, and on the port of the map in local mode. A histogram has `_bucket`, `_sum` and `_count`. Names "
        "end in their unit. Gateways and operator also export `process_*` of their process. "
        "[Operations](../operations.md#monitoring) says which metric answers which question.\n"
    ]
    for role, registry in registries().items():
        rows = [
            (code(metric.name), metric.kind, ", ".join(map(code, metric.labels)), plain(metric.text))
            for metric in metrics_of(registry)
        ]
        sections.append(f"## {role.capitalize()}\n\n{table(('name', 'type', 'labels', 'description'), rows)}")
    return "\n".join(sections)
