"""Tests of the immutable fields of live workloads."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flighttracker_operator.objects.immutable import keep_immutable
from tests.unit.operator.manifests.cases import UID, made, tracker

KEY = ("StatefulSet", "sky-kafka")


def live(**changes: Any) -> dict[str, Any]:
    """Return the live StatefulSet of Kafka with changed fields of its spec."""
    body: dict[str, Any] = json.loads(json.dumps(made(tracker())[KEY]))
    body["spec"].update(changes)
    return body


def test_an_equal_workload_is_not_changed() -> None:
    """Defaults of the API server do not count, so a new tracker is not written a second time."""
    wanted = made(tracker())[KEY]
    claims = live()["spec"]["volumeClaimTemplates"]
    claims[0]["spec"]["volumeMode"] = "Filesystem"
    claims[0]["status"] = {"phase": "Pending"}
    assert keep_immutable(wanted, live(volumeClaimTemplates=claims), UID) == (wanted, [])


@pytest.mark.parametrize(
    ("field", "value"),
    [("serviceName", "old"), ("podManagementPolicy", "OrderedReady"), ("selector", {"matchLabels": {"app": "old"}})],
)
def test_a_different_value_is_kept_and_reported(field: str, value: object) -> None:
    kept, messages = keep_immutable(made(tracker())[KEY], live(**{field: value}), UID)
    assert kept["spec"][field] == value
    assert len(messages) == 1
    assert f"StatefulSet sky-kafka keeps its {field}, because Kubernetes never changes it" in messages[0]
    assert "kubectl delete statefulset sky-kafka --cascade=orphan" in messages[0]


def test_pods_have_the_labels_that_the_kept_selector_selects() -> None:
    kept, _ = keep_immutable(made(tracker())[KEY], live(selector={"matchLabels": {"app": "old"}}), UID)
    assert kept["spec"]["template"]["metadata"]["labels"]["app"] == "old"


def test_a_claim_template_is_kept_whatever_its_size() -> None:
    claims = live()["spec"]["volumeClaimTemplates"]
    claims[0]["spec"]["resources"]["requests"]["storage"] = "3Gi"
    kept, messages = keep_immutable(made(tracker())[KEY], live(volumeClaimTemplates=claims), UID)
    assert kept["spec"]["volumeClaimTemplates"] == claims
    assert messages == []


def test_another_storage_class_is_reported() -> None:
    wanted = made(tracker({"kafka": {"builtin": {"storage": {"className": "fast"}}}}))[KEY]
    _, (message,) = keep_immutable(wanted, live(), UID)
    assert "keeps StorageClass (default) instead of fast: to move, delete it and its volume claims" in message


def test_a_template_of_an_earlier_tracker_is_reported() -> None:
    """Earlier releases wrote the tracker's UID into the template."""
    claims = live()["spec"]["volumeClaimTemplates"]
    claims[0]["metadata"]["ownerReferences"] = [{"kind": "FlightTracker", "name": "sky", "uid": UID}]
    assert keep_immutable(made(tracker())[KEY], live(volumeClaimTemplates=claims), UID)[1] == []
    _, (message,) = keep_immutable(made(tracker())[KEY], live(volumeClaimTemplates=claims), "another")
    assert "was created for an earlier tracker" in message
