"""Tests of drift: whether a live object matches its manifest."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flighttracker_operator.objects.diff import APPLIED_ANNOTATION, digest, drift, fingerprint, stamped

WANTED: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "a", "labels": {"x": "1"}, "ownerReferences": [{"uid": "u", "kind": "FlightTracker"}]},
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"x": "1"}},
        "template": {"spec": {"containers": [{"name": "c", "resources": {"limits": {"cpu": "1000m"}}}], "volumes": []}},
    },
}

VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-5, 5), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=8,
)


def live(**changes: Any) -> dict[str, Any]:
    body = copy.deepcopy(WANTED)
    body["metadata"] |= {"uid": "1", "annotations": {"deployment.kubernetes.io/revision": "1"}}
    body["spec"] |= {"progressDeadlineSeconds": 600, **changes}
    body["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["cpu"] = "1"
    del body["spec"]["template"]["spec"]["volumes"]
    body["status"] = {"readyReplicas": 1}
    return body


def test_fields_that_others_add_are_no_drift() -> None:
    assert drift(WANTED, live()) is None


def test_an_added_owner_is_no_drift_but_a_removed_one_is() -> None:
    body = live()
    body["metadata"]["ownerReferences"].insert(0, {"uid": "other", "kind": "Thing"})
    assert drift(WANTED, body) is None
    body["metadata"]["ownerReferences"] = [{"uid": "other", "kind": "Thing"}]
    assert drift(WANTED, body) == "metadata.ownerReferences"


def test_drift_has_the_path_of_the_changed_field() -> None:
    assert drift(WANTED, live(replicas=3)) == "spec.replicas"
    body = live()
    body["spec"]["template"]["spec"]["containers"][0]["name"] = "d"
    assert drift(WANTED, body) == "spec.template.spec.containers[0].name"
    body["spec"]["template"]["spec"]["containers"].append({"name": "injected"})
    assert drift(WANTED, body) == "spec.template.spec.containers"


def test_an_added_key_in_a_selector_is_drift() -> None:
    assert drift(WANTED, live(selector={"matchLabels": {"x": "1", "y": "2"}})) == "spec.selector.matchLabels"


@pytest.mark.parametrize(("one", "other"), [("1000m", "1"), ("1Gi", "1024Mi"), ("0.5", "500m")])
def test_quantities_are_compared_as_amounts(one: str, other: str) -> None:
    assert drift({"a": one}, {"a": other}) is None
    assert drift({"a": one}, {"a": "7"}) == "a"


@pytest.mark.parametrize("empty", [{}, [], "", 0, False])
def test_an_omitted_empty_value_is_no_drift(empty: object) -> None:
    assert drift({"a": empty}, {}) is None


@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=4))
def test_an_object_does_not_drift_from_itself(body: dict[str, Any]) -> None:
    assert drift(body, copy.deepcopy(body)) is None
    assert digest(body) == digest(copy.deepcopy(body))


def test_the_digest_is_an_annotation_that_changes_with_the_object() -> None:
    before = stamped(WANTED)
    assert "annotations" not in WANTED["metadata"]
    changed = copy.deepcopy(WANTED)
    changed["spec"]["replicas"] = 3
    after = stamped(changed)
    marks = {body["metadata"]["annotations"][APPLIED_ANNOTATION] for body in (before, after)}
    assert len(marks) == 2
    assert stamped(before)["spec"] == before["spec"]


def test_the_fingerprint_ignores_status_and_versions() -> None:
    body = live()
    changed = copy.deepcopy(body)
    changed["status"] = {}
    changed["metadata"] |= {"resourceVersion": "9", "generation": 4}
    assert fingerprint(body) == fingerprint(changed)
    changed["spec"]["replicas"] = 9
    assert fingerprint(body) != fingerprint(changed)
