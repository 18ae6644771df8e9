"""The historians' objects: on a volume, with a bucket, and none without a history."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from flighttracker.settings import GatewaySettings, HistorianSettings, read_settings
from flighttracker_operator.manifests import claim_names, referenced_secrets, refusals, retained_claims
from flighttracker_operator.model.facts import WorkloadFacts
from tests.unit.operator.manifests.cases import facts, made, pod_of, secrets_of, tracker

BUCKET = {
    "endpoint": "https://minio.storage.svc:9000",
    "bucket": "flights",
    "credentialsSecret": "keys",
    "caSecret": "authority",
}
CLAIM = "data-sky-historian-0"
WORKLOADS = ("StatefulSet", "Deployment")


def history(**members: Any) -> dict[str, Any]:
    return {"history": {"enabled": True, **members}}


def in_bucket(**members: Any) -> dict[str, Any]:
    return history(storage={"s3": BUCKET}, **members)


def settings_of(objects: Any, folder: Path) -> HistorianSettings:
    file = folder / "historian.json"
    file.write_text(objects["ConfigMap", "sky-historian"]["data"]["historian.json"], encoding="utf-8")
    return read_settings(file, HistorianSettings)


def gateway_settings(objects: Any, folder: Path) -> GatewaySettings:
    file = folder / "gateway.json"
    file.write_text(objects["ConfigMap", "sky-gateway"]["data"]["gateway.json"], encoding="utf-8")
    return read_settings(file, GatewaySettings)


def test_a_tracker_without_history_has_no_trace_of_it(tmp_path: Path) -> None:
    objects = made(tracker())
    assert not [name for _, name in objects if "histor" in name]
    assert gateway_settings(objects, tmp_path).history_url == ""
    assert objects == made(tracker({"history": {"enabled": False, "storage": {"s3": {"bucket": "flights"}}}}))


def test_one_historian_writes_to_a_volume(tmp_path: Path) -> None:
    objects = made(tracker(history(retention="2w", storage={"volume": {"size": "40Gi", "className": "fast"}})))
    spec = objects["StatefulSet", "sky-historian"]["spec"]
    assert spec["replicas"] == 1
    (template,) = spec["volumeClaimTemplates"]
    assert template["spec"]["resources"]["requests"] == {"storage": "40Gi"}
    assert template["spec"]["storageClassName"] == "fast"
    assert ("Deployment", "sky-historian") not in objects
    found = settings_of(objects, tmp_path)
    (container,) = pod_of(objects["StatefulSet", "sky-historian"])["containers"]
    assert container["command"][:4] == [
        "flighttracker",
        "historian",
        "--config",
        "/etc/flighttracker/config/historian.json",
    ]
    (mount,) = [one for one in container["volumeMounts"] if one["name"] == "data"]
    assert (mount["mountPath"], found.s3) == (found.folder, None)
    assert found.retention_hours == 14 * 24
    assert found.max_bytes == int(40 * 2**30 * 0.85)
    assert {one["name"]: one["containerPort"] for one in container["ports"]} == {
        "http": found.port,
        "metrics": found.metrics_port,
    }
    service = objects["Service", "sky-historian"]["spec"]
    assert {one["name"]: one["port"] for one in service["ports"]} == {"http": found.port, "metrics": 9100}
    assert gateway_settings(objects, tmp_path).history_url == f"http://sky-historian.flights.svc:{found.port}"
    assert ("PodDisruptionBudget", "sky-historian") not in objects


def test_several_historians_share_a_bucket(tmp_path: Path) -> None:
    objects = made(tracker(in_bucket(replicas=3, sizeLimit="1Ti")), facts(secrets=secrets_of(tracker(in_bucket()))))
    assert ("StatefulSet", "sky-historian") not in objects
    deployment = objects["Deployment", "sky-historian"]
    assert deployment["spec"]["replicas"] == 3
    assert objects["PodDisruptionBudget", "sky-historian"]["spec"]["maxUnavailable"] == 1
    found = settings_of(objects, tmp_path)
    assert found.folder == ""
    assert found.s3 is not None
    assert (found.s3.endpoint, found.s3.bucket, found.s3.prefix) == (BUCKET["endpoint"], "flights", "flights/sky")
    assert found.max_bytes == 2**40
    pod = pod_of(deployment)
    mounted = {one["mountPath"] for one in pod["containers"][0]["volumeMounts"]}
    for file in (found.s3.access_key_file, found.s3.secret_key_file, found.s3.ca_file):
        assert str(Path(file).parent) in mounted
    keys = {
        one["secret"]["secretName"]: [item["key"] for item in one["secret"]["items"]]
        for one in pod["volumes"]
        if "secret" in one
    }
    assert keys["keys"] == ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
    assert keys["authority"] == ["ca.crt"]
    assert "sky-redis" not in keys, "a historian does not need Redis"


@pytest.mark.parametrize(
    "spec", [history(), in_bucket(), {**history(), "redis": {"provider": "external", "external": {"urlSecret": "r"}}}]
)
def test_every_file_that_the_settings_name_is_mounted(spec: dict[str, Any]) -> None:
    wanted = tracker(spec)
    objects = made(wanted, facts(secrets=secrets_of(wanted)))
    (workload,) = [body for (kind, name), body in objects.items() if name == "sky-historian" and kind in WORKLOADS]
    pod = pod_of(workload)
    mounts = {one["name"]: one["mountPath"] for one in pod["containers"][0]["volumeMounts"]}
    mounted = {
        f"{mounts[volume['name']]}/{item['path']}"
        for volume in pod["volumes"]
        for item in volume.get("secret", {}).get("items", ())
    }
    settings = objects["ConfigMap", "sky-historian"]["data"]["historian.json"]
    assert set(re.findall(r'"(/etc/flighttracker/secrets/[^"]+)"', settings)) == mounted


def test_a_bucket_without_limit_and_credentials_uses_the_identity_of_the_pods(tmp_path: Path) -> None:
    spec = history(storage={"s3": {"bucket": "flights", "region": "eu-central-1", "prefix": "a/b"}})
    found = settings_of(made(tracker(spec)), tmp_path)
    assert found.s3 is not None
    assert (found.s3.endpoint, found.s3.region, found.s3.prefix) == ("", "eu-central-1", "a/b")
    assert (found.s3.access_key_file, found.s3.secret_key_file, found.s3.ca_file) == ("", "", "")
    assert found.max_bytes == 0


def test_new_keys_of_the_bucket_restart_no_pod_and_a_new_authority_does() -> None:
    wanted = tracker(in_bucket())
    known = secrets_of(wanted)

    def template(**changed: Any) -> Any:
        secrets = {name: changed.get(name, one) for name, one in known.items()}
        return made(wanted, facts(secrets=secrets))["Deployment", "sky-historian"]["spec"]["template"]

    other = next(iter(secrets_of(tracker({"gateway": {"tls": {"secretName": "other"}}})).values()))
    renewed = {name: type(one)(keys=one.keys, digest=other.digest) for name, one in known.items()}
    assert template(keys=renewed["keys"]) == template()
    assert template(authority=renewed["authority"]) != template()


def test_a_missing_secret_of_the_bucket_is_reported_by_the_history() -> None:
    found = refusals(tracker(in_bucket()), facts())
    assert {(one.component, one.reason) for one in found} == {("historian", "SecretMissing")}
    assert referenced_secrets(tracker({"history": {**in_bucket()["history"], "enabled": False}})) == {}


@pytest.mark.parametrize("enabled", [True, False])
def test_a_retained_claim_stays_retained_while_the_history_is_off(enabled: bool) -> None:
    volume = {"storage": {"volume": {"reclaim": "Retain"}}}
    wanted = tracker({"history": {"enabled": enabled, **volume}})
    assert retained_claims(wanted) == {CLAIM}
    assert (CLAIM in claim_names(wanted)) is enabled


def test_an_existing_claim_grows_and_one_that_is_too_large_is_reported() -> None:
    known = facts(volume_claims={CLAIM: "20Gi"}, workloads={"sky-historian": WorkloadFacts(pod_annotations={})})
    claim = made(tracker(history(storage={"volume": {"size": "50Gi"}})), known)["PersistentVolumeClaim", CLAIM]
    assert claim["spec"]["resources"]["requests"]["storage"] == "50Gi"
    (refusal,) = refusals(tracker(history(storage={"volume": {"size": "10Gi"}})), known)
    assert (refusal.component, refusal.reason, refusal.stops) == ("historian", "StorageCannotShrink", False)


def test_only_gateways_reach_the_historians_and_historians_reach_kafka_and_the_registry() -> None:
    objects = made(tracker(history()))
    port, probes = objects["NetworkPolicy", "sky-history"]["spec"]["ingress"]
    assert port["ports"] == [{"port": 8090, "protocol": "TCP"}]
    assert _components(port["from"]) == {"gateway"}
    assert probes["ports"] == [{"port": 9100, "protocol": "TCP"}]
    for server in ("kafka", "registry", "redis"):
        first = objects["NetworkPolicy", f"sky-{server}"]["spec"]["ingress"][0]
        assert ("historian" in _components(first["from"])) is (server != "redis")


def _components(peers: list[Any]) -> set[str]:
    labels = (peer["podSelector"].get("matchLabels", {}) for peer in peers)
    return {one["app.kubernetes.io/component"] for one in labels if "app.kubernetes.io/component" in one}


def test_the_user_of_strimzi_may_use_the_group() -> None:
    wanted = tracker({**history(), "kafka": {"provider": "strimzi"}})
    objects = made(wanted, facts(api_versions=frozenset({"kafka.strimzi.io/v1"})))
    groups = {
        rule["resource"]["name"]
        for rule in objects["KafkaUser", "sky-user"]["spec"]["authorization"]["acls"]
        if rule["resource"]["type"] == "group"
    }
    assert "flights-historians" in groups
