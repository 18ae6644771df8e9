"""Of several brokers, one that does not work is replaced first, and one that works only while all are ready."""

from __future__ import annotations

from typing import Any

import pytest

from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.objects.outdated_pods import next_to_replace


def workload(**changes: Any) -> Manifest:
    status = {"observedGeneration": 2, "updateRevision": "new", **changes.pop("status", {})}
    spec = {"replicas": 3, "updateStrategy": {"type": "OnDelete"}, **changes}
    return {"metadata": {"name": "sky-kafka", "uid": "set", "generation": 2}, "spec": spec, "status": status}


def pod(number: int, revision: str = "old", *, ready: bool = True, owner: str = "set", **metadata: Any) -> Manifest:
    return {
        "metadata": {
            "name": f"sky-kafka-{number}",
            "labels": {"controller-revision-hash": revision},
            "ownerReferences": [{"uid": owner, "controller": True}],
            **metadata,
        },
        "status": {"conditions": [{"type": "Ready", "status": "True" if ready else "False"}]},
    }


@pytest.mark.parametrize(
    ("pods", "replaced"),
    [
        ([pod(0), pod(1), pod(2)], "sky-kafka-2"),
        ([pod(0), pod(1), pod(2, "new")], "sky-kafka-1"),
        ([pod(0), pod(1), pod(2, "new", ready=False)], None),
        ([pod(0, "new"), pod(1, "new"), pod(2, "new")], None),
        ([pod(0, ready=False), pod(1), pod(2)], "sky-kafka-0"),
        ([pod(0, ready=False), pod(1), pod(2, "new", ready=False)], "sky-kafka-0"),
        ([pod(0), pod(1, deletionTimestamp="2026-01-01T00:00:00Z"), pod(2)], None),
        ([pod(0), pod(1)], None),
        ([pod(0), pod(1), pod(2, owner="another"), pod(2, "new", ready=False)], None),
    ],
)
def test_which_pod_is_replaced(pods: list[Manifest], replaced: str | None) -> None:
    found = next_to_replace(workload(), pods)
    assert (found["metadata"]["name"] if found else None) == replaced


@pytest.mark.parametrize(
    "other",
    [
        workload(updateStrategy={"type": "RollingUpdate"}),
        workload(status={"observedGeneration": 1}),
        workload(status={"updateRevision": ""}),
    ],
)
def test_others_are_left_to_their_controller_and_old_states_are_not_acted_on(other: Manifest) -> None:
    assert next_to_replace(other, [pod(0), pod(1), pod(2)]) is None
