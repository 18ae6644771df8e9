"""Secrets that a tracker can use, and Secrets that it cannot."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from flighttracker_operator.manifests import named_secrets
from flighttracker_operator.model.facts import SecretFacts, secret_facts
from flighttracker_operator.model.policy import Policy
from tests.unit.operator.manifests.cases import tracker
from tests.unit.operator.policy.policy_cases import judged, messages

HTTP_SECRETS = ("caSecret", "clientCertificateSecret", "credentialsSecret")
HTTP_SOURCES: dict[str, dict[str, str]] = {
    "opensky": {},
    "readsb": {"url": "http://receiver/aircraft.json"},
    "virtualRadar": {"url": "http://receiver/VirtualRadar"},
}
KAFKA = {"provider": "external", "external": {"bootstrapServers": "kafka:9093", "saslSecret": "payroll"}}
KAFKA_TLS = {"provider": "external", "external": {"bootstrapServers": "kafka:9093", "tlsSecret": "payroll"}}
REGISTRY = {"provider": "external", "external": {"url": "https://registry", "credentialsSecret": "payroll"}}
TLS = {"enabled": True, "host": "flights.example.org", "tls": {"secretName": "payroll"}}
CASES: list[tuple[dict[str, Any], set[str], str]] = [
    ({"source": {"opensky": {"credentialsSecret": "payroll"}}}, {"generator"}, "spec.source.opensky.credentialsSecret"),
    (
        {"sources": [{"name": "a", "simulated": {}}, {"name": "b", "opensky": {"credentialsSecret": "payroll"}}]},
        {"generator"},
        "spec.sources[1].opensky.credentialsSecret",
    ),
    *(
        ({"source": {kind: {**fields, field: "payroll"}}}, {"generator"}, f"spec.source.{kind}.{field}")
        for kind, fields in HTTP_SOURCES.items()
        for field in HTTP_SECRETS
    ),
    *(
        (
            {"aircraftTable": {"url": "http://tables/aircraft.csv", field: "payroll"}},
            {"generator"},
            f"spec.aircraftTable.{field}",
        )
        for field in HTTP_SECRETS
    ),
    (
        {"outgoing": {"caBundle": {"secretName": "payroll"}}},
        {"generator", "gateway", "schema-registry"},
        "spec.outgoing.caBundle.secretName",
    ),
    (
        {"history": {"enabled": True, "storage": {"s3": {"bucket": "maps", "credentialsSecret": "payroll"}}}},
        {"historian"},
        "spec.history.storage.s3.credentialsSecret",
    ),
    ({"kafka": KAFKA}, {"generator", "gateway", "schema-registry"}, "spec.kafka.external.saslSecret"),
    ({"kafka": KAFKA_TLS}, {"generator", "gateway", "schema-registry"}, "spec.kafka.external.tlsSecret"),
    ({"schemaRegistry": REGISTRY}, {"generator", "gateway"}, "spec.schemaRegistry.external.credentialsSecret"),
    (
        {"redis": {"provider": "external", "external": {"urlSecret": "payroll"}}},
        {"generator", "gateway"},
        "spec.redis.external.urlSecret",
    ),
    ({"gateway": {"tls": {"secretName": "payroll"}}}, {"gateway"}, "spec.gateway.tls.secretName"),
    (
        {"gateway": {"auth": {"mode": "token", "token": {"hs256Secret": "payroll"}}}},
        {"gateway"},
        "spec.gateway.auth.token.hs256Secret",
    ),
    ({"ingress": TLS}, {"ingress"}, "spec.ingress.tls.secretName"),
    (
        {"ingress": {**TLS, "tls": {"secretName": "payroll", "clusterIssuer": "letsencrypt"}}},
        {"ingress"},
        "spec.ingress.tls.secretName",
    ),
]


@pytest.mark.parametrize(("spec", "held", "field"), CASES)
def test_a_secret_without_the_label_is_not_used(spec: dict[str, Any], held: set[str], field: str) -> None:
    assert "payroll" in named_secrets(tracker(spec))
    found = judged(spec, offered=False)
    assert found.held == held
    assert f"{field} names Secret payroll, which lacks the label flighttracker.io/use=true" in messages(found)
    assert judged(spec, offered=True).violations == []
    assert judged(spec, Policy(secrets=("pay*",)), offered=False).violations == []


TWO_NAMES = {"secretName": "offered", "name": "payroll"}


@pytest.mark.parametrize(
    "pod",
    [
        {"volumes": [{"name": "v", "projected": {"sources": [{"secret": TWO_NAMES}]}}]},
        {"containers": [{"name": "web", "env": [{"name": "A", "valueFrom": {"secretKeyRef": TWO_NAMES}}]}]},
        {"containers": [{"name": "web", "envFrom": [{"secretRef": TWO_NAMES}]}]},
        {"volumes": [{"name": "v", "csi": {"driver": "example.org", "nodePublishSecretRef": {"name": "payroll"}}}]},
        {"volumes": [{"name": "v", "azureFile": {"secretName": "payroll", "shareName": "a"}}]},
    ],
)
def test_no_other_spelling_of_a_reference_hides_a_secret(pod: dict[str, Any]) -> None:
    spec, policy = (
        {"web": {"podTemplate": pod}},
        Policy(custom_pods=True, volume_types=("projected", "csi", "azureFile")),
    )
    offered = {"offered": SecretFacts(keys=frozenset({"password"}), digest="x", is_offered=True)}
    found = judged(spec, policy, secrets=offered)
    assert found.held == {"web"}
    assert 'the name of a Secret is "payroll", which policy.secrets' in messages(found)
    listed = msgspec.structs.replace(policy, secrets=("payroll",))
    assert judged(spec, listed, secrets=offered).violations == []


def test_no_volume_of_strimzis_operators_hides_a_secret() -> None:
    """The template of a part replaces that of all pods by name, and is not that of Strimzi's operators."""
    own = {"provider": "strimzi", "podTemplate": {"volumes": [{"name": "v", "emptyDir": {}}]}}
    common = {"volumes": [{"name": "v", "secret": {"secretName": "payroll"}}]}
    found = judged({"kafka": own, "podTemplate": common}, Policy(custom_pods=True), offered=False)
    assert "kafka" in found.held
    assert "Secret payroll, which lacks the label" in messages(found)


