"""The release with a running tracker: upgrade, rollback, uninstall, and what remains of a deleted tracker.

Runs after test_live_map.py, on the same tracker, and deletes it at the end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.cluster.cluster import CommandError, Namespace, Tracker, example, run, until
from tests.cluster.release import OPERATOR, RELEASE, install

pytest_plugins = ["tests.cluster.cluster_fixtures"]

READY_S = 120.0


def uids(tracker: Tracker) -> set[str]:
    return {pod["metadata"]["uid"] for pod in tracker.pods()}


def operator_arguments(namespace: Namespace) -> list[str]:
    (container,) = namespace.get("deployment", OPERATOR)["spec"]["template"]["spec"]["containers"]
    arguments: list[str] = container["args"]
    return arguments


def test_upgrade_and_rollback_do_not_disturb_the_map(tracker: Tracker, operator_namespace: Namespace) -> None:
    before = uids(tracker)
    said = install(operator_namespace, "--set=log.level=debug")
    assert "Helm does not upgrade CRDs" in said
    assert "--log-level=debug" in operator_arguments(operator_namespace)
    operator_namespace.helm("rollback", RELEASE, "--wait", "--timeout=3m")
    assert "--log-level=info" in operator_arguments(operator_namespace)
    tracker.wait_settled(READY_S)
    assert uids(tracker) == before


def test_the_operator_runs_at_the_restricted_level_and_answers(operator_namespace: Namespace) -> None:
    (pod,) = operator_namespace.list("pods", "app.kubernetes.io/component=operator")
    assert {c["type"]: c["status"] for c in pod["status"]["conditions"]}["Ready"] == "True"
    assert sum(status["restartCount"] for status in pod["status"]["containerStatuses"]) == 0


def test_after_uninstalling_the_tracker_still_runs_with_its_data(
    tracker: Tracker, operator_namespace: Namespace
) -> None:
    before, children = uids(tracker), tracker.children()
    operator_namespace.helm("uninstall", RELEASE, "--wait")
    of_release = (f"--selector=app.kubernetes.io/instance={RELEASE}", "--output=name")
    assert run(("kubectl", "get", "clusterrole,clusterrolebinding", *of_release)) == ""
    # Helm waits until the Deployment is deleted, not until its pod has ended.
    left = ("get", "all,serviceaccount", *of_release)
    until(lambda: operator_namespace.kubectl(*left) == "", within_s=60, what="nothing of the release is left")
    assert tracker.children() == children
    install(operator_namespace)
    # A new operator finds the existing objects and changes nothing.
    operator_namespace.kubectl("rollout", "status", f"deployment/{OPERATOR}", "--timeout=120s", timeout_s=130)
    tracker.wait_settled(READY_S)
    assert uids(tracker) == before
    assert tracker.children() == children


def test_a_deleted_tracker_leaves_nothing_behind(tracker: Tracker) -> None:
    assert tracker.children()
    tracker.namespace.kubectl("delete", f"flighttracker/{tracker.name}", "--timeout=60s")
    until(lambda: tracker.children() == [], within_s=180, what="no child is left")


@pytest.fixture
def watched(operator_namespace: Namespace) -> Iterator[Namespace]:
    """The release manages only this namespace for one test."""
    namespace = Namespace("flights-test-watched")
    namespace.create()
    try:
        install(operator_namespace, f"--set=watchNamespaces={{{namespace.name}}}")
        yield namespace
    finally:
        install(operator_namespace)
        namespace.delete(wait=False)


def test_with_a_list_of_namespaces_a_role_in_each_is_sufficient(
    watched: Namespace, operator_namespace: Namespace
) -> None:
    small = example("minimal")
    small["metadata"]["name"] = "small"
    # Tests only that all objects are created: other tests show that they run, and the node has too little memory.
    small["spec"] = {"gateway": {"replicas": 0}, "web": {"replicas": 0}}
    watched.kubectl("apply", "-f", "-", text=json.dumps(small))
    tracker = Tracker(watched, "small")
    kinds = ("statefulset.apps/small-kafka", "deployment.apps/small-gateway", "secret/small-redis", "service/small-web")
    until(lambda: set(kinds) <= set(tracker.children()), within_s=60, what=f"{kinds} exist")
    account = f"system:serviceaccount:{operator_namespace.name}:{OPERATOR}"
    with pytest.raises(CommandError, match="no"):
        run(("kubectl", "auth", "can-i", "list", "secrets", "--all-namespaces", f"--as={account}"))
    run(("kubectl", "auth", "can-i", "create", "secrets", f"--namespace={watched.name}", f"--as={account}"))
