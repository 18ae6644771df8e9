"""Keeps the fields of live workloads that Kubernetes never changes. Pure.

An apply with another value is rejected as a whole, on every pass, so nothing else of the workload would be updated
either. The live value is applied instead, and a message says what differs and how to change it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.objects.diff import drift

IMMUTABLE: Final[Mapping[str, tuple[str, ...]]] = {
    "StatefulSet": ("selector", "serviceName", "podManagementPolicy", "volumeClaimTemplates"),
    "Deployment": ("selector",),
}
"""Immutable fields of `spec`, by kind."""


def keep_immutable(wanted: Manifest, live: Manifest, uid: str) -> tuple[Manifest, list[str]]:
    """Return a manifest with the immutable fields of the live object, and a message for each value that differs.

    Args:
        wanted: the rendered workload.
        live: the live one.
        uid: UID of the tracker.
    """
    fields = IMMUTABLE.get(wanted["kind"], ())
    different = {
        name: live["spec"][name] for name in fields if name in live["spec"] and not _is_equal(wanted, live, name)
    }
    spec = {**wanted["spec"], **different}
    template = spec["template"]
    labels = {**template["metadata"].get("labels", {}), **spec["selector"].get("matchLabels", {})}
    spec["template"] = {**template, "metadata": {**template["metadata"], "labels": labels}}
    kind, name = wanted["kind"], wanted["metadata"]["name"]
    what, delete = f"{kind} {name}", f"kubectl delete {kind.lower()} {name} --cascade=orphan"
    again = f"Kubernetes never changes it: {delete}; the operator creates it again, with its pods and volumes"
    kept = [
        f"{what} keeps its {field}, because {again}"
        for field in fields
        if field != "volumeClaimTemplates"
        and field in wanted["spec"]
        and drift({field: wanted["spec"][field]}, live["spec"]) is not None
    ]
    for claim in live["spec"].get("volumeClaimTemplates") or ():
        kept.extend(_kept_of_claim(what, claim, _named(wanted, claim["metadata"]["name"]), uid, delete))
    return {**wanted, "spec": spec}, kept


def _kept_of_claim(what: str, live: Manifest, wanted: Manifest, uid: str, delete: str) -> list[str]:
    """Return the differences of a claim template, except the size: existing claims grow."""
    kept = []
    storage = wanted.get("spec", {}).get("storageClassName")
    present = live["spec"].get("storageClassName")
    if storage is not None and storage != present:
        message = (
            f"{what} keeps StorageClass {present or '(default)'} instead of {storage}: to move, delete it and its "
            "volume claims; the operator creates both again, without their data"
        )
        kept.append(message)
    owners = live["metadata"].get("ownerReferences") or ()
    if any(owner["uid"] != uid for owner in owners):
        message = (
            f"{what} was created for an earlier tracker, so a volume claim that it creates again would be deleted at "
            f"once: {delete}; the operator creates it again, with its pods and volumes"
        )
        kept.append(message)
    return kept


def _is_equal(wanted: Manifest, live: Manifest, field: str) -> bool:
    """Return whether the API server would accept the wanted value: it differs only in defaults."""
    one, other = wanted["spec"].get(field), live["spec"][field]
    if field == "volumeClaimTemplates":
        return [_essence(claim) for claim in one or ()] == [_essence(claim) for claim in other or ()]
    return bool(one == other)


def _essence(claim: Manifest) -> list[dict[str, Any]]:
    """Return the parts of a claim template without what the API server adds."""
    return [
        {name: value for name, value in claim[part].items() if name not in ("volumeMode", "creationTimestamp")}
        for part in ("metadata", "spec")
    ]


def _named(wanted: Manifest, name: str) -> dict[str, Any]:
    claims = wanted["spec"].get("volumeClaimTemplates") or ()
    return next((claim for claim in claims if claim["metadata"]["name"] == name), {})
