"""Every role says its version in its metrics, and lists no `_created` series."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_operator.metrics import REGISTRY


def gateway() -> CollectorRegistry:
    metrics = GatewayMetrics(CollectorRegistry())
    metrics.kafka_records.inc()
    metrics.broadcast_seconds.observe(0.1)
    return metrics.registry


def generator() -> CollectorRegistry:
    metrics = GeneratorMetrics()
    metrics.generated.inc()
    metrics.step_s.observe(0.1)
    return metrics.registry


@pytest.mark.parametrize(
    ("role", "registry"),
    [("gateway", gateway()), ("generator", generator()), ("operator", REGISTRY)],
    ids=["gateway", "generator", "operator"],
)
def test_metrics_have_the_version_and_no_created_series(role: str, registry: CollectorRegistry) -> None:
    page = generate_latest(registry).decode()
    assert f'flights_build_info{{role="{role}",version="' in page
    assert "_created" not in page
