"""The generated passwords of the builtin servers: in one Secret each, mounted only where they are needed."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from flighttracker_operator.model.facts import Manifest
from tests.unit.operator.manifests.cases import PASSWORDS, facts, made, pod_of, secrets_of, tracker

MOUNTED = "/etc/flighttracker/secrets/sky-kafka"
WORKLOADS = {
    ("StatefulSet", "sky-kafka"),
    ("StatefulSet", "sky-redis"),
    ("StatefulSet", "sky-generator"),
    ("Deployment", "sky-gateway"),
    ("Deployment", "sky-registry"),
    ("Deployment", "sky-web"),
}
OTHER_KAFKAS: list[dict[str, Any]] = [
    {"provider": "strimzi"},
    {"provider": "external", "external": {"bootstrapServers": "kafka:9092"}},
]


def containers(workload: Manifest) -> list[dict[str, Any]]:
    pod = pod_of(workload)
    return [*pod.get("initContainers", []), *pod["containers"]]


def test_the_secret_has_the_login_of_kafka() -> None:
    secret = made(tracker())["Secret", "sky-kafka"]
    data = {key: base64.b64decode(value).decode() for key, value in secret["data"].items()}
    assert data == {"username": "flighttracker", "password": PASSWORDS["kafka_password"]}
    assert secret["metadata"]["ownerReferences"]


def test_kafka_and_its_clients_mount_the_login_and_others_do_not() -> None:
    found = made(tracker())
    mounting = {
        (name, container["name"])
        for kind, name in WORKLOADS
        for container in containers(found[kind, name])
        if any(mount["mountPath"] == MOUNTED for mount in container["volumeMounts"])
    }
    assert mounting == {
        ("sky-kafka", "kafka"),
        ("sky-generator", "topics"),
        ("sky-generator", "generator"),
        ("sky-gateway", "gateway"),
        ("sky-registry", "topics"),
        ("sky-registry", "registry"),
    }


def test_the_container_that_creates_topics_mounts_no_other_secret() -> None:
    spec = {"source": {"opensky": {"credentialsSecret": "opensky"}}}
    wanted = tracker(spec)
    found = made(wanted, facts(secrets=secrets_of(wanted)))["StatefulSet", "sky-generator"]
    topics, generator = containers(found)
    volumes = {volume["name"]: volume for volume in pod_of(found)["volumes"]}
    for container, secrets in ((topics, {"sky-kafka"}), (generator, {"opensky", "sky-kafka", "sky-redis"})):
        used = [volumes[mount["name"]] for mount in container["volumeMounts"]]
        assert {volume["secret"]["secretName"] for volume in used if "secret" in volume} == secrets
    assert generator["name"] == "generator"


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ("kafka_password", {("StatefulSet", "sky-redis"), ("Deployment", "sky-web")}),
        ("redis_password", {("StatefulSet", "sky-kafka"), ("Deployment", "sky-registry"), ("Deployment", "sky-web")}),
    ],
)
def test_a_new_password_restarts_the_server_and_its_clients(changed: str, kept: set[tuple[str, str]]) -> None:
    first, second = made(tracker()), made(tracker(), facts(**{changed: "another-one"}))
    assert {key for key in WORKLOADS if first[key] == second[key]} == kept


@pytest.mark.parametrize("kafka", OTHER_KAFKAS, ids=["strimzi", "external"])
def test_with_another_kafka_there_is_no_password(kafka: dict[str, Any]) -> None:
    first = made(tracker({"kafka": kafka}))
    assert ("Secret", "sky-kafka") not in first
    assert first == made(tracker({"kafka": kafka}), facts(kafka_password=""))
