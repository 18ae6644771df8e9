"""Which changes of a manifest replace pods, and which of them a user asked for."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from flighttracker_operator.manifests import desired
from flighttracker_operator.model.facts import SecretFacts
from flighttracker_operator.objects.rollout import has_new_secrets, replaces_pods
from tests.unit.operator.manifests.cases import facts, tracker

REDIS: dict[str, Any] = {"redis": {"provider": "external", "external": {"urlSecret": "keys"}}}


def workloads(**known: Any) -> dict[str, dict[str, Any]]:
    resource = tracker(REDIS)
    made = desired(resource, facts(**known))
    return {one["metadata"]["name"]: one for one in made if one["kind"] in ("StatefulSet", "Deployment")}


def secret(digest: str) -> dict[str, Any]:
    return {"secrets": {"keys": SecretFacts(keys=frozenset({"url"}), digest=digest, is_offered=True)}}


def test_an_unchanged_workload_keeps_its_pods() -> None:
    live = workloads()
    assert not any(replaces_pods(one, live[name]) for name, one in workloads().items())


def test_replicas_replace_no_pods_and_an_image_does() -> None:
    (wanted,) = [one for one in workloads().values() if one["metadata"]["name"].endswith("-gateway")]
    live = copy.deepcopy(wanted)
    live["spec"]["replicas"] = 7
    assert not replaces_pods(wanted, live)
    live["spec"]["template"]["spec"]["containers"][0]["image"] = "older"
    assert replaces_pods(wanted, live)
    assert not has_new_secrets(wanted, live)


@pytest.mark.parametrize(("digest", "is_new"), [("a", False), ("b", True)])
def test_a_changed_secret_is_a_change_of_the_user(digest: str, is_new: bool) -> None:
    live, wanted = workloads(**secret("a")), workloads(**secret(digest))
    assert any(has_new_secrets(one, live[name]) for name, one in wanted.items()) == is_new


def test_strimzi_replaces_pods_after_most_changes() -> None:
    kafka = {"kind": "Kafka", "spec": {"kafka": {"version": "4.1.1"}}}
    assert replaces_pods(kafka, {"spec": {"kafka": {"version": "4.1.0"}}})
    assert not replaces_pods({"kind": "ConfigMap", "data": {"a": "1"}}, {"data": {"a": "2"}})
