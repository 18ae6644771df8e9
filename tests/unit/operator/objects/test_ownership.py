"""Tests of who owns an object."""

from __future__ import annotations

from typing import Any

import pytest

from flighttracker_operator.objects.ownership import Owner, describe_owner, owner_of

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
    assert owner_of(metadata, "tracker-1", "demo") is owner


def test_an_owner_is_described_by_controller_release_or_tool() -> None:
    assert describe_owner({"ownerReferences": [{"kind": "App", "name": "x", "controller": True}]}) == "App x"
    assert describe_owner({"annotations": {"meta.helm.sh/release-name": "shop"}}) == "Helm release shop"
    assert describe_owner({"managedFields": [{"manager": "kubectl-create"}]}) == "created by kubectl-create"
    assert describe_owner({}) == "owner unknown"
