"""A tracker with live children, whose state the tests of its status change."""

from __future__ import annotations

from typing import Any, Final

from flighttracker.spec import read_tracker
from flighttracker_operator.manifests import desired, refusals
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.status import Numbers, View, tracker_status

NOW: Final = "2026-01-01T00:00:00Z"
PASSWORDS: Final[dict[str, Any]] = {"kafka_password": "k" * 12, "redis_password": "p" * 12}
ALL_SERVED: Final = frozenset({"kafka.strimzi.io/v1", "gateway.networking.k8s.io/v1"})


class World:
    """A tracker and its live children, with the status that controllers would write."""

    def __init__(self, spec: dict[str, Any] | None = None, **facts: Any) -> None:
        resource = {"apiVersion": "flighttracker.io/v1alpha1", "kind": "FlightTracker", "metadata": {"name": "demo"}}
        self.tracker = read_tracker({**resource, "spec": spec or {}})
        self.facts = Facts(uid="u", namespace="one", **PASSWORDS, api_versions=ALL_SERVED, **facts)
        self.wanted = desired(self.tracker, self.facts)
        self.live = {(body["kind"], body["metadata"]["name"]): body for body in self.wanted}
        self.more: dict[str, Any] = {}
        self.numbers(aircraft=5000)
        for (kind, name), body in self.live.items():
            if kind in ("StatefulSet", "Deployment"):
                body["metadata"]["generation"] = 1
                self.ready(kind, name, body["spec"].get("replicas", 1))

    def ready(self, kind: str, name: str, number: int) -> None:
        body = self.live[kind, name]
        body["status"] = {"observedGeneration": 1, "replicas": number, "readyReplicas": number}
        body["status"]["updatedReplicas"] = body["spec"].get("replicas", 1)

    def pod(self, component: str, **status: Any) -> Manifest:
        labels = {"flighttracker.io/tracker": "demo", "app.kubernetes.io/component": component}
        body: Manifest = {"kind": "Pod", "metadata": {"name": f"{component}-0", "labels": labels}, "status": status}
        self.live["Pod", f"{component}-0"] = body
        return body

    def numbers(self, **reported: Any) -> None:
        """Set the numbers that the pods have reported."""
        self.more["numbers"] = Numbers(is_known=True, **reported)

    def status(self, before: dict[str, Any] | None = None, now: str = NOW) -> dict[str, Any]:
        view = View(
            tracker=self.tracker,
            facts=self.facts,
            live=self.live,
            refusals=refusals(self.tracker, self.facts),
            before=before or {},
            **self.more,
        )
        return tracker_status(view, self.wanted, now)

    def condition(self, name: str = "Ready", before: dict[str, Any] | None = None) -> tuple[str, str, str]:
        found = next(one for one in self.status(before)["conditions"] if one["type"] == name)
        return found["status"], found["reason"], found["message"]


def container(**fields: Any) -> dict[str, Any]:
    return {"name": "gateway", "image": "example.org/gateway:1", "ready": False, "restartCount": 3, **fields}
