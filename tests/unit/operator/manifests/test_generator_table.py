"""How generators reach a table of aircraft: its Secrets, its volume, and what is reported without one."""

from __future__ import annotations

import json
from typing import Any

from flighttracker_operator.manifests.refusals import refusals
from flighttracker_operator.model.facts import Manifest
from tests.unit.operator.manifests.cases import facts, made, pod_of, secrets_of, tracker

READSB = {"readsb": {"url": "http://receiver/aircraft.json"}}


def objects(table: dict[str, Any]) -> dict[tuple[str, str], Manifest]:
    wanted = tracker({"source": READSB, "aircraftTable": table})
    return made(wanted, facts(secrets=secrets_of(wanted)))


def table_settings(found: dict[tuple[str, str], Manifest]) -> dict[str, Any]:
    text: str = found["ConfigMap", "sky-generator"]["data"]["generator.json"]
    return json.loads(text)["aircraft_table"]  # type: ignore[no-any-return]


def test_generators_mount_the_secrets_of_the_table() -> None:
    table = {
        "url": "https://tables.test/a.csv",
        "credentialsSecret": "table",
        "auth": "bearer",
        "caSecret": "authority",
    }
    found = objects(table)
    volumes = pod_of(found["StatefulSet", "sky-generator"])["volumes"]
    keys = {
        volume["secret"]["secretName"]: {item["key"] for item in volume["secret"]["items"]}
        for volume in volumes
        if "secret" in volume
    }
    assert keys.items() >= {"table": {"token"}, "authority": {"ca.crt"}}.items()
    access = table_settings(found)["access"]
    assert access["token_file"] == "/etc/flighttracker/secrets/table/token"
    assert access["ca_file"] == "/etc/flighttracker/secrets/authority/ca.crt"
    gateway = json.dumps(found["Deployment", "sky-gateway"])
    assert "authority" not in gateway


def test_a_missing_secret_of_the_table_is_reported_at_the_generator() -> None:
    wanted = tracker({"source": READSB, "aircraftTable": {"url": "https://a", "credentialsSecret": "table"}})
    (refusal,) = refusals(wanted, facts(secrets={}))
    assert (refusal.component, refusal.reason) == ("generator", "SecretMissing")
    assert "Secret table does not exist" in refusal.message


def test_a_file_is_in_a_volume_that_only_generators_mount_and_nobody_writes_to() -> None:
    found = objects({"file": "/data/aircraft.csv.gz", "volumeClaim": "tables"})
    pod = pod_of(found["StatefulSet", "sky-generator"])
    (volume,) = [volume for volume in pod["volumes"] if "persistentVolumeClaim" in volume]
    assert volume["persistentVolumeClaim"] == {"claimName": "tables", "readOnly": True}
    (mount,) = [mount for mount in pod["containers"][0]["volumeMounts"] if mount["name"] == volume["name"]]
    assert mount["readOnly"] is True
    assert table_settings(found)["file"] == f"{mount['mountPath']}/data/aircraft.csv.gz"
    assert "tables" not in json.dumps(found["Deployment", "sky-gateway"])


def test_a_file_without_a_volume_is_reported_with_the_field_to_use() -> None:
    wanted = tracker({"source": READSB, "aircraftTable": {"file": "aircraft.csv.gz"}})
    (refusal,) = refusals(wanted, facts())
    assert (refusal.component, refusal.reason, refusal.stops) == ("generator", "VolumeClaimMissing", False)
    assert "spec.aircraftTable.volumeClaim" in refusal.message
    with_claim = tracker({"source": READSB, "aircraftTable": {"file": "a", "volumeClaim": "tables"}})
    assert refusals(with_claim, facts()) == []
