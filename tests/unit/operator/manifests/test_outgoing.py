"""How pods reach sources and key servers: the operator's policy in their settings and environment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flighttracker.errors import UserError
from flighttracker_operator.manifests.outgoing import proxies
from flighttracker_operator.manifests.refusals import refusals
from flighttracker_operator.model.facts import Manifest, SecretFacts
from flighttracker_operator.model.policy import Outgoing, Policy, read_policy
from tests.unit.operator.manifests.cases import facts, made, pod_of, secrets_of, tracker
from tests.unit.operator.policy.policy_cases import judged, messages

SPEC: dict[str, Any] = {
    "source": {
        "readsb": {
            "url": "https://receiver.test/aircraft.json",
            "credentialsSecret": "account",
            "caSecret": "authority",
            "clientCertificateSecret": "certificate",
        }
    },
    "gateway": {"auth": {"mode": "token", "token": {"jwksUrl": "https://issuer.test/keys"}}},
}
ROLES = {"generator": "StatefulSet", "gateway": "Deployment"}
FORBIDDING = Policy(outgoing=Outgoing(private_targets=False, https_proxy="http://proxy.test:3128"))


def objects(policy: Policy) -> dict[tuple[str, str], Manifest]:
    wanted = tracker(SPEC)
    return made(wanted, facts(secrets=secrets_of(wanted), policy=policy))


def settings(found: dict[tuple[str, str], Manifest], role: str) -> dict[str, Any]:
    text: str = found["ConfigMap", f"sky-{role}"]["data"][f"{role}.json"]
    return json.loads(text)  # type: ignore[no-any-return]


@pytest.mark.parametrize("role", ROLES)
def test_a_proxy_reaches_generators_and_gateways(role: str) -> None:
    (container,) = pod_of(objects(FORBIDDING)[ROLES[role], f"sky-{role}"])["containers"]
    variables = {variable["name"]: variable.get("value") for variable in container["env"]}
    assert variables["HTTPS_PROXY"] == "http://proxy.test:3128"
    assert variables["NO_PROXY"] == ".svc,.cluster.local"
    assert "HTTP_PROXY" not in variables


def test_without_a_proxy_there_are_no_variables_of_proxies() -> None:
    assert proxies(tracker(), Outgoing()) == {}
    assert "PROXY" not in json.dumps([found for _, found in sorted(objects(Policy()).items())])


def test_a_tracker_completes_the_proxies_of_the_operator() -> None:
    wanted = tracker({"outgoing": {"httpProxy": "http://own.test:1", "noProxy": ["lan"]}})
    assert proxies(wanted, FORBIDDING.outgoing) == {
        "HTTP_PROXY": "http://own.test:1",
        "HTTPS_PROXY": "http://proxy.test:3128",
        "NO_PROXY": ".svc,lan",  # the tracker's own servers are never asked through a proxy
    }


@pytest.mark.parametrize(
    ("spec", "policy", "volume"),
    [
        ({"configMapName": "own", "key": "all.pem"}, Policy(), {"configMap": {"name": "own"}}),
        ({"secretName": "own", "key": "all.pem"}, Policy(), {"secret": {"secretName": "own"}}),
        (
            None,
            Policy(outgoing=Outgoing(ca_config_map="bundle", ca_key="all.pem")),
            {"configMap": {"name": "bundle"}},
        ),
    ],
)
def test_certificates_reach_everything_with_outgoing_connections(
    spec: dict[str, Any] | None, policy: Policy, volume: dict[str, Any]
) -> None:
    kafka = {"provider": "external", "external": {"bootstrapServers": "kafka:9093", "tls": True}}
    history = {"enabled": True, "storage": {"s3": {"bucket": "past", "endpoint": "https://objects.test"}}}
    wanted = tracker({"kafka": kafka, "history": history, **({"outgoing": {"caBundle": spec}} if spec else {})})
    bundle = SecretFacts(keys=frozenset({"all.pem"}), digest="one")
    known = facts(policy=policy, secrets=secrets_of(wanted), ca_config_map=bundle if "configMap" in volume else None)
    found = made(wanted, known)
    deployments = [("Deployment", name) for name in ("gateway", "registry", "historian")]
    for kind, name in (("StatefulSet", "generator"), *deployments):
        pod = pod_of(found[kind, f"sky-{name}"])
        (mounted,) = [one for one in pod["volumes"] if one["name"] == "ca"]
        ((source, content),) = volume.items()
        assert mounted[source] == {**content, "items": [{"key": "all.pem", "path": "all.pem"}]}
        (container,) = pod["containers"]
        variables = {variable["name"]: variable.get("value") for variable in container["env"]}
        name_of = "APICURIO_KAFKA_COMMON_SSL_TRUSTSTORE_LOCATION" if name == "registry" else "SSL_CERT_FILE"
        assert variables[name_of] == "/etc/flighttracker/ca/all.pem"
        assert {"name": "ca", "mountPath": "/etc/flighttracker/ca", "readOnly": True} in container["volumeMounts"]
    assert refusals(wanted, known) == []


def test_a_missing_config_map_with_certificates_is_reported() -> None:
    wanted = tracker({"outgoing": {"caBundle": {"configMapName": "own"}}})
    for found, reason in ((None, "ConfigMapMissing"), (frozenset({"other"}), "ConfigMapIncomplete")):
        known = facts(ca_config_map=None if found is None else SecretFacts(keys=found, digest="x"))
        reported = refusals(wanted, known)
        assert {(one.component, one.reason) for one in reported} == {("generator", reason), ("gateway", reason)}
        assert "ca.crt" in reported[0].message


def test_a_proxy_of_a_tracker_needs_the_policy() -> None:
    spec = {"outgoing": {"httpsProxy": "http://169.254.169.254"}}
    assert 'spec.outgoing.httpsProxy is "http://169.254.169.254", which policy.outgoing.allowedProxies' in messages(
        judged(spec)
    )
    allowing = Policy(outgoing=Outgoing(allowed_proxies=("http://169.254.169.254",)))
    assert judged(spec, allowing).held == frozenset()


def test_private_addresses_are_forbidden_in_the_settings_of_both_roles() -> None:
    for policy, expected in ((Policy(), False), (FORBIDDING, True)):
        found = objects(policy)
        assert settings(found, "generator")["sources"][0]["access"]["is_private_forbidden"] is expected
        assert settings(found, "gateway")["auth"]["is_private_forbidden"] is expected


def test_the_generator_mounts_the_secrets_of_its_source_and_the_gateway_does_not() -> None:
    found = objects(Policy())

    def mounted(role: str) -> dict[str, set[str]]:
        volumes = pod_of(found[ROLES[role], f"sky-{role}"])["volumes"]
        return {
            volume["secret"]["secretName"]: {item["key"] for item in volume["secret"]["items"]}
            for volume in volumes
            if "secret" in volume
        }

    of_source = {
        "account": {"username", "password"},
        "authority": {"ca.crt"},
        "certificate": {"tls.crt", "tls.key"},
    }
    assert mounted("generator").items() >= of_source.items()
    assert not mounted("gateway").keys() & of_source.keys()
    access = settings(found, "generator")["sources"][0]["access"]
    assert access["password_file"] == "/etc/flighttracker/secrets/account/password"
    assert access["ca_file"] == "/etc/flighttracker/secrets/authority/ca.crt"
    assert access["key_file"] == "/etc/flighttracker/secrets/certificate/tls.key"


@pytest.mark.parametrize(
    ("source", "keys"),
    [
        ({"auth": "bearer"}, {"token"}),
        ({"apiKey": {"header": "X-API-Key"}}, {"api_key"}),
        ({"caSecret": "account"}, {"username", "password", "ca.crt"}),
    ],
)
def test_only_the_keys_of_the_authentication_method_are_required(source: dict[str, Any], keys: set[str]) -> None:
    wanted = tracker({"source": {"readsb": {"url": "http://pi", "credentialsSecret": "account", **source}}})
    assert secrets_of(wanted)["account"].keys == keys


def test_a_policy_with_a_password_in_a_proxy_is_rejected(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text('{"outgoing": {"httpProxy": "http://me:s3cret@proxy.test"}}')
    with pytest.raises(UserError, match="httpProxy") as caught:
        read_policy(file)
    assert "s3cret" not in str(caught.value)
