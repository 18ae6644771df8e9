"""Tests of the held parts and the refusals of a verdict."""

from __future__ import annotations

from typing import Any

from flighttracker_operator.manifests import desired
from tests.unit.operator.manifests.cases import facts, tracker
from tests.unit.operator.policy.policy_cases import EVERYTHING, judged, messages

CRITICAL: dict[str, Any] = {"podTemplate": {"priorityClassName": "system-cluster-critical"}}
TWO = {"podTemplate": {"priorityClassName": "a", "imageOverrides": {"web": "evil.example.net/page"}}}


def test_network_policies_of_a_held_part_are_applied() -> None:
    found = judged(CRITICAL)
    applied = {one["kind"] for one in desired(tracker(CRITICAL), facts()) if not found.holds(one)}
    assert applied == {"NetworkPolicy"}


def test_parts_without_violations_are_not_held() -> None:
    spec = {"podTemplate": {"imageOverrides": {"web": "evil.example.net/page"}}}
    found = judged(spec)
    held = [one for one in desired(tracker(spec), facts()) if found.holds(one)]
    assert {one["metadata"]["name"] for one in held} == {"sky-web"}


def test_the_refusal_of_a_part_has_all_of_its_violations() -> None:
    refusals = {refusal.component: refusal for refusal in judged(TWO).refusals()}
    assert refusals.keys() == EVERYTHING
    assert {refusal.reason for refusal in refusals.values()} == {"PolicyViolation"}
    assert all(refusal.stops for refusal in refusals.values())
    assert "policy.priorityClasses" in refusals["web"].message
    assert "policy.images" in refusals["web"].message
    assert "policy.images" not in refusals["gateway"].message


def test_an_object_without_labels_has_no_component() -> None:
    assert not judged(CRITICAL).holds({"kind": "ConfigMap", "metadata": {"name": "x"}})


def test_the_name_of_a_tracker_gives_no_access_to_a_foreign_volume() -> None:
    found = judged({"kafka": {"builtin": {"replicas": 3}}}, foreign_claims=frozenset({"data-sky-kafka-2"}))
    assert found.held == {"kafka"}
    assert "PersistentVolumeClaim data-sky-kafka-2 exists but was not made for this tracker" in messages(found)
    external = {"provider": "external", "external": {"bootstrapServers": "kafka:9092"}}
    assert judged({"kafka": external}, foreign_claims=frozenset({"data-sky-kafka-0"})).held == frozenset()
