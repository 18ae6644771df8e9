"""The operator's permissions are exactly those that its code uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pytest

from flighttracker_operator.objects.kinds import BUILTIN, EVENTS, INGRESS_CLASSES, LEASES, OPTIONAL, TRACKER, Kind
from tests.chart.helm import Manifest, of_kind, render

Rights = dict[tuple[str, str], set[str]]
"""(API group, resource) → verbs."""

WATCHED = {"get", "list", "watch"}
NAME = "flights-map-flighttracker"
"""Of the release map in the namespace flights."""


def rights_of(rules: Iterable[Manifest]) -> Rights:
    rights: Rights = defaultdict(set)
    for rule in rules:
        assert rule.keys() == {"apiGroups", "resources", "verbs"}
        for group in rule["apiGroups"]:
            for resource in rule["resources"]:
                assert not rights[(group, resource)] & set(rule["verbs"]), f"{resource} is named twice"
                rights[(group, resource)] |= set(rule["verbs"])
    return dict(rights)


def verbs_for(kind: Kind) -> set[str]:
    """Return the operator's verbs for a kind: apply (create and patch), delete, or read only."""
    if kind.by_name:
        return {"get", "create", "patch", "delete"}
    if kind.pruned:
        return WATCHED | {"create", "patch", "delete"}
    # A cluster may ask for the right to delete of whoever sets the owner of an object.
    return WATCHED | ({"patch", "delete"} if kind.applied else set())


def needed_in_a_namespace() -> Rights:
    return {
        **{(kind.group, kind.plural): verbs_for(kind) for kind in (*BUILTIN, *OPTIONAL)},
        (TRACKER.group, TRACKER.plural): WATCHED,
        (TRACKER.group, f"{TRACKER.plural}/status"): {"patch"},
        (EVENTS.group, EVENTS.plural): {"list", "create"},
        ("", "pods/eviction"): {"create"},
        (LEASES.group, LEASES.plural): {"get", "list", "create", "patch"},
    }


NEEDED_IN_THE_CLUSTER: Rights = {(INGRESS_CLASSES.group, INGRESS_CLASSES.plural): {"list"}}


def operators_cluster_role(manifests: list[Manifest]) -> Manifest:
    (role,) = [role for role in of_kind(manifests, "ClusterRole") if role["metadata"]["name"] == NAME]
    return role


def test_the_cluster_role_grants_exactly_what_the_operator_does() -> None:
    role = operators_cluster_role(render())
    assert rights_of(role["rules"]) == needed_in_a_namespace() | NEEDED_IN_THE_CLUSTER


def test_with_watched_namespaces_there_are_roles_and_no_cluster_roles() -> None:
    manifests = render("--set=watchNamespaces={one,two}")
    roles = of_kind(manifests, "Role")
    assert {role["metadata"]["namespace"] for role in roles} == {"one", "two"}
    for role in roles:
        assert rights_of(role["rules"]) == needed_in_a_namespace()
    assert not of_kind(manifests, "ClusterRole")
    assert not of_kind(manifests, "ClusterRoleBinding")


def test_cluster_roles_beside_watched_namespaces_allow_only_to_list_ingress_classes() -> None:
    manifests = render("--set=watchNamespaces={one,two},rbac.clusterRoles=true")
    assert rights_of(operators_cluster_role(manifests)["rules"]) == NEEDED_IN_THE_CLUSTER
    assert len(of_kind(manifests, "ClusterRole")) == 4, "the operator's, and three for authors"


def test_optional_apis_can_be_left_out() -> None:
    groups = {kind.group for kind in OPTIONAL}
    for left in groups:
        role = operators_cluster_role(render("--set=rbac.optionalApis={" + left + "}"))
        granted = {group for group, _ in rights_of(role["rules"])} & groups
        assert granted == {left}
    role = operators_cluster_role(render("--set-json=rbac.optionalApis=[]"))
    assert not {group for group, _ in rights_of(role["rules"])} & groups


@pytest.mark.parametrize("arguments", [(), ("--set=watchNamespaces={one,two}",)])
def test_the_operator_can_neither_list_nor_watch_secrets(arguments: tuple[str, ...]) -> None:
    manifests = render(*arguments)
    for role in (*of_kind(manifests, "ClusterRole"), *of_kind(manifests, "Role")):
        assert not rights_of(role["rules"]).get(("", "secrets"), set()) & {"list", "watch", "deletecollection"}


@pytest.mark.parametrize("arguments", [(), ("--set=watchNamespaces={one,two}",)])
def test_no_role_has_a_wildcard_or_allows_privilege_escalation(arguments: tuple[str, ...]) -> None:
    manifests = render(*arguments)
    for role in (*of_kind(manifests, "ClusterRole"), *of_kind(manifests, "Role")):
        words = {word for rule in role["rules"] for words in rule.values() for word in words}
        assert not words & {"*", "escalate", "bind", "impersonate", "pods/exec", "serviceaccounts/token"}


@pytest.mark.parametrize("arguments", [(), ("--set=watchNamespaces={one,two}",)])
def test_every_binding_joins_the_operators_account_and_an_existing_role(arguments: tuple[str, ...]) -> None:
    manifests = render(*arguments)
    (account,) = of_kind(manifests, "ServiceAccount")
    bindings = [*of_kind(manifests, "ClusterRoleBinding"), *of_kind(manifests, "RoleBinding")]
    assert bindings
    for binding in bindings:
        (subject,) = binding["subjects"]
        expected = {key: account["metadata"][key] for key in ("name", "namespace")}
        assert {key: subject[key] for key in ("name", "namespace")} == expected
        named = [role["metadata"]["name"] for role in of_kind(manifests, binding["roleRef"]["kind"])]
        assert binding["roleRef"]["name"] in named


def test_view_edit_and_admin_include_trackers() -> None:
    roles = {role["metadata"]["name"]: role for role in of_kind(render(), "ClusterRole")}
    view, edit = roles[f"{NAME}-view"], roles[f"{NAME}-edit"]
    assert view["metadata"]["labels"]["rbac.authorization.k8s.io/aggregate-to-view"] == "true"
    assert "rbac.authorization.k8s.io/aggregate-to-view" not in edit["metadata"]["labels"]
    assert {verb for rule in view["rules"] for verb in rule["verbs"]} == WATCHED
    # The status is the operator's.
    assert not [rule for rule in edit["rules"] if "flighttrackers/status" in rule["resources"]]


@pytest.mark.parametrize(
    ("setting", "gone"),
    [
        ("rbac.create=false", {"ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"}),
        ("serviceAccount.create=false", {"ServiceAccount"}),
    ],
)
def test_roles_can_be_left_out(setting: str, gone: set[str]) -> None:
    assert not gone & {manifest["kind"] for manifest in render(f"--set={setting}")}


def test_an_existing_service_account_is_used() -> None:
    manifests = render("--set=serviceAccount.create=false,serviceAccount.name=robot")
    (deployment,) = of_kind(manifests, "Deployment")
    assert deployment["spec"]["template"]["spec"]["serviceAccountName"] == "robot"
    (binding,) = of_kind(manifests, "ClusterRoleBinding")
    assert binding["subjects"][0]["name"] == "robot"
