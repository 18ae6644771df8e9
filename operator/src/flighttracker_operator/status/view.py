"""What there is to judge: the live objects of one tracker, and what became of the last apply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests import Refusal
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import COMPONENT_LABEL, Component
from flighttracker_operator.objects.store import ObjectKey


class State(NamedTuple):
    """One aspect of a tracker, before it becomes a condition.

    Attributes:
        status: whether it is as it should be.
        reason: why, in one word.
        message: why, in a sentence that says what to do.
    """

    status: Literal["True", "False", "Unknown"]
    reason: str
    message: str

    @property
    def is_fine(self) -> bool:
        """Whether nothing is missing."""
        return self.status == "True"


def fine(message: str, reason: str = "Ready") -> State:
    """Return the state of something that is as it should be."""
    return State("True", reason, message)


def waits(reason: str, message: str) -> State:
    """Return the state of something that is not as it should be."""
    return State("False", reason, message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What gateways, generators and the registry answered when they were asked; None where nobody could be asked.

    Attributes:
        is_known: whether gateways answered, or it is clear that they cannot be asked; until then nothing is known.
        aircraft: on the map, rounded.
        viewers: browsers that watch, over all gateways, rounded.
        flights_per_s: positions a second, rounded.
        has_positions: whether generators have written positions to Kafka.
        source_trouble: why the source's answers cannot be used, empty when they can.
        registry_trouble: what the registry's own API said is wrong; empty when it answers well.
        waits_for: servers that generators wait for (`kafka`, `registry`), and why.
    """

    is_known: bool = False
    aircraft: int | None = None
    viewers: int | None = None
    flights_per_s: float | None = None
    has_positions: bool | None = None
    source_trouble: str = ""
    registry_trouble: str | None = None
    waits_for: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything that the status of one tracker is made from.

    Attributes:
        tracker: the resource.
        facts: what the builders knew.
        live: bodies of its children, by kind and name.
        refusals: what it asks for and does not get.
        foreign: children whose place somebody else has, and who.
        refused: children that the API server refused, and its words.
        failures: workloads that cannot make their pods, and why, beside what their conditions say.
        class_known: whether the operator could list IngressClasses.
        host_holder: the tracker that has this tracker's host already.
        numbers: what gateways and registry answered.
        before: the status that the tracker has.
    """

    tracker: FlightTracker
    facts: Facts
    live: Mapping[tuple[str, str], Manifest]
    refusals: Sequence[Refusal] = ()
    foreign: Mapping[ObjectKey, str] = field(default_factory=dict)
    refused: Mapping[ObjectKey, str] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    class_known: bool = True
    host_holder: str | None = None
    numbers: Numbers = field(default_factory=Numbers)
    before: Mapping[str, Any] = field(default_factory=dict)

    def child(self, kind: str, name: str) -> Manifest | None:
        """Return a live child."""
        return self.live.get((kind, name))

    def of_component(self, kind: str, component: Component) -> list[Manifest]:
        """Return the live children of a kind that belong to a component."""
        return [body for body in self.of_kind(kind) if _part(body) == component]

    def of_kind(self, kind: str) -> list[Manifest]:
        """Return the live children of a kind."""
        return [self.live[key] for key in sorted(self.live) if key[0] == kind]

    def last(self, condition: str) -> State | None:
        """Return what was last told of an aspect, None when nothing was."""
        for told in self.before.get("conditions", ()):
            if told["type"] == condition:
                return State(told["status"], told["reason"], told["message"])
        return None

    def unwritten(self, component: Component, wanted: Mapping[ObjectKey, Component]) -> State | None:
        """Return why an object of a component could not be written, None when all could."""
        for key, owner in self.foreign.items():
            if wanted.get(key) == component:
                told = f"{key} exists and is not the tracker's ({owner}): delete or rename it, or rename the tracker"
                return waits("OwnedByOthers", told)
        for key, words in self.refused.items():
            if wanted.get(key) == component:
                return refused_state(key, words)
        return None


def refused_state(key: ObjectKey, words: str) -> State:
    """Return what an API server's refusal means to a person."""
    if "exceeded quota" in words:
        return waits("QuotaExceeded", f"{key} does not fit the namespace's quota: {words}; raise the ResourceQuota")
    if "cannot patch resource" in words or "cannot create resource" in words or "cannot get resource" in words:
        return waits("OperatorLacksRights", f"the operator may not write {key}: {words}; give it the chart's Role")
    if "admission webhook" in words:
        return waits("RefusedByPolicy", f"a policy of the cluster refused {key}: {words}")
    return waits("Refused", f"the API server refused {key}: {words}")


def _part(body: Mapping[str, Any]) -> str:
    return str((body["metadata"].get("labels") or {}).get(COMPONENT_LABEL, ""))
