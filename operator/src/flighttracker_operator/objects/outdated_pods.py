"""Which pod of a StatefulSet with the strategy `OnDelete` is replaced next. Pure; the reconciler evicts it.

The StatefulSet controller replaces pods from the last to the first and only waits for those that it has replaced. It
would stop a broker while another one is lost or behind, so that partitions have too few replicas in sync. With
`OnDelete`, a pod that works is only replaced when all are ready, and one that does not work is replaced first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flighttracker_operator.model.facts import Manifest

REVISION_LABEL: Final = "controller-revision-hash"


def next_to_replace(workload: Mapping[str, Any], pods: Iterable[Manifest]) -> Manifest | None:
    """Return the outdated pod to replace now; None if there is none, or others must be ready first.

    Args:
        workload: a StatefulSet.
        pods: pods of its namespace; those of other owners are ignored.
    """
    spec, status = workload["spec"], workload.get("status", {})
    revision = status.get("updateRevision")
    is_observed = status.get("observedGeneration", 0) >= workload["metadata"].get("generation", 0)
    if spec.get("updateStrategy", {}).get("type") != "OnDelete" or not is_observed or not revision:
        return None
    own = [pod for pod in pods if _owner(pod) == workload["metadata"]["uid"]]
    own.sort(key=lambda pod: int(pod["metadata"]["name"].rpartition("-")[2]), reverse=True)
    outdated = [pod for pod in own if pod["metadata"]["labels"].get(REVISION_LABEL) != revision]
    if not outdated or any("deletionTimestamp" in pod["metadata"] for pod in own):
        return None
    broken = [pod for pod in outdated if not _is_ready(pod)]
    if broken:
        return broken[0]
    is_complete = len(own) == spec.get("replicas", 1) and all(_is_ready(pod) for pod in own)
    return outdated[0] if is_complete else None


def _owner(pod: Manifest) -> str:
    owners = pod["metadata"].get("ownerReferences") or ()
    return next((str(owner["uid"]) for owner in owners if owner.get("controller")), "")


def _is_ready(pod: Manifest) -> bool:
    conditions = pod.get("status", {}).get("conditions", ())
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
