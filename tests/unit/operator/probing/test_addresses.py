"""Where pods answer probes, also those of the version before the port `metrics`."""

from __future__ import annotations

from typing import Any

import pytest

from flighttracker_operator.probing.addresses import ready_addresses

NEW = {"ports": [{"name": "http", "containerPort": 8080}, {"name": "metrics", "containerPort": 9100}]}
OLD = {"ports": [{"name": "http", "containerPort": 8080}], "readinessProbe": {"httpGet": {"path": "/ready"}}}
OLD_TLS = {**OLD, "readinessProbe": {"httpGet": {"path": "/ready", "scheme": "HTTPS"}}}


def pod(component: str, container: dict[str, Any], address: str = "10.0.0.1", ready: str = "True") -> dict[str, Any]:
    return {
        "metadata": {"labels": {"app.kubernetes.io/component": component}},
        # A sidecar that a webhook injects comes first.
        "spec": {"containers": [{"name": "proxy"}, container]},
        "status": {"podIP": address, "conditions": [{"type": "Ready", "status": ready}]},
    }


@pytest.mark.parametrize(
    ("container", "address", "url"),
    [
        (NEW, "10.0.0.1", "http://10.0.0.1:9100"),
        (NEW, "fd00::1", "http://[fd00::1]:9100"),
        (OLD, "10.0.0.1", "http://10.0.0.1:8080"),
        (OLD_TLS, "10.0.0.1", "https://10.0.0.1:8080"),
    ],
)
def test_a_gateway_is_probed_where_its_own_spec_says(container: dict[str, Any], address: str, url: str) -> None:
    assert ready_addresses([pod("gateway", container, address)]) == {"gateway": [url]}


def test_other_pods_are_hosts_and_pods_that_are_not_ready_are_left_out() -> None:
    pods = [
        pod("generator", NEW),
        pod("schema-registry", {}, "fd00::2"),
        pod("gateway", NEW, ready="False"),
        {"metadata": {}, "status": {"conditions": []}},
    ]
    assert ready_addresses(pods) == {"generator": ["10.0.0.1"], "schema-registry": ["[fd00::2]"]}
