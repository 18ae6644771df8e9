"""What goes wrong around the operator: a second operator, sudden ends, lost rights, lost kinds, objects of others.

Each ends in the same objects as if nothing had happened, or in a condition that says what to do.
"""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

from flighttracker_operator.manifests.kafka import cluster_id
from tests.apiserver.api_server import ApiError, ApiServer, Json
from tests.apiserver.cluster_view import EXPECTED, Cluster, plain
from tests.apiserver.crd_install import CRD_NAME, CRDS, install_crd
from tests.apiserver.operator_process import USER, OperatorProcess, chart_rules, eventually
from tests.unit.operator.manifests.cases import facts

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]


def test_two_operators_at_once_agree(cluster: Cluster, kubeconfig: Path, tmp_path: Path, api_server: ApiServer) -> None:
    second = "second-operator"
    api_server.grant(second, [*chart_rules(), *chart_rules("flighttracker.clusterRules")])
    names = [f"demo-{number}" for number in range(4)]
    with (
        OperatorProcess(kubeconfig, tmp_path, cluster.namespace, name="one") as one,
        OperatorProcess(api_server.kubeconfig(second), tmp_path, cluster.namespace, name="two") as two,
    ):
        for name in names:
            cluster.create_tracker(name)
        passwords = {}
        for name in names:
            children = cluster.complete(name)
            assert len(children) == EXPECTED
            for secret in (f"{name}-kafka", f"{name}-redis"):
                passwords[secret] = children["Secret", secret]["data"]["password"]
        calm = _calm(cluster, second)
        assert calm, "the two operators keep overwriting each other"
        for secret, password in passwords.items():
            assert cluster.get("Secret", secret)["data"]["password"] == password
        assert one.bugs() == two.bugs() == []


def _calm(cluster: Cluster, second: str) -> bool:
    """Return whether both operators have stopped writing."""

    def look() -> bool:
        before = cluster.server.audit_lines()
        time.sleep(2)  # the test looks for a time without writes
        return not cluster.writes(USER, before) and not cluster.writes(second, before)

    return eventually(look, "two seconds without a write")


def test_an_operator_killed_at_any_moment_creates_the_same_objects(
    cluster: Cluster, kubeconfig: Path, tmp_path: Path
) -> None:
    spec = {"ingress": {"enabled": True, "host": f"{cluster.namespace}.example.org"}, "gateway": {"replicas": 3}}
    expected = EXPECTED + 1
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace):
        cluster.create_tracker(spec=spec)
        reference = _comparable(cluster.complete(expected=expected))
    moments = random.Random(7)
    for _ in range(5):
        _delete_all(cluster)
        operator = OperatorProcess(kubeconfig, tmp_path, cluster.namespace)
        operator.start()
        cluster.create_tracker(spec=spec)
        most = moments.randrange(expected)
        eventually(lambda most=most: len(cluster.children()) >= most, "some children")  # type: ignore[misc]
        operator.kill()
        with OperatorProcess(kubeconfig, tmp_path, cluster.namespace):
            assert _comparable(cluster.complete(expected=expected)) == reference


def _delete_all(cluster: Cluster) -> None:
    cluster.delete("FlightTracker", "demo")
    for kind, name in cluster.children():
        cluster.delete(kind, name)
    eventually(lambda: not cluster.children(), "no children are left")


def _comparable(children: dict[tuple[str, str], Json]) -> dict[tuple[str, str], Json]:
    """Return the children without the tracker's UID and without values that depend on a random password."""
    compared = {}
    for key, body in children.items():
        uid = body["metadata"]["ownerReferences"][0]["uid"]
        cluster_name = cluster_id(facts(uid=uid))
        kept = plain(json.loads(json.dumps(body).replace(uid, "UID").replace(cluster_name, "CLUSTER")))
        del kept["metadata"]["annotations"]["flighttracker.io/applied"]
        if key[0] == "Secret":
            del kept["data"]
        template = kept.get("spec", {}).get("template", {}).get("metadata", {})
        for digest in ("flighttracker.io/secrets", "flighttracker.io/config"):
            template.get("annotations", {}).pop(digest, None)
        compared[key] = kept
    return compared


