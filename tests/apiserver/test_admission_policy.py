"""The admission policies of docs/policies: a real API server enforces the first, and the second has the same rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from flighttracker_operator.crd.definition import custom_resource_definition
from tests.apiserver.api_server import ApiError, ApiServer, Json
from tests.apiserver.cluster_view import MERGE, Cluster
from tests.apiserver.operator_process import eventually

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

POLICIES = Path(__file__).parents[2] / "docs/policies"
BASE = "/apis/admissionregistration.k8s.io/v1"
PLURALS = {
    "ValidatingAdmissionPolicy": "validatingadmissionpolicies",
    "ValidatingAdmissionPolicyBinding": "validatingadmissionpolicybindings",
}
HOST = "flights.maps.example.org"


def documents(name: str) -> list[Json]:
    return list(yaml.safe_load_all((POLICIES / name).read_text(encoding="utf-8")))


@pytest.fixture
def restricted(api_server: ApiServer, cluster: Cluster) -> Iterator[Cluster]:
    """A namespace with the label, after the policy is in force there."""
    path = f"/api/v1/namespaces/{cluster.namespace}"
    labels = {"metadata": {"labels": {"flighttracker.io/restrict": "true"}}}
    api_server.request("PATCH", path, labels, content_type=MERGE)
    found = documents("validating-admission-policy.yaml")
    for document in found:
        api_server.request("POST", f"{BASE}/{PLURALS[document['kind']]}?fieldValidation=Strict", document)
    try:
        greedy = {"podTemplate": {"priorityClassName": "system-cluster-critical"}}
        eventually(lambda: refused(cluster, greedy, "probe") != "", "the policy is in force", within_s=60)
        yield cluster
    finally:
        for document in found:
            api_server.request("DELETE", f"{BASE}/{PLURALS[document['kind']]}/{document['metadata']['name']}")


def refused(cluster: Cluster, spec: dict[str, Any], name: str = "demo") -> str:
    """Return why a tracker is rejected, empty when it is accepted."""
    try:
        cluster.create_tracker(name, spec=spec)
    except ApiError as error:
        return str(error)
    cluster.delete("FlightTracker", name)
    return ""


def test_the_documented_admission_policy_rejects_violations(restricted: Cluster) -> None:
    rejected: list[tuple[dict[str, Any], str]] = [
        ({"podTemplate": {"imageOverrides": {"gateway": "evil.example.net/a"}}}, "must be images of registry.example"),
        ({"podTemplate": {"imageOverrides": {"schemaRegistry": "a"}}}, "must be images of registry.example.org/maps"),
        ({"podTemplate": {"imageOverrides": {"historian": "a"}}}, "must be images of registry.example.org/maps"),
        ({"history": {"podTemplate": {"priorityClassName": "a"}}}, "the podTemplate of a part must be left out"),
        ({"podTemplate": {"priorityClassName": "a"}}, "spec.podTemplate.priorityClassName must be left out"),
        ({"podTemplate": {"serviceAccountName": "a"}}, "no containers, volumes and serviceAccountName"),
        ({"podTemplate": {"containers": [{"name": "a", "image": "a"}]}}, "no containers, volumes"),
        ({"web": {"podTemplate": {"priorityClassName": "a"}}}, "the podTemplate of a part must be left out"),
        ({"ingress": {"enabled": True}}, "spec.ingress.host must be below maps.example.org"),
        ({"ingress": {"enabled": True, "host": "*.maps.example.org"}}, "and no wildcard"),
        ({"ingress": {"enabled": True, "host": "evilmaps.example.org"}}, "spec.ingress.host must be below"),
        ({"ingress": {"enabled": True, "host": HOST, "annotations": {"a/b": "c"}}}, "spec.ingress.annotations must be"),
    ]
    for spec, words in rejected:
        assert words in refused(restricted, spec), spec
    accepted: list[dict[str, Any]] = [
        {},
        {"podTemplate": {"imageOverrides": {"gateway": "registry.example.org/maps/gateway@sha256:" + "0" * 64}}},
        {"podTemplate": {"labels": {"team": "maps"}}},
        {"ingress": {"enabled": True, "host": HOST}},
        {"ingress": {"enabled": False}},
    ]
    for spec in accepted:
        assert refused(restricted, spec) == "", spec


def test_the_policy_names_every_part_with_an_image_or_a_pod_template() -> None:
    (ours, _) = documents("validating-admission-policy.yaml")
    named = {
        place: set(re.findall(r"'(\w+)'", rule["expression"].split(".all(part")[0]))
        for rule in ours["spec"]["validations"]
        for place in ("images[part]", "spec[part]")
        if place in rule["expression"]
    }
    schema = custom_resource_definition()["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    parts = schema["properties"]
    assert named["images[part]"] == set(parts["podTemplate"]["properties"]["imageOverrides"]["properties"])
    assert named["spec[part]"] == {part for part in parts if "podTemplate" in parts[part].get("properties", {})}


def test_the_policy_of_kyverno_has_the_same_rules() -> None:
    (ours, _), (kyverno,) = documents("validating-admission-policy.yaml"), documents("kyverno.yaml")
    (rule,) = [rule for rule in kyverno["spec"]["rules"] if "validate" in rule]
    assert rule["validate"]["cel"]["variables"] == ours["spec"]["variables"]
    expected = [{name: one[name] for name in ("expression", "message")} for one in ours["spec"]["validations"]]
    assert rule["validate"]["cel"]["expressions"] == expected
