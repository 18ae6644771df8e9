"""Each field that Compose cannot express is named in a warning, and no other."""

from __future__ import annotations

import pytest

from flighttracker.spec import parse_tracker
from flighttracker_cli.compose.unsupported import warnings


def fields(spec: str) -> list[str]:
    text = f"apiVersion: flighttracker.io/v1alpha1\nkind: FlightTracker\nmetadata: {{name: map}}\nspec: {spec}"
    return [warning.split()[0].rstrip(":") for warning in warnings(parse_tracker(text, source="test"))]


@pytest.mark.parametrize(
    ("spec", "named"),
    [
        ("{}", []),
        ("{gateway: {replicas: 3}, kafka: {partitions: 12}}", []),
        ("{paused: true}", ["spec.paused"]),
        ("{gateway: {autoscaling: {minReplicas: 3}}}", ["spec.gateway.autoscaling"]),
        ("{web: {replicas: 2}}", ["spec.web.replicas"]),
        ("{web: {basePath: /maps, service: {port: 80}}}", ["spec.web.service"]),
        ("{web: {enabled: false}}", ["spec.gateway.replicas"]),
        ("{web: {enabled: false}, gateway: {replicas: 1}}", []),
        ("{kafka: {builtin: {storage: {size: 20Gi}}}}", ["spec.kafka.builtin.storage.size"]),
        ("{redis: {builtin: {storage: {className: fast}}}}", ["spec.redis.builtin.storage.className"]),
        ("{history: {enabled: true, storage: {volume: {size: 5Gi}}}}", []),
        ("{history: {enabled: true, storage: {volume: {className: fast}}}}", ["spec.history.storage.volume.className"]),
        ("{monitoring: {serviceMonitor: true, otlpEndpoint: 'http://otel:4318'}}", ["spec.monitoring.serviceMonitor"]),
        (
            "{podTemplate: {nodeSelector: {disk: ssd}, imageOverrides: {web: own}, imagePullSecrets: [pull]}}",
            ["spec.podTemplate.nodeSelector", "spec.podTemplate.imagePullSecrets"],
        ),
        (
            "{podTemplate: {runtimeClassName: a}, redis: {podTemplate: {volumes: [{name: a}]}}}",
            ["spec.podTemplate.runtimeClassName", "spec.redis.podTemplate"],
        ),
        (
            "{ingress: {enabled: true, className: nginx, host: a.example.org, tls: {secretName: t, clusterIssuer: i}}}",
            ["spec.ingress.className", "spec.ingress.tls.clusterIssuer"],
        ),
    ],
)
def test_a_field_without_an_effect_is_named(spec: str, named: list[str]) -> None:
    assert fields(spec) == named
