"""Problems on a real cluster are shown by `kubectl get ft` and `kubectl describe ft`, with what to do about them.

The words of a kubelet, a scheduler and a quota are theirs, and change with their versions: so these are theirs, too.
Kafka, Redis and the registry of these trackers are somewhere else, which keeps them small; nothing of them ever runs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cluster.cluster import OFFERED, Manifest, Namespace, Tracker, until

pytest_plugins = ["tests.cluster.cluster_fixtures"]

TOLD_S = 300.0
ELSEWHERE: dict[str, Any] = {
    "kafka": {"provider": "external", "external": {"bootstrapServers": "kafka.absent.test:9092"}},
    "redis": {"provider": "external", "external": {"urlSecret": "redis-url"}},
    "schemaRegistry": {"provider": "external", "external": {"url": "http://registry.absent.test"}},
    "gateway": {"replicas": 1},
}
CASES: dict[str, tuple[dict[str, Any], str, str, tuple[str, ...]]] = {
    "kafka": (
        {},
        "Ready",
        "Unreachable",
        ("Kafka: the generators cannot use Kafka: ", "kafka.absent.test:9092", "; check spec.kafka.external and the"),
    ),
    "image": (
        {"podTemplate": {"imageOverrides": {"web": "flights.test/absent:1"}}},
        "WebReady",
        "ImageCannotBePulled",
        ("image flights.test/absent:1 of pod image-web-", "check its name", "spec.podTemplate.imagePullSecrets"),
    ),
    "crash": (
        {"podTemplate": {"imageOverrides": {"web": "docker.io/library/busybox:1.36"}}},
        "WebReady",
        "ContainerRestarts",
        ("container web of pod crash-web-", "ended with code 0", "runs another command", "kubectl logs crash-web-"),
    ),
    "volume": (
        {"redis": {"provider": "builtin", "builtin": {"storage": {"className": "absent"}}}},
        "RedisReady",
        "VolumePending",
        (
            "volume claim data-volume-redis-0 (10Gi) is pending: StorageClass absent gives no volume (",
            'ProvisioningFailed by persistentvolume-controller: storageclass.storage.k8s.io "absent" not found',
        ),
    ),
    "secret": (
        {"source": {"opensky": {"credentialsSecret": "sky"}}},
        "Ready",
        "SecretMissing",
        ("Generator: Secret sky does not exist: create it with the keys client_id, client_secret",),
    ),
    "class": (
        {"ingress": {"enabled": True, "host": "class.flights.test", "className": "absent"}},
        "IngressReady",
        "IngressClassMissing",
        ("IngressClass absent does not exist; the cluster has ",),
    ),
    "nodes": (
        {"podTemplate": {"nodeSelector": {"flights.test/absent": "yes"}}},
        "Ready",
        "Unschedulable",
        ("pod nodes-", "cannot be scheduled: ", "node affinity/selector; add nodes", "or fix nodeSelector"),
    ),
}
"""The spec of each tracker, the condition that reports the problem, its reason, and words of its message.

Where generators run, Ready itself tells what comes before all: they cannot reach Kafka."""


def make(namespace: Namespace, name: str, spec: dict[str, Any]) -> Tracker:
    body: Manifest = {"apiVersion": "flighttracker.io/v1beta1", "kind": "FlightTracker", "metadata": {"name": name}}
    namespace.kubectl("apply", "-f", "-", text=json.dumps({**body, "spec": {**ELSEWHERE, **spec}}))
    return Tracker(namespace, name)


def condition(tracker: Tracker, name: str = "Ready") -> tuple[str, str]:
    """Return the reason and the message of a condition."""
    conditions = tracker.object().get("status", {}).get("conditions", ())
    return next(((one["reason"], one["message"]) for one in conditions if one["type"] == name), ("", ""))


def tells(tracker: Tracker, reason: str, name: str = "Ready") -> str:
    """Return the message of a condition as soon as it has this reason."""
    told = f"{name} of flighttracker/{tracker.name} tells {reason}; it tells "
    try:
        until(lambda: condition(tracker, name)[0] == reason, within_s=TOLD_S, what=told)
    except AssertionError as error:
        raise AssertionError(f"{error}: {condition(tracker, name)}") from error
    return condition(tracker, name)[1]


@pytest.fixture(scope="module")
def troubled(operator_namespace: Namespace) -> Iterator[dict[str, Tracker]]:
    """A tracker for each problem, all created at once."""
    namespace = Namespace("flights-test-trouble")
    namespace.create()
    try:
        namespace.kubectl("create", "secret", "generic", "redis-url", "--from-literal=url=redis://redis.absent.test")
        namespace.kubectl("label", "secret", "redis-url", OFFERED)
        yield {name: make(namespace, name, spec) for name, (spec, *_) in CASES.items()}
    finally:
        namespace.delete(wait=False)


@pytest.mark.parametrize("name", CASES)
def test_each_problem_is_reported_with_what_to_do(troubled: dict[str, Tracker], name: str) -> None:
    _, aspect, reason, words = CASES[name]
    tracker = troubled[name]
    message = tells(tracker, reason, aspect)
    assert [part for part in words if part not in message] == [], message
    if aspect == "Ready":
        assert reason in tracker.namespace.kubectl("get", "ft", name)
    described = tracker.namespace.kubectl("describe", "ft", name)
    assert words[-1] in " ".join(described.split())


def test_a_quota_that_is_too_small_is_reported(operator_namespace: Namespace) -> None:
    namespace = Namespace("flights-test-quota")
    namespace.create()
    try:
        namespace.kubectl("create", "secret", "generic", "redis-url", "--from-literal=url=redis://redis.absent.test")
        namespace.kubectl("label", "secret", "redis-url", OFFERED)
        namespace.kubectl("create", "quota", "small", "--hard=pods=0")
        message = tells(make(namespace, "quota", {}), "QuotaExceeded")
        assert "exceeded quota: small, requested: pods=1" in message
        assert "raise it, or lower the requests" in message
    finally:
        namespace.delete(wait=False)
