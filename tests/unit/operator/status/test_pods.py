"""Problems of pods, volumes and quotas appear in conditions, with messages that say how to fix them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.operator.status.status_world import NOW, World, container


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        (
            {"containerStatuses": [container(state={"waiting": {"reason": "ErrImagePull"}})]},
            "ImageCannotBePulled",
            "image example.org/gateway:1 of pod gateway-0 cannot be pulled (ErrImagePull)",
        ),
        (
            {
                "containerStatuses": [
                    container(
                        state={"waiting": {"reason": "CrashLoopBackOff"}},
                        lastState={"terminated": {"exitCode": 2, "message": "start\nerror: no broker\n"}},
                    )
                ]
            },
            "ContainerCrashes",
            "container gateway of pod gateway-0 exited with code 2: error: no broker (kubectl logs gateway-0 -c",
        ),
        (
            {
                "containerStatuses": [
                    container(
                        state={"waiting": {"reason": "CrashLoopBackOff"}}, lastState={"terminated": {"exitCode": 0}}
                    )
                ]
            },
            "ContainerRestarts",
            "container gateway of pod gateway-0 ended with code 0 and was started again 3 times: it was stopped",
        ),
        (
            {"containerStatuses": [container(state={"running": {}}, lastState={"terminated": {"exitCode": 0}})]},
            "ContainerRestarts",
            "kubectl describe pod gateway-0",
        ),
        (
            {
                "containerStatuses": [
                    container(
                        state={"running": {}},
                        lastState={"terminated": {"exitCode": 1, "message": "ERROR all log dirs in /x have failed\n"}},
                    )
                ]
            },
            "VolumeFull",
            "ended because its volume is full: raise storage.size",
        ),
        (
            {"initContainerStatuses": [container(state={"terminated": {"exitCode": 1, "message": "no topic"}})]},
            "ContainerCrashes",
            "exited with code 1: no topic",
        ),
        (
            {
                "containerStatuses": [
                    container(state={"running": {}}, lastState={"terminated": {"reason": "OOMKilled"}})
                ]
            },
            "OutOfMemory",
            "raise its resources.limits.memory",
        ),
        (
            {
                "containerStatuses": [
                    container(
                        state={"waiting": {"reason": "CrashLoopBackOff"}},
                        lastState={"terminated": {"reason": "OOMKilled", "exitCode": 137}},
                    )
                ]
            },
            "OutOfMemory",
            "raise its resources.limits.memory",
        ),
        (
            {
                "containerStatuses": [
                    container(
                        state={"waiting": {"reason": "CreateContainerConfigError", "message": 'secret "x" not found'}}
                    )
                ]
            },
            "ContainerCannotStart",
            'secret "x" not found',
        ),
        (
            {
                "conditions": [
                    {
                        "type": "PodScheduled",
                        "status": "False",
                        "message": "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, "
                        "preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
                    }
                ]
            },
            "Unschedulable",
            "pod gateway-0 cannot be scheduled: 0/1 nodes are available: 1 Insufficient cpu; add nodes, lower",
        ),
    ],
)
def test_a_problem_of_a_pod_explains_the_tracker(status: dict[str, Any], reason: str, words: str) -> None:
    world = World()
    world.ready("Deployment", "demo-gateway", 0)
    world.pod("gateway", **status)
    found = world.condition()
    assert found[:2] == ("False", reason)
    assert found[2].startswith("Gateway: ")
    assert words in found[2]


def test_a_terminating_pod_is_no_problem() -> None:
    world = World()
    world.ready("Deployment", "demo-gateway", 0)
    pod = world.pod("gateway", containerStatuses=[container(state={"waiting": {"reason": "ErrImagePull"}})])
    pod["metadata"]["deletionTimestamp"] = NOW
    assert world.condition("GatewayReady")[1] == "Starting"


def test_a_pending_volume_names_its_storage_class() -> None:
    world = World()
    world.ready("StatefulSet", "demo-kafka", 0)
    words = "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims."
    world.pod("kafka", conditions=[{"type": "PodScheduled", "status": "False", "message": words}])
    labels = {"flighttracker.io/tracker": "demo", "app.kubernetes.io/component": "kafka"}
    spec = {"storageClassName": "fast", "resources": {"requests": {"storage": "10Gi"}}}
    claim = {"metadata": {"name": "data-demo-kafka-0", "labels": labels}, "spec": spec, "status": {"phase": "Pending"}}
    world.live["PersistentVolumeClaim", "data-demo-kafka-0"] = claim
    status, reason, message = world.condition("KafkaReady")
    assert (status, reason) == ("False", "VolumePending")
    assert "volume claim data-demo-kafka-0 (10Gi) is pending: check that StorageClass fast exists" in message


def test_an_exceeded_quota_is_read_from_the_condition_of_a_deployment() -> None:
    world = World()
    world.ready("Deployment", "demo-web", 0)
    failure = {"type": "ReplicaFailure", "status": "True", "message": 'pods "x" is forbidden: exceeded quota: small'}
    world.live["Deployment", "demo-web"]["status"]["conditions"] = [failure]
    assert world.condition("WebReady")[1] == "QuotaExceeded"


def test_a_cause_is_reported_before_its_effects() -> None:
    world = World()
    for kind, name in (("StatefulSet", "demo-kafka"), ("StatefulSet", "demo-generator")):
        world.ready(kind, name, 0)
    message = "Kafka: brokers ready: 0 of 1; starting: kubectl logs statefulset/demo-kafka"
    assert world.condition() == ("False", "Starting", message)
    world.pod(
        "generator", containerStatuses=[container(name="generator", state={"waiting": {"reason": "ErrImagePull"}})]
    )
    assert world.condition()[1] == "ImageCannotBePulled"
    assert world.condition("TopicReady")[1] == "WaitingForGenerators"


@pytest.mark.parametrize(
    ("error", "reason", "words"),
    [
        ("exceeded quota: q, requested: cpu=1", "QuotaExceeded", "lower the requests"),
        ("failed quota: q: must specify limits.cpu for: proxy", "QuotaExceeded", "defaults in a LimitRange"),
        ("maximum memory usage per Container is 1Mi, but limit is 2", "LimitRangeExceeded", "LimitRange rejects"),
        ("cpu max limit to request ratio per Container is 2", "LimitRangeExceeded", "init container topics"),
        ("violates PodSecurity", "PodsRefused", "cannot be created"),
    ],
)
def test_what_rejects_pods_is_quoted_also_while_enough_run(error: str, reason: str, words: str) -> None:
    world = World({"gateway": {"replicas": 2}})
    condition = {"type": "ReplicaFailure", "status": "True", "message": error}
    for ready in (0, 1):
        world.ready("Deployment", "demo-gateway", ready)
        world.live["Deployment", "demo-gateway"]["status"]["conditions"] = [condition]
        _, found, message = world.condition("GatewayReady")
        assert found == (reason if ready == 0 else "Degraded")
        assert error in message
        assert words in message
