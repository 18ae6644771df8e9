"""The operator generates the passwords of the builtin servers once, and replaces one only if its Secret was deleted."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flighttracker_operator.reconcile.own_secrets import READ_AGE_S
from tests.apiserver.api_server import ApiServer
from tests.apiserver.cluster_view import Cluster
from tests.apiserver.operator_process import OperatorProcess, eventually

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]


@pytest.fixture
def operator(kubeconfig: Path, namespace: str, tmp_path: Path) -> Iterator[OperatorProcess]:
    """An operator whose resync causes a pass every second: Secrets are not watched."""
    with OperatorProcess(kubeconfig, tmp_path, namespace, resync_s=1) as running:
        yield running
        assert running.bugs() == []


@pytest.mark.parametrize(("secret", "key"), [("demo-redis", "url"), ("demo-kafka", "username")])
def test_the_password_is_generated_once(cluster: Cluster, operator: OperatorProcess, secret: str, key: str) -> None:
    cluster.create_tracker()
    password = cluster.complete()["Secret", secret]["data"]["password"]
    assert len(base64.b64decode(password)) >= 24
    cluster.patch("Secret", secret, {"data": {key: "aGFja2Vk"}})
    eventually(lambda: cluster.get("Secret", secret)["data"][key] != "aGFja2Vk", "the value is restored")
    assert cluster.get("Secret", secret)["data"]["password"] == password
    cluster.change_tracker({"kafka": {"partitions": 7}})
    assert cluster.complete()["Secret", secret]["data"]["password"] == password


def test_a_deleted_password_of_kafka_is_replaced_and_its_clients_restart_with_it(
    cluster: Cluster, operator: OperatorProcess
) -> None:
    cluster.create_tracker()
    before = cluster.complete()
    cluster.delete("Secret", "demo-kafka")
    eventually(lambda: cluster.find("Secret", "demo-kafka"), "the Secret again")
    password = cluster.get("Secret", "demo-kafka")["data"]["password"]
    assert password != before["Secret", "demo-kafka"]["data"]["password"]
    restarted = {
        ("StatefulSet", "demo-kafka"),
        ("StatefulSet", "demo-generator"),
        ("Deployment", "demo-gateway"),
        ("Deployment", "demo-registry"),
    }

    def changed() -> set[tuple[str, str]]:
        workloads = [key for key in before if key[0] in ("StatefulSet", "Deployment")]
        return {key for key in workloads if cluster.get(*key)["spec"]["template"] != before[key]["spec"]["template"]}

    eventually(lambda: changed() == restarted, "new pods of Kafka and its clients")
    cluster.change_tracker({"kafka": {"partitions": 7}})
    assert cluster.complete()["Secret", "demo-kafka"]["data"]["password"] == password
    decoded = base64.b64decode(password).decode()
    others = [body for (kind, _), body in cluster.children().items() if kind != "Secret"]
    assert decoded not in json.dumps([*others, cluster.tracker(), cluster.events()])
    assert decoded not in operator.log.read_text()


def test_passwords_are_read_by_name_and_not_in_each_pass(
    cluster: Cluster, api_server: ApiServer, operator: OperatorProcess
) -> None:
    started_s = time.monotonic()
    before = _secrets_read(api_server)
    cluster.create_tracker()
    cluster.complete()
    assert _secrets_read(api_server) >= before + 2, "the first pass looks for the Secrets"
    for partitions in (7, 8, 9):
        cluster.change_tracker({"kafka": {"partitions": partitions}})
        cluster.complete()
    writes_of_two = 4  # each reads the metadata before it applies
    assert _secrets_read(api_server) - before <= writes_of_two + 2 * (1 + (time.monotonic() - started_s) // READ_AGE_S)


def test_a_secret_that_is_no_longer_needed_is_deleted_even_after_a_restart(
    cluster: Cluster, operator: OperatorProcess
) -> None:
    cluster.create_tracker()
    cluster.complete()
    operator.stop()
    cluster.change_tracker({"redis": {"provider": "external", "external": {"urlSecret": "elsewhere"}}})
    operator.start()
    eventually(lambda: cluster.find("Secret", "demo-redis") is None, "the Secret is deleted")
    assert cluster.find("Secret", "demo-kafka")


def _secrets_read(api_server: ApiServer) -> int:
    """Return how many requests for a Secret the API server has served."""
    counters = api_server.request("GET", "/metrics")["text"].splitlines()
    reads = [line for line in counters if line.startswith("apiserver_request_total{") and 'verb="GET"' in line]
    return sum(int(float(line.rpartition(" ")[2])) for line in reads if 'resource="secrets"' in line)