@pytest.mark.parametrize(("spec", "held"), [(spec, held) for spec, held, _ in CASES])
def test_pods_do_not_wait_for_a_secret_that_others_may_create_later(spec: dict[str, Any], held: set[str]) -> None:
    found = judged(spec, secrets={}, made_secrets={})
    assert found.violations == []
    assert found.held == held - {"ingress"}, "an Ingress shows no Secret to its author"
    assert judged(spec, Policy(secrets=("payroll",)), secrets={}).held == frozenset()


@pytest.mark.parametrize(
    ("spec", "name", "where"),
    [
        ({}, "sky-kafka", "made_secrets"),
        ({}, "sky-redis", "made_secrets"),
        ({"kafka": {"provider": "strimzi"}}, "sky-user", "secrets"),
    ],
)
def test_a_generated_name_gives_no_access_to_a_foreign_secret(spec: dict[str, Any], name: str, where: str) -> None:
    foreign: dict[str, Any] = {where: {name: SecretFacts(keys=frozenset({"password", "url"}), digest="x")}}
    found = judged(spec, **foreign)
    assert found.held >= {"generator", "gateway"}
    assert f"Secret {name} exists but was not made for this tracker" in messages(found)
    own: dict[str, Any] = {where: {name: SecretFacts(keys=frozenset({"password", "url"}), digest="x", is_offered=True)}}
    assert judged(spec, **own).held == frozenset()


def test_pods_wait_for_the_user_that_strimzi_makes() -> None:
    assert judged({"kafka": {"provider": "strimzi"}}, secrets={}).held == frozenset()


def test_the_certificate_of_a_strimzi_authority_is_public() -> None:
    authority = {"shared-cluster-ca-cert": SecretFacts(keys=frozenset({"ca.crt"}), digest="x")}
    spec = {"kafka": {"provider": "strimzi", "strimzi": {"cluster": "shared"}}}
    assert judged(spec, secrets=authority).violations == []


@pytest.mark.parametrize(
    ("labels", "is_offered"),
    [({"flighttracker.io/use": "true"}, True), ({"flighttracker.io/use": "false"}, False), ({}, False), (None, False)],
)
def test_the_label_offers_a_secret(labels: dict[str, str] | None, is_offered: bool) -> None:
    metadata = {"uid": "u", "labels": labels} if labels is not None else {"uid": "u"}
    assert secret_facts({"metadata": metadata}).is_offered is is_offered


def test_pull_secrets_are_for_the_kubelet_and_need_no_label() -> None:
    assert judged({"podTemplate": {"imagePullSecrets": ["pull"]}}, offered=False).held == frozenset()