def test_a_foreign_object_is_never_changed(cluster: Cluster, operator: OperatorProcess) -> None:
    mine = {"selector": {"app": "mine"}, "ports": [{"port": 1234}]}
    before = cluster.create("Service", "demo-web", spec=mine)
    cluster.create_tracker()
    eventually(lambda: cluster.reason("WebReady") == "OwnedByOthers", "OwnedByOthers")
    message = cluster.condition("WebReady")["message"]
    assert "Service demo-web exists but does not belong to the tracker" in message
    assert "delete it, or rename the tracker" in message
    assert cluster.get("Service", "demo-web")["metadata"]["resourceVersion"] == before["metadata"]["resourceVersion"]
    assert cluster.find("Deployment", "demo-web"), "other parts are reconciled"
    cluster.delete("Service", "demo-web")
    cluster.change_tracker({"web": {"replicas": 2}})
    eventually(lambda: cluster.reason("WebReady") == "Starting", "the Service is created")


def test_the_first_of_two_trackers_keeps_a_host(cluster: Cluster, operator: OperatorProcess) -> None:
    host = f"{cluster.namespace}.example.org"
    spec = {"ingress": {"enabled": True, "host": host}}
    cluster.create_tracker("first", spec)
    cluster.complete("first", EXPECTED + 1)
    cluster.create_tracker("second", spec)
    cluster.complete("second", EXPECTED)
    assert cluster.reason("IngressReady", "second") == "HostTaken"
    message = cluster.condition("IngressReady", "second")["message"]
    assert f"host {host} already belongs to tracker {cluster.namespace}/first" in message
    assert cluster.reason("IngressReady", "first") != "HostTaken"
    cluster.change_tracker({"ingress": {"host": f"other.{host}"}}, "first")
    eventually(lambda: cluster.find("Ingress", "second"), "the second has the host")


def test_a_tracker_deleted_during_its_creation_is_not_completed(cluster: Cluster, operator: OperatorProcess) -> None:
    for number in range(3):
        name = f"brief-{number}"
        cluster.create_tracker(name)
        eventually(lambda name=name: cluster.children(name), "a first child")  # type: ignore[misc]
        cluster.delete("FlightTracker", name)
    cluster.create_tracker("lasting")
    cluster.complete("lasting")
    assert operator.bugs() == []
    assert not operator.logged("brief", level="error")
    # Nothing is created for a deleted tracker. The test deletes the rest in place of the garbage collector.
    counts = {f"brief-{number}": len(cluster.children(f"brief-{number}")) for number in range(3)}
    cluster.change_tracker({"gateway": {"replicas": 3}}, "lasting")
    eventually(lambda: cluster.get("Deployment", "lasting-gateway")["spec"]["replicas"] == 3, "a later pass")
    assert counts == {name: len(cluster.children(name)) for name in counts}


def test_a_tracker_waits_for_children_that_are_being_deleted(cluster: Cluster, operator: OperatorProcess) -> None:
    cluster.create_tracker()
    cluster.complete()
    cluster.patch("Service", "demo-web", {"metadata": {"finalizers": ["example.org/slow"]}})
    cluster.delete("FlightTracker", "demo")
    cluster.delete("Service", "demo-web")
    uid = cluster.create_tracker()["metadata"]["uid"]
    eventually(lambda: operator.logged("still exists from a deleted tracker of the same name"), "the operator waits")
    cluster.patch("Service", "demo-web", {"metadata": {"finalizers": None}})
    children = cluster.complete()
    assert {body["metadata"]["ownerReferences"][0]["uid"] for body in children.values()} == {uid}


def test_a_terminating_namespace_causes_no_warnings(cluster: Cluster, operator: OperatorProcess) -> None:
    cluster.create_tracker()
    cluster.complete()
    cluster.server.request(
        "DELETE", f"/api/v1/namespaces/{cluster.namespace}"
    )  # it stays Terminating, because there is no controller
    before = cluster.server.audit_lines()
    cluster.delete("Service", "demo-web")
    eventually(lambda: cluster.writes(USER, before), "an attempt to create it again")
    assert operator.bugs() == []
    assert not [line for line in operator.lines() if line["level"] in ("warning", "error")]


def test_without_the_crd_the_operator_waits_and_logs_it_once(
    cluster: Cluster, api_server: ApiServer, kubeconfig: Path, tmp_path: Path
) -> None:
    api_server.request("DELETE", f"{CRDS}/{CRD_NAME}")
    try:
        eventually(lambda: _is_gone(api_server), "the CRD is deleted")
        with OperatorProcess(kubeconfig, tmp_path, cluster.namespace, resync_s=2) as operator:
            eventually(lambda: operator.logged("this cluster does not serve FlightTrackers"), "the log message")
            assert operator.get("/health")[0] == 200
            install_crd(api_server)
            cluster.create_tracker()
            cluster.complete()
            assert len(operator.logged("this cluster does not serve FlightTrackers")) == 1
            assert operator.bugs() == []
    finally:
        install_crd(api_server)


