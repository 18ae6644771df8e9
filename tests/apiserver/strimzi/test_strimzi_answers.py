"""Strimzi's status reaches the settings of the roles: the tests write it, on a real API server with the real CRDs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests import desired, referenced_secrets, refusals
from flighttracker_operator.model.facts import Facts, secret_facts
from flighttracker_operator.model.names import strimzi_cluster
from flighttracker_operator.model.servers import server_settings
from tests.apiserver.api_server import ApiServer
from tests.apiserver.strimzi.applying import apply, find
from tests.apiserver.strimzi.crds import install, remove, strimzi_crds
from tests.unit.operator.manifests.cases import facts, tracker

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

OLD, NEW = "kafka.strimzi.io/v1beta2", "kafka.strimzi.io/v1"
SECRETS = "/etc/flighttracker/secrets"


@pytest.fixture(scope="module", params=[("v1beta2",), ("v1beta2", "v1"), ("v1",)], ids=", ".join)
def served(request: pytest.FixtureRequest, api_server: ApiServer) -> Iterator[frozenset[str]]:
    """The API versions of a cluster with an old, a present and a new Strimzi."""
    crds = strimzi_crds(request.param)
    install(api_server, crds)
    yield frozenset(f"kafka.strimzi.io/{version}" for version in request.param)
    remove(api_server, crds)


def gather(server: ApiServer, wanted: FlightTracker, namespace: str, served: frozenset[str]) -> Facts:
    """Return the facts that a pass over the tracker would gather."""
    base = f"/api/v1/namespaces/{namespace}/secrets"
    found = {name: find(server, f"{base}/{name}") for name in referenced_secrets(wanted)}
    secrets = {name: secret_facts(secret) for name, secret in found.items() if secret}
    best = NEW if NEW in served else OLD
    kafka = find(server, f"/apis/{best}/namespaces/{namespace}/kafkas/{strimzi_cluster(wanted)}")
    return facts(namespace=namespace, api_versions=served, secrets=secrets, strimzi_kafka=kafka)


def write_status(server: ApiServer, namespace: str, version: str, name: str, status: dict[str, Any]) -> None:
    """Write the status of a Kafka, as Strimzi's cluster operator does."""
    path = f"/apis/{version}/namespaces/{namespace}/kafkas/{name}"
    kafka = server.request("GET", path)
    server.request("PUT", f"{path}/status?fieldValidation=Strict", {**kafka, "status": status})


def write_secret(server: ApiServer, namespace: str, name: str, **values: str) -> None:
    """Create a Secret, as Strimzi's user operator and cluster operator do."""
    body = {"metadata": {"name": name}, "stringData": {key.replace("_", "."): text for key, text in values.items()}}
    server.request("POST", f"/api/v1/namespaces/{namespace}/secrets", body)


def test_a_strimzi_kafka_uses_the_newest_served_version(
    api_server: ApiServer, namespace: str, served: frozenset[str]
) -> None:
    wanted = tracker({"kafka": {"provider": "strimzi", "retentionMinutes": 90}})
    best = NEW if NEW in served else OLD
    before = gather(api_server, wanted, namespace, served)
    manifests = desired(wanted, before)
    strimzis = [manifest for manifest in manifests if manifest["apiVersion"].startswith("kafka.strimzi.io/")]
    assert {manifest["apiVersion"] for manifest in strimzis} == {best}
    assert [manifest["kind"] for manifest in strimzis] == ["KafkaNodePool", "Kafka", *["KafkaTopic"] * 5, "KafkaUser"]
    for manifest in strimzis:
        apply(api_server, manifest)
    assert not refusals(wanted, before), "Strimzi's own Secrets come by themselves"

    write_status(
        api_server,
        namespace,
        best,
        "sky-kafka",
        {
            "observedGeneration": 1,
            "conditions": [{"type": "Ready", "status": "True"}],
            "listeners": [{"name": "tls", "bootstrapServers": "sky-kafka-kafka-bootstrap.elsewhere.svc:9093"}],
        },
    )
    write_secret(api_server, namespace, "sky-user", password="p", sasl_jaas_config="j")
    write_secret(api_server, namespace, "sky-kafka-cluster-ca-cert", ca_crt="c")
    after = gather(api_server, wanted, namespace, served)
    kafka = server_settings(wanted, after).kafka
    assert kafka.bootstrap_servers == "sky-kafka-kafka-bootstrap.elsewhere.svc:9093"
    assert (kafka.security_protocol, kafka.sasl_mechanism) == ("SASL_SSL", "SCRAM-SHA-512")
    assert kafka.ca_file == f"{SECRETS}/sky-kafka-cluster-ca-cert/ca.crt"
    assert kafka.password_file == f"{SECRETS}/sky-user/password"
    assert kafka.create_topics is False
    gateway = mounted(desired(wanted, after), "gateway")
    assert gateway["kafka-username"] == "sky-user"
    assert kafka.username_file == "/etc/flighttracker/config/kafka-username"


