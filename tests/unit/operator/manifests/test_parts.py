"""Each part is rendered as the resource requests it: scaling, volumes, monitoring and refusals."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from flighttracker.spec import FlightTracker
from flighttracker.spec.quantities import in_units
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_operator.manifests import refusals, retained_claims
from flighttracker_operator.manifests.amounts import GATEWAY, resources
from flighttracker_operator.model.facts import Facts, Manifest, SecretFacts, WorkloadFacts
from flighttracker_operator.model.images import Images, images_of
from tests.unit.operator.manifests.cases import EVERYTHING_SERVED, facts, made, pod_of, secrets_of, tracker


def test_either_the_resource_or_an_autoscaler_sets_the_replicas_of_gateways() -> None:
    assert made(tracker({"gateway": {"replicas": 3}}))["Deployment", "sky-gateway"]["spec"]["replicas"] == 3
    by_cpu = made(tracker({"gateway": {"autoscaling": {}}}))
    assert "replicas" not in by_cpu["Deployment", "sky-gateway"]["spec"]
    assert by_cpu["HorizontalPodAutoscaler", "sky-gateway"]["spec"]["maxReplicas"] == 10
    by_viewers = made(
        tracker({"gateway": {"autoscaling": {"connectionsPerPod": 500}}}), facts(api_versions=EVERYTHING_SERVED)
    )
    assert ("HorizontalPodAutoscaler", "sky-gateway") not in by_viewers, "KEDA makes one itself"
    trigger = by_viewers["ScaledObject", "sky-gateway"]["spec"]["triggers"][1]["metadata"]
    assert trigger["url"] == "http://sky-gateway.flights.svc:9100/metrics", "which needs no token"
    assert trigger["valueLocation"] == "flights_viewers"
    assert trigger["targetValue"] == "500"


def metrics_peers(spec: dict[str, Any]) -> list[str]:
    """Return the labels with which a pod of any namespace reaches probes and metrics."""
    rules = made(tracker(spec))["NetworkPolicy", "sky-open"]["spec"]["ingress"]
    by_port = {rule["ports"][0]["port"]: rule.get("from") for rule in rules}
    assert by_port[8080] is None, "viewers come from anywhere"
    found = []
    for peer in by_port[9100]:
        assert peer["namespaceSelector"] == {}
        ((expression,)) = peer["podSelector"]["matchExpressions"]
        found += expression["values"]
    return found


def test_only_the_operator_scrapers_and_keda_reach_metrics() -> None:
    peers = metrics_peers({})
    assert {"flighttracker-operator", "prometheus"} <= set(peers)
    assert "keda-operator" not in peers
    assert "keda-operator" in metrics_peers({"gateway": {"autoscaling": {"connectionsPerPod": 500}}})


def test_roles_log_json_in_a_cluster() -> None:
    found = made(tracker({}))
    for workload in (("Deployment", "sky-gateway"), ("StatefulSet", "sky-generator")):
        (container,) = pod_of(found[workload])["containers"]
        assert container["command"][-2:] == ["--log-format", "json"]


IDLE_CPU = 0.05
"""Most CPU of a gateway without viewers, cores: one that owns half of 5,000 aircraft which report once a second."""
HPA_TOLERANCE = 0.1


def test_a_gateway_has_time_to_drain_before_it_is_killed() -> None:
    for drain_s in (0, 10, 12.5, 600):
        pod = pod_of(made(tracker({"gateway": {"drainSeconds": drain_s}}))["Deployment", "sky-gateway"])
        (wait,) = [
            int(part) for part in pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"] if part.isdigit()
        ]
        assert pod["terminationGracePeriodSeconds"] > wait + drain_s


def test_an_autoscaler_removes_gateways_without_viewers() -> None:
    """Each sync, a HorizontalPodAutoscaler sets ceil(gateways * utilization / target), except within a tolerance."""
    found = made(tracker({"gateway": {"autoscaling": {"minReplicas": 2, "maxReplicas": 10}}}))
    request = pod_of(found["Deployment", "sky-gateway"])["containers"][0]["resources"]["requests"]["cpu"]
    scaler = found["HorizontalPodAutoscaler", "sky-gateway"]["spec"]
    target = scaler["metrics"][0]["resource"]["target"]["averageUtilization"]
    idle = 100 * IDLE_CPU / float(in_units(request))
    gateways = scaler["maxReplicas"]
    for _ in range(10):
        if abs(idle / target - 1) > HPA_TOLERANCE:
            gateways = max(math.ceil(gateways * idle / target), scaler["minReplicas"])
    assert gateways == scaler["minReplicas"]


def live() -> WorkloadFacts:
    return WorkloadFacts(pod_annotations={})


def test_existing_claims_grow() -> None:
    wanted = tracker({"kafka": {"builtin": {"storage": {"size": "40Gi"}}}})
    known = facts(
        workloads={"sky-kafka": live()}, volume_claims={"data-sky-kafka-0": "10Gi", "data-sky-redis-0": "1Gi"}
    )
    found = made(wanted, known)
    claim = found["PersistentVolumeClaim", "data-sky-kafka-0"]
    assert claim["spec"]["resources"]["requests"]["storage"] == "40Gi"
    assert refusals(wanted, known) == []


def test_a_volume_never_shrinks() -> None:
    wanted = tracker({"kafka": {"builtin": {"storage": {"size": "5Gi"}}}})
    known = facts(workloads={"sky-kafka": live()}, volume_claims={"data-sky-kafka-0": "10Gi"})
    claim = made(wanted, known)["PersistentVolumeClaim", "data-sky-kafka-0"]
    assert claim["spec"]["resources"]["requests"]["storage"] == "10Gi"
    (refusal,) = refusals(wanted, known)
    assert "spec.kafka.builtin.storage.size is 5Gi, but the volume has 10Gi" in refusal.message


OPENSKY = {"source": {"opensky": {"credentialsSecret": "opensky"}}}


@pytest.mark.parametrize(
    ("spec", "known", "component", "message"),
    [
        (OPENSKY, {}, "generator", "Secret opensky does not exist: create it with the keys client_id, client_secret"),
        (
            OPENSKY,
            {"secrets": {"opensky": SecretFacts(keys=frozenset({"client_id"}), digest="x")}},
            "generator",
            "Secret opensky lacks the key client_secret: add it",
        ),
        ({"kafka": {"provider": "strimzi"}}, {}, "kafka", "Strimzi is not installed"),
        ({"gateway": {"autoscaling": {"connectionsPerPod": 9}}}, {}, "gateway", "needs KEDA, which is not installed"),
        (
            {"ingress": {"enabled": True, "gatewayApi": {"parentRef": {"name": "edge"}}}},
            {},
            "ingress",
            "needs gateway.networking.k8s.io/v1, which is not installed",
        ),
        ({"monitoring": {"serviceMonitor": True}}, {}, "monitoring", "the Prometheus operator"),
    ],
)
def test_a_request_that_cannot_be_fulfilled_is_reported_with_its_fix(
    spec: dict[str, Any], known: dict[str, Any], component: str, message: str
) -> None:
    (refusal,) = refusals(tracker(spec), facts(**known))
    assert refusal.component == component
    assert message in refusal.message
    assert re.fullmatch(r"[A-Z][A-Za-z]+", refusal.reason)


def test_a_condition_names_no_key_that_the_resource_did_not_ask_for() -> None:
    known = {"opensky": SecretFacts(keys=frozenset({"client_id", "payroll-database"}), digest="x")}
    (refusal,) = refusals(tracker(OPENSKY), facts(secrets=known))
    assert refusal.reason == "SecretIncomplete"
    assert "payroll" not in refusal.message


def test_a_tracker_without_such_requests_reports_nothing() -> None:
    assert refusals(tracker(), facts()) == []
    wanted = tracker(OPENSKY)
    assert refusals(wanted, facts(secrets=secrets_of(wanted))) == []


def watched(spec: dict[str, Any], known: Facts) -> tuple[FlightTracker, dict[tuple[str, str], Manifest]]:
    wanted = tracker(spec)
    return wanted, made(wanted, known)


def test_alerts_and_dashboard_use_metrics_that_the_roles_export() -> None:
    registry = CollectorRegistry()
    GatewayMetrics(registry).set_certificate_expiry(0.0)
    families = [*registry.collect(), *GeneratorMetrics(CollectorRegistry()).registry.collect()]
    suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"], "gauge": [""], "info": ["_info"]}
    known = {family.name + suffix for family in families for suffix in suffixes[family.type]}
    _, found = watched(
        {"monitoring": {"prometheusRule": True, "grafanaDashboard": True, "serviceMonitor": True}},
        facts(api_versions=EVERYTHING_SERVED),
    )
    (group,) = found["PrometheusRule", "sky"]["spec"]["groups"]
    board = json.loads(found["ConfigMap", "sky-dashboard"]["data"]["sky.json"])
    asked = [rule["expr"] for rule in group["rules"]]
    asked += [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    named = {name for expression in asked for name in re.findall(r"\b(flights_\w+|process_\w+)\{", expression)}
    assert len(named) > 12
    assert named <= known
    services = {service for expression in asked for service in re.findall(r'service="([^"]+)"', expression)}
    assert services == {"sky-generator", "sky-gateway"}
    for rule in group["rules"]:
        assert rule["annotations"]["summary"].endswith(".")
        assert len(rule["annotations"]["description"]) > 20
    assert found["ConfigMap", "sky-dashboard"]["metadata"]["labels"]["grafana_dashboard"] == "1"


def test_no_monitoring_objects_without_the_prometheus_operator() -> None:
    _, found = watched({"monitoring": {"prometheusRule": True, "serviceMonitor": True}}, facts())
    assert not [kind for kind, _ in found if kind in ("PrometheusRule", "ServiceMonitor")]


@pytest.mark.parametrize(
    ("text", "number"),
    [("500m", "0.5"), ("2", "2"), ("1.5Gi", str(1.5 * 1024**3)), ("10k", "10000"), ("1Ti", str(1024**4))],
)
def test_quantities_are_numbers(text: str, number: str) -> None:
    assert in_units(text) == in_units(number)


def test_a_request_or_limit_alone_never_gives_a_request_above_the_limit() -> None:
    large = tracker({"gateway": {"resources": {"requests": {"memory": "4Gi"}}}}).spec.gateway.resources
    assert resources(GATEWAY, large)["limits"]["memory"] == "4Gi"
    small = tracker({"gateway": {"resources": {"limits": {"memory": "64Mi"}}}}).spec.gateway.resources
    assert resources(GATEWAY, small)["requests"]["memory"] == "64Mi"


def test_images_come_from_the_environment_unless_the_resource_overrides_them() -> None:
    images = images_of({"FLIGHTTRACKER_IMAGE_SERVICES": "example.org/services:2", "FLIGHTTRACKER_IMAGE_WEB": ""})
    assert images.services == "example.org/services:2"
    assert images.web == Images().web
    wanted = tracker({"podTemplate": {"imageOverrides": {"gateway": "example.org/gateway:3"}}})
    found = made(wanted, facts(images=images))
    assert pod_of(found["Deployment", "sky-gateway"])["containers"][0]["image"] == "example.org/gateway:3"
    assert pod_of(found["StatefulSet", "sky-generator"])["containers"][0]["image"] == "example.org/services:2"


def test_the_heap_of_kafka_is_half_of_its_memory_limit() -> None:
    wanted = tracker({"kafka": {"builtin": {"resources": {"limits": {"memory": "4Gi"}}}}})
    environment = pod_of(made(wanted)["StatefulSet", "sky-kafka"])["containers"][0]["env"]
    assert {"name": "KAFKA_HEAP_OPTS", "value": "-Xms1024m -Xmx2048m"} in environment


def test_a_retained_claim_has_no_owner_that_would_delete_it() -> None:
    known = facts(workloads={"sky-kafka": live()}, volume_claims={"data-sky-kafka-0": "10Gi"})
    for reclaim, owned in (("Delete", True), ("Retain", False)):
        wanted = tracker({"kafka": {"builtin": {"storage": {"reclaim": reclaim}}}})
        claim = made(wanted, known)["PersistentVolumeClaim", "data-sky-kafka-0"]
        assert ("ownerReferences" in claim["metadata"]) == owned
        assert retained_claims(wanted) == (frozenset() if owned else {"data-sky-kafka-0"})


@pytest.mark.parametrize(("reclaim", "deletes"), [("Delete", True), ("Retain", False)])
def test_strimzi_retains_its_volumes_too(reclaim: str, deletes: bool) -> None:
    wanted = tracker({"kafka": {"provider": "strimzi", "strimzi": {"storage": {"reclaim": reclaim}}}})
    found = made(wanted, facts(api_versions=EVERYTHING_SERVED))
    (pool,) = [body for (kind, _), body in found.items() if kind == "KafkaNodePool"]
    assert pool["spec"]["storage"]["volumes"][0]["deleteClaim"] == deletes