def _is_gone(server: ApiServer) -> bool:
    try:
        server.request("GET", "/apis/flighttracker.io/v1alpha1/flighttrackers")
    except ApiError as error:
        return error.code == 404
    return False


def test_without_permissions_the_operator_waits_and_names_them(
    cluster: Cluster, api_server: ApiServer, tmp_path: Path
) -> None:
    user = "powerless"
    config = api_server.kubeconfig(user)
    with OperatorProcess(config, tmp_path, cluster.namespace, resync_s=2) as operator:
        message = f"the operator is not allowed to list statefulsets.apps in namespace {cluster.namespace}"
        eventually(lambda: operator.logged(message, level="error"), "the log message")
        assert operator.get("/health")[0] == 200
        cluster.create_tracker()
        api_server.grant(user, [rule for rule in chart_rules() if "apps" not in rule["apiGroups"]])
        held = "the operator is not allowed to list statefulsets.apps in namespace"
        eventually(lambda: held in cluster.condition().get("message", ""), "what is missing, in the status")
        assert (cluster.condition()["status"], cluster.reason()) == ("False", "OperatorLacksRights")
        assert cluster.condition()["message"].endswith("grant it the chart's Role; until then, nothing is changed")
        eventually(lambda: [one for one in cluster.events() if one["reason"] == "OperatorLacksRights"], "the event")
        assert cluster.children() == {}
        rules = [rule for rule in chart_rules() if "deployments" not in rule["resources"]]
        api_server.grant(user, [*rules, {"apiGroups": ["apps"], "resources": ["*"], "verbs": ["get", "list", "watch"]}])
        try:
            eventually(lambda: cluster.reason("KafkaReady") == "OperatorLacksRights", "OperatorLacksRights")
            assert "grant it the chart's Role" in cluster.condition("KafkaReady")["message"]
            api_server.grant(user, chart_rules())
            cluster.complete()
        finally:
            api_server.revoke(user)
        assert operator.bugs() == []
        assert operator.is_running()


def test_one_missing_right_is_said_in_the_status(cluster: Cluster, api_server: ApiServer, tmp_path: Path) -> None:
    """Secrets are read by name before anything else, so the pass ends with the first one."""
    user = "powerless"
    api_server.revoke(user)
    api_server.grant(user, [rule for rule in chart_rules() if "secrets" not in rule["resources"]])
    try:
        with OperatorProcess(api_server.kubeconfig(user), tmp_path, cluster.namespace, resync_s=2) as operator:
            cluster.create_tracker()
            eventually(lambda: cluster.reason() == "OperatorLacksRights", "OperatorLacksRights", within_s=30)
            message = cluster.condition()["message"]
            assert 'cannot get resource "secrets"' in message
            assert "grant it the chart's Role" in message
            assert cluster.children() == {}
            number = len(cluster.events())
            eventually(lambda: len(operator.logged("retrying in")) > 3, "more passes", within_s=30)
            assert len(cluster.events()) == number == 1, "said once"
            api_server.grant(user, chart_rules())
            cluster.complete()
            cluster.make_ready()
            eventually(lambda: cluster.reason() != "OperatorLacksRights", "the right is used")
            assert operator.bugs() == []
    finally:
        api_server.revoke(user)


def test_an_operator_of_one_namespace_ignores_the_others(
    cluster: Cluster, api_server: ApiServer, tmp_path: Path
) -> None:
    user = "second-operator"
    api_server.revoke(user)
    other = f"{cluster.namespace}-other"
    api_server.request("POST", "/api/v1/namespaces", {"metadata": {"name": other}})
    api_server.grant(user, chart_rules(), namespace=cluster.namespace)
    with OperatorProcess(api_server.kubeconfig(user), tmp_path, cluster.namespace) as operator:
        Cluster(api_server, other).create_tracker()
        cluster.create_tracker(spec={"ingress": {"enabled": True, "host": "one.example.org", "className": "any"}})
        cluster.complete(expected=EXPECTED + 1)
        assert Cluster(api_server, other).children() == {}
        assert cluster.reason("IngressReady") == "NoAddress", "the operator cannot list IngressClasses"
        assert operator.bugs() == []
        assert not [line for line in operator.lines() if line["level"] == "error"]
