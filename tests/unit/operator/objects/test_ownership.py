"""Tests of who owns an object."""

from __future__ import annotations

from typing import Any

import pytest

from flighttracker_operator.objects.ownership import Owner, describe_owner, owner_of, owners_of_retained

OWNED = {"apiVersion": "flighttracker.io/v1alpha1", "kind": "FlightTracker", "name": "demo", "uid": "tracker-1"}


@pytest.mark.parametrize(
    ("metadata", "owner"),
    [
        ({"ownerReferences": [OWNED]}, Owner.OURS),
        ({"ownerReferences": [{**OWNED, "uid": "tracker-0"}]}, Owner.PREDECESSOR),
        ({"ownerReferences": [{"kind": "App", "name": "x", "uid": "x", "controller": True}]}, Owner.FOREIGN),
        ({}, Owner.FOREIGN),
        ({"managedFields": [{"manager": "kubectl", "operation": "Apply"}]}, Owner.FOREIGN),
        ({"managedFields": [{"manager": "flighttracker-operator", "operation": "Apply"}]}, Owner.OURS),
    ],
)
def test_the_owner_of_an_object(metadata: dict[str, Any], owner: Owner) -> None:
    assert owner_of("Service", metadata, "tracker-1", "demo") is owner


@pytest.mark.parametrize(
    ("kind", "tracker", "owner"),
    [
        ("PersistentVolumeClaim", "demo", Owner.OURS),
        ("PersistentVolumeClaim", "other", Owner.FOREIGN),
        ("ConfigMap", "demo", Owner.FOREIGN),
    ],
)
def test_a_volume_claim_without_an_owner_belongs_to_the_tracker_of_its_labels(
    kind: str, tracker: str, owner: Owner
) -> None:
    labels = {"flighttracker.io/tracker": tracker, "app.kubernetes.io/managed-by": "flighttracker-operator"}
    assert owner_of(kind, {"labels": labels}, "tracker-1", "demo") is owner


def test_a_retained_claim_loses_every_tracker_of_the_name_and_keeps_other_owners() -> None:
    other = {"apiVersion": "v1", "kind": "ConfigMap", "name": "demo", "uid": "x"}
    assert owners_of_retained({"ownerReferences": [OWNED, {**OWNED, "uid": "tracker-0"}, other]}, "demo") == [other]
    assert owners_of_retained({"ownerReferences": [other]}, "demo") is None
    assert owners_of_retained({}, "demo") is None


def test_an_owner_is_described_by_controller_release_or_tool() -> None:
    assert describe_owner({"ownerReferences": [{"kind": "App", "name": "x", "controller": True}]}) == "App x"
    assert describe_owner({"annotations": {"meta.helm.sh/release-name": "shop"}}) == "Helm release shop"
    assert describe_owner({"managedFields": [{"manager": "kubectl-create"}]}) == "created by kubectl-create"
    assert describe_owner({}) == "owner unknown"
