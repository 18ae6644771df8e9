"""Conditions about what the map survives: an autoscaler without metrics, a second operator, a deleted volume."""

from __future__ import annotations

import pytest

from tests.unit.operator.status.status_world import NOW, World

AUTOSCALING = {"gateway": {"autoscaling": {"minReplicas": 2, "maxReplicas": 6}}}


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (
            {
                "type": "ScalingActive",
                "status": "False",
                "reason": "FailedGetResourceMetric",
                "message": "the HPA was unable to compute the replica count: failed to get cpu utilization",
            },
            "reports FailedGetResourceMetric: the HPA was unable to compute the replica count",
        ),
        (
            {"type": "AbleToScale", "status": "False", "reason": "FailedGetScale"},
            "reports FailedGetScale (kubectl desc",
        ),
    ],
)
def test_an_autoscaler_that_cannot_scale_is_reported(condition: dict[str, str], words: str) -> None:
    world = World(AUTOSCALING)
    world.ready("Deployment", "demo-gateway", 2)
    world.live["Deployment", "demo-gateway"]["spec"]["replicas"] = 2
    world.live["Deployment", "demo-gateway"]["status"]["updatedReplicas"] = 2
    assert world.condition("GatewayReady")[1] == "Ready"
    world.live["HorizontalPodAutoscaler", "demo-gateway"]["status"] = {"conditions": [condition]}
    status, reason, message = world.condition("GatewayReady")
    assert (status, reason) == ("True", "AutoscalerFails")
    assert words in message
    assert world.condition()[0] == "True"


def test_an_autoscaler_that_works_or_has_not_reported_is_no_problem() -> None:
    world = World(AUTOSCALING)
    world.ready("Deployment", "demo-gateway", 1)
    for conditions in (None, [], [{"type": "ScalingActive", "status": "True", "reason": "ValidMetricFound"}]):
        world.live["HorizontalPodAutoscaler", "demo-gateway"]["status"] = {"conditions": conditions}
        assert world.condition("GatewayReady")[1] == "Ready"


def test_a_second_operator_is_a_condition_that_does_not_affect_ready() -> None:
    world = World()
    assert [one["type"] for one in world.status()["conditions"]].count("SoleOperator") == 0
    world.more |= {"operator": "maps/one", "operator_version": "1.2.3", "rival": "maps/two (version 1.3.0)"}
    status = world.status()
    assert (status["operator"], status["operatorVersion"]) == ("maps/one", "1.2.3")
    found = world.condition("SoleOperator")
    assert found[:2] == ("False", "SecondOperator")
    assert "operator maps/two (version 1.3.0) also manages this namespace and stands by" in found[2]
    assert world.condition()[0] == "True"


def test_a_volume_that_disappears_with_its_pod_is_reported() -> None:
    world = World()
    labels = {"flighttracker.io/tracker": "demo", "app.kubernetes.io/component": "kafka"}
    metadata = {"name": "data-demo-kafka-0", "labels": labels}
    world.live["PersistentVolumeClaim", "data-demo-kafka-0"] = {"metadata": metadata}
    assert world.condition("KafkaReady")[1] == "Ready"
    metadata["deletionTimestamp"] = NOW
    status, reason, message = world.condition("KafkaReady")
    assert (status, reason) == ("True", "VolumeTerminating")
    assert message.endswith("kubectl delete pod demo-kafka-0; brokers ready: 1 of 1")