def mounted(manifests: list[dict[str, Any]], role: str) -> dict[str, str]:
    """Return the data of a role's ConfigMap."""
    (found,) = [m for m in manifests if m["kind"] == "ConfigMap" and m["metadata"]["name"] == f"sky-{role}"]
    return dict(found["data"])


def test_an_existing_strimzi_kafka_is_used_unchanged(
    api_server: ApiServer, namespace: str, served: frozenset[str]
) -> None:
    best = NEW if NEW in served else OLD
    wanted = tracker({"kafka": {"provider": "strimzi", "strimzi": {"cluster": "shared", "user": {"auth": "tls"}}}})
    (missing,) = refusals(wanted, gather(api_server, wanted, namespace, served))
    assert missing.reason == "KafkaMissing"
    assert "Kafka shared does not exist in this namespace" in missing.message

    listeners = [
        {"name": "plain", "port": 9092, "type": "internal", "tls": False},
        {"name": "outside", "port": 9095, "type": "nodeport", "tls": True, "authentication": {"type": "tls"}},
        {"name": "scram", "port": 9094, "type": "internal", "tls": True, "authentication": {"type": "scram-sha-512"}},
        {"name": "mutual", "port": 9093, "type": "internal", "tls": True, "authentication": {"type": "tls"}},
    ]
    api_server.request(
        "POST",
        f"/apis/{best}/namespaces/{namespace}/kafkas?fieldValidation=Strict",
        {
            "apiVersion": best,
            "kind": "Kafka",
            "metadata": {"name": "shared"},
            "spec": {"kafka": {"listeners": listeners}},
        },
    )
    (unready,) = refusals(wanted, gather(api_server, wanted, namespace, served))
    assert unready.reason == "ListenerMissing"
    ready = [{"name": each["name"], "bootstrapServers": f"shared-{each['name']}:{each['port']}"} for each in listeners]
    write_status(api_server, namespace, best, "shared", {"listeners": ready})

    found = gather(api_server, wanted, namespace, served)
    assert not refusals(wanted, found)
    kafka = server_settings(wanted, found).kafka
    assert kafka.bootstrap_servers == "shared-mutual:9093"
    assert kafka.certificate_file == f"{SECRETS}/sky-user/user.crt"
    assert kafka.positions_topic == f"flights.{namespace}.sky"
    manifests = desired(wanted, found)
    assert not [m for m in manifests if m["kind"] in ("Kafka", "KafkaNodePool")]
    (user,) = [m for m in manifests if m["kind"] == "KafkaUser"]
    assert "authorization" not in user["spec"], "the Kafka asks for no rules, and would refuse a user who has some"
    for manifest in manifests:
        if manifest["apiVersion"].startswith("kafka.strimzi.io/"):
            apply(api_server, manifest)


def test_without_strimzi_a_refusal_is_reported_and_no_strimzi_object_rendered() -> None:
    wanted = tracker({"kafka": {"provider": "strimzi"}})
    (missing,) = refusals(wanted, facts())
    assert missing.reason == "StrimziMissing"
    assert missing.stops
    assert "Strimzi is not installed" in missing.message
    assert not [m for m in desired(wanted, facts()) if "strimzi" in m["apiVersion"]]
