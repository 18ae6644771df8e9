"""Reads and changes trackers and their children through the API server, as `kubectl` would."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Mapping
from typing import Any, Final

from flighttracker_operator.objects.kinds import BUILTIN, TRACKER, Kind
from tests.apiserver.api_server import ApiError, ApiServer, Json
from tests.apiserver.operator_process import eventually

KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in (*BUILTIN, TRACKER)}
EXPECTED: Final = 26
"""Number of children with `spec: {}`."""
OFFERED: Final = {"labels": {"flighttracker.io/use": "true"}}
"""Metadata of a Secret that trackers may use."""
MERGE: Final = "application/merge-patch+json"
NOISE: Final = ("managedFields", "resourceVersion", "uid", "creationTimestamp", "generation", "selfLink")


class Cluster:
    """The objects of one namespace."""

    def __init__(self, server: ApiServer, namespace: str) -> None:
        self.server = server
        self.namespace = namespace

    def create_tracker(self, name: str = "demo", spec: Json | None = None) -> Json:
        """Create a FlightTracker."""
        body = {"apiVersion": TRACKER.api_version, "kind": TRACKER.name, "metadata": {"name": name}, "spec": spec or {}}
        return self.server.request("POST", TRACKER.path(self.namespace), body)

    def change_tracker(self, spec: Json, name: str = "demo") -> Json:
        """Merge a patch into the spec of a FlightTracker."""
        return self.server.request("PATCH", TRACKER.path(self.namespace, name), {"spec": spec}, content_type=MERGE)

    def tracker(self, name: str = "demo") -> Json:
        """Return a FlightTracker."""
        return self.get("FlightTracker", name)

    def condition(self, kind: str = "Ready", name: str = "demo") -> Json:
        """Return a condition of a FlightTracker; empty while it has none."""
        conditions = self.tracker(name).get("status", {}).get("conditions", ())
        return next((condition for condition in conditions if condition["type"] == kind), {})

    def reason(self, kind: str = "Ready", name: str = "demo") -> str:
        """Return the reason of a condition."""
        return str(self.condition(kind, name).get("reason", ""))

    def get(self, kind: str, name: str) -> Json:
        """Return an object."""
        return self.server.request("GET", KINDS[kind].path(self.namespace, name))

    def find(self, kind: str, name: str) -> Json | None:
        """Return an object, or None if it does not exist."""
        try:
            return self.get(kind, name)
        except ApiError as error:
            if error.code != 404:
                raise
            return None

    def patch(self, kind: str, name: str, change: Json, *, part: str = "") -> Json:
        """Merge a patch into an object or its status."""
        path = KINDS[kind].path(self.namespace, name) + part
        return self.server.request("PATCH", path, change, content_type=MERGE)

    def create(self, kind: str, name: str, **fields: Any) -> Json:
        """Create an object."""
        metadata = {"name": name, **fields.pop("metadata", {})}
        body = {"apiVersion": KINDS[kind].api_version, "kind": kind, "metadata": metadata, **fields}
        return self.server.request("POST", KINDS[kind].path(self.namespace), body)

    def delete(self, kind: str, name: str) -> None:
        """Delete an object if it exists."""
        with contextlib.suppress(ApiError):
            self.server.request("DELETE", KINDS[kind].path(self.namespace, name))

    def end_pod(self, name: str) -> None:
        """Delete a pod at once: without a kubelet, one that is deleted stays, unless its controller was faster."""
        options = {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0}
        try:
            self.server.request("DELETE", KINDS["Pod"].path(self.namespace, name), options)
        except ApiError as error:
            if error.code != 404:
                raise

    def children(self, name: str = "demo") -> dict[tuple[str, str], Json]:
        """Return all objects with a tracker's label."""
        found = {}
        for kind in BUILTIN:
            path = f"{kind.path(self.namespace)}?labelSelector=flighttracker.io/tracker={name}"
            for item in self.server.request("GET", path)["items"]:
                found[kind.name, item["metadata"]["name"]] = {
                    "apiVersion": kind.api_version,
                    "kind": kind.name,
                    **item,
                }
        return found

    def complete(self, name: str = "demo", expected: int = EXPECTED) -> dict[tuple[str, str], Json]:
        """Wait until all children exist and the status is that of the present spec, then return the children."""

        def look() -> dict[tuple[str, str], Json]:
            tracker = self.tracker(name)
            seen = tracker.get("status", {}).get("observedGeneration") == tracker["metadata"]["generation"]
            children = self.children(name) if seen else {}
            return children if len(children) == expected else {}

        return eventually(look, f"{expected} children of {name}")

    def make_ready(self, name: str = "demo") -> None:
        """Write the status that controllers and kubelets would write when every workload is ready."""
        for (kind, child), body in self.children(name).items():
            if kind in ("StatefulSet", "Deployment"):
                wanted = body["spec"].get("replicas", 1)
                status = {"observedGeneration": body["metadata"]["generation"], "replicas": wanted}
                status |= {"readyReplicas": wanted, "updatedReplicas": wanted}
                self.patch(kind, child, {"status": status}, part="/status")

    def events(self, name: str = "demo") -> list[Json]:
        """Return the events about a tracker."""
        items: list[Json] = self.server.request("GET", f"/api/v1/namespaces/{self.namespace}/events")["items"]
        return [item for item in items if item["involvedObject"]["name"] == name]

    def writes(self, user: str, since: int) -> list[str]:
        """Return a user's writes in this namespace since a line of the audit log, as `verb resource name`.

        Renewals of Leases are not among them: they continue forever.
        """
        entries = self.server.writes(user=user, since=since)
        return [
            f"{entry['verb']} {entry['objectRef']['resource']} {entry['objectRef'].get('name', '')}"
            + (f"/{entry['objectRef']['subresource']}" if "subresource" in entry["objectRef"] else "")
            for entry in entries
            if entry["objectRef"].get("namespace") == self.namespace and entry["objectRef"]["resource"] != "leases"
        ]


def plain(body: Json) -> Json:
    """Return an object without the fields that differ after it was deleted and created again."""
    metadata = {name: value for name, value in body["metadata"].items() if name not in NOISE}
    for owner in metadata.get("ownerReferences", ()):
        owner.pop("uid", None)
    kept = {name: value for name, value in body.items() if name != "status"}
    if body["kind"] == "Service":
        kept["spec"] = {name: value for name, value in body["spec"].items() if not name.startswith("clusterIP")}
    return {**kept, "metadata": metadata}


def make_namespace(server: ApiServer) -> Cluster:
    """Create a namespace for one test."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    server.request("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
    return Cluster(server, name)


def end_namespace(cluster: Cluster) -> None:
    """Delete the trackers of a namespace; there is no garbage collector."""
    cluster.server.request("DELETE", f"/apis/flighttracker.io/v1alpha1/namespaces/{cluster.namespace}/flighttrackers")
