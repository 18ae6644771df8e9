"""Addresses and Secrets of the servers, and the effect of a changed or deleted Secret."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flighttracker.settings import GatewaySettings, GeneratorSettings
from flighttracker_operator.manifests import referenced_secrets
from flighttracker_operator.model.facts import (
    Facts,
    Manifest,
    SecretFacts,
    WorkloadFacts,
    digest_of,
    secret_facts,
    workload_facts,
)
from flighttracker_operator.model.servers import kafka_names, server_settings
from tests.unit.operator.manifests.cases import facts, made, pod_of, secrets_of, tracker

SECRETS = "/etc/flighttracker/secrets"
EXTERNAL_KAFKA = {"bootstrapServers": "kafka:9093", "tlsSecret": "kafka-tls", "saslSecret": "kafka-user"}
OUTSIDE = {
    "source": {"opensky": {"credentialsSecret": "opensky"}},
    "kafka": {
        "provider": "external",
        "external": EXTERNAL_KAFKA,
    },
    "redis": {"provider": "external", "external": {"urlSecret": "redis"}},
    "schemaRegistry": {
        "provider": "external",
        "external": {"url": "https://registry", "credentialsSecret": "registry"},
    },
    "gateway": {
        "tls": {"secretName": "certificate"},
        "auth": {"mode": "token", "token": {"hs256Secret": "signing"}},
    },
}


def settings(found: dict[tuple[str, str], Manifest], role: str) -> Any:
    return json.loads(found["ConfigMap", f"sky-{role}"]["data"][f"{role}.json"])


def marks(manifest: Manifest) -> dict[str, str]:
    return dict(manifest["spec"]["template"]["metadata"]["annotations"])


def workload(found: dict[tuple[str, str], Manifest], role: str) -> Manifest:
    return found["StatefulSet" if role == "generator" else "Deployment", f"sky-{role}"]


def with_keys(known: Facts, **keys: set[str]) -> dict[str, SecretFacts]:
    extra = {name.replace("_", "-"): SecretFacts(keys=frozenset(wanted), digest="d") for name, wanted in keys.items()}
    return {**known.secrets, **extra}


def secret(data: dict[str, str], uid: str = "11111111-2222-4333-8444-555555555555") -> Manifest:
    return {"metadata": {"uid": uid}, "data": data}


def test_builtin_servers_are_found_by_their_services() -> None:
    servers = server_settings(tracker(), facts())
    assert servers.kafka.bootstrap_servers == "sky-kafka.flights.svc:9092"
    assert servers.kafka.security_protocol == "SASL_PLAINTEXT"
    assert servers.kafka.sasl_mechanism == "PLAIN"
    assert servers.kafka.username_file == f"{SECRETS}/sky-kafka/username"
    assert servers.kafka.password_file == f"{SECRETS}/sky-kafka/password"
    assert servers.kafka.replication_factor == 1
    assert servers.registry.url == "http://sky-registry.flights.svc:8080/apis/ccompat/v7"
    assert servers.redis.url_file == f"{SECRETS}/sky-redis/url"
    assert servers.redis.prefix == "flights:flights/sky"


def test_a_role_can_read_the_settings_in_its_config_map() -> None:
    found = made(tracker(OUTSIDE))
    assert set(settings(found, "gateway")) == set(GatewaySettings.__struct_fields__)
    assert set(settings(found, "generator")) == set(GeneratorSettings.__struct_fields__)


def test_external_servers_are_reached_with_the_keys_that_their_secrets_have() -> None:
    wanted = tracker(OUTSIDE)
    plain = server_settings(wanted, facts(secrets=secrets_of(wanted)))
    assert plain.kafka.security_protocol == "SASL_SSL"
    assert plain.kafka.ca_file == f"{SECRETS}/kafka-tls/ca.crt"
    assert plain.kafka.certificate_file == ""
    assert plain.kafka.username_file == f"{SECRETS}/kafka-user/username"
    assert plain.redis.ca_file == ""
    assert plain.registry.password_file == f"{SECRETS}/registry/password"

    keys = with_keys(
        facts(secrets=secrets_of(wanted)),
        kafka_tls={"ca.crt", "tls.crt", "tls.key"},
        redis={"url", "ca.crt"},
        registry={"username", "password", "ca.crt"},
    )
    full = server_settings(wanted, facts(secrets=keys))
    assert full.kafka.certificate_file == f"{SECRETS}/kafka-tls/tls.crt"
    assert full.kafka.key_file == f"{SECRETS}/kafka-tls/tls.key"
    assert full.redis.ca_file == f"{SECRETS}/redis/ca.crt"
    assert full.registry.ca_file == f"{SECRETS}/registry/ca.crt"


@pytest.mark.parametrize(
    ("external", "protocol", "authority"),
    [
        ({}, "PLAINTEXT", ""),
        ({"tls": True}, "SSL", ""),
        ({"tlsSecret": "ca"}, "SSL", f"{SECRETS}/ca/ca.crt"),
        ({"saslSecret": "user"}, "SASL_SSL", ""),
        ({"saslSecret": "user", "tls": True}, "SASL_SSL", ""),
        ({"saslSecret": "user", "tlsSecret": "ca"}, "SASL_SSL", f"{SECRETS}/ca/ca.crt"),
        ({"saslSecret": "user", "tls": False}, "SASL_PLAINTEXT", ""),
    ],
)
def test_a_password_for_kafka_is_sent_in_clear_only_if_tls_is_turned_off(
    external: dict[str, Any], protocol: str, authority: str
) -> None:
    kafka = {"provider": "external", "external": {"bootstrapServers": "kafka.example:9093", **external}}
    wanted = tracker({"kafka": kafka})
    found = server_settings(wanted, facts(secrets=secrets_of(wanted))).kafka
    assert (found.security_protocol, found.ca_file) == (protocol, authority)
    environment = {
        one["name"]: one["value"] for one in pod_of(made(wanted)["Deployment", "sky-registry"])["containers"][0]["env"]
    }
    assert environment["APICURIO_KAFKA_COMMON_SECURITY_PROTOCOL"] == protocol
    # Without it, Kafka's client trusts the public authorities that Java knows.
    assert environment.get("APICURIO_KAFKA_COMMON_SSL_TRUSTSTORE_LOCATION", "") == authority


def test_a_role_mounts_only_the_secrets_that_it_needs() -> None:
    found = made(tracker(OUTSIDE))

    def mounted(role: str) -> set[str]:
        volumes = pod_of(workload(found, role))["volumes"]
        return {volume["secret"]["secretName"] for volume in volumes if "secret" in volume}

    servers = {"kafka-tls", "kafka-user", "redis", "registry"}
    assert mounted("generator") == servers | {"opensky"}
    assert mounted("gateway") == servers | {"certificate", "signing"}
    assert set(referenced_secrets(tracker(OUTSIDE))) == servers | {"opensky", "certificate", "signing"}


def test_pods_know_no_key_of_a_secret_that_they_do_not_need() -> None:
    wanted = tracker({**OUTSIDE, "kafka": {"provider": "external", "external": EXTERNAL_KAFKA}, "schemaRegistry": {}})
    more = {name: known.keys | {"unrelated", "payroll"} for name, known in secrets_of(wanted).items()}
    found = made(wanted, facts(secrets={name: SecretFacts(keys=keys, digest="d") for name, keys in more.items()}))
    workloads = [body for (kind, _), body in found.items() if kind in ("StatefulSet", "Deployment")]
    items = {
        volume["secret"]["secretName"]: {item["key"] for item in volume["secret"]["items"]}
        for body in workloads
        for volume in pod_of(body)["volumes"]
        if "secret" in volume
    }
    assert items == {name: set(keys) for name, keys in referenced_secrets(wanted).items()}
    assert "payroll" not in json.dumps(workloads)


def test_a_digest_does_not_help_to_guess_a_weak_password() -> None:
    first, same = secret_facts(secret({"password": "aHVudGVyMg=="})), secret_facts(secret({"password": "aHVudGVyMg=="}))
    assert first.digest == same.digest
    other = secret_facts(secret({"password": "aHVudGVyMg=="}, uid="99999999-2222-4333-8444-555555555555"))
    assert other.digest != first.digest
    assert digest_of({"password": "aHVudGVyMg=="}) not in (first.digest, other.digest)


def test_trackers_that_share_a_kafka_use_different_names() -> None:
    one, other = tracker(OUTSIDE, name="one"), tracker(OUTSIDE, name="other")
    assert not set(vars_of(one)) & set(vars_of(other))
    assert kafka_names(tracker(), facts()).positions == "flights"
    assert server_settings(one, facts()).registry.subject == "flights.flights.one-value"


def vars_of(wanted: Any) -> list[str]:
    names = kafka_names(wanted, facts())
    return [getattr(names, field) for field in type(names).__dataclass_fields__]


def test_a_changed_secret_restarts_pods_that_do_not_reload_it() -> None:
    wanted = tracker(OUTSIDE)
    before = secrets_of(wanted)
    for changed in before:
        after = {**before, changed: secret_facts(secret(dict.fromkeys(before[changed].keys, "bmV3")))}
        first, second = made(wanted, facts(secrets=before)), made(wanted, facts(secrets=after))
        rolled = {
            role for role in ("generator", "gateway") if marks(workload(first, role)) != marks(workload(second, role))
        }
        expected = {
            "opensky": set[str](),
            "certificate": set[str](),
            "signing": set[str](),
        }.get(changed, {"generator", "gateway"})
        assert rolled == expected, changed


def test_a_deleted_secret_restarts_no_pods() -> None:
    wanted = tracker(OUTSIDE)
    full = with_keys(facts(secrets=secrets_of(wanted)), kafka_tls={"ca.crt", "tls.crt", "tls.key"})
    running = made(wanted, facts(secrets=full))
    live = {f"sky-{role}": workload_facts(workload(running, role)) for role in ("generator", "gateway")}
    after = made(wanted, facts(secrets={}, workloads=live))
    for role in ("generator", "gateway"):
        assert after["ConfigMap", f"sky-{role}"] == running["ConfigMap", f"sky-{role}"]
        assert workload(after, role) == workload(running, role)


def test_an_edited_annotation_with_invalid_content_is_ignored() -> None:
    wanted = tracker(OUTSIDE)
    for nonsense in ("[]", "{", '{"redis": 1}', "null", '{"redis": {"keys": 3, "digest": "x"}}'):
        live = WorkloadFacts(pod_annotations={"flighttracker.io/secrets": nonsense})
        assert made(wanted, facts(workloads={"sky-gateway": live})) == made(wanted, facts())


def test_passwords_are_only_in_secrets() -> None:
    for (kind, _name), manifest in made(tracker()).items():
        if kind != "Secret":
            assert "hunter2" not in json.dumps(manifest)
