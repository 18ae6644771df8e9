"""The input of a tracker's status: its live objects, the result of the last apply, and what its pods reported."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from flighttracker.spec import FlightTracker
from flighttracker.text import printable
from flighttracker_operator.manifests import Refusal
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import COMPONENT_LABEL, Component
from flighttracker_operator.objects.store import ObjectKey

_UNKNOWN_FIELD: Final = re.compile(
    r'unknown field "(?:spec\.template\.spec\.)?([^"]+)"'
    r"|: \.(?:spec\.template\.spec\.)?(\S+): field not declared in schema"
)
"""Errors of the API server about a creation and about an apply."""
_WITH_PODS: Final = frozenset({"Deployment", "StatefulSet", "Kafka", "KafkaNodePool"})
"""Kinds whose unknown fields come from a podTemplate of the resource."""
LACKS_RIGHTS: Final = "OperatorLacksRights"
"""Reason: the operator may not read or write what a tracker needs."""


class State(NamedTuple):
    """The state of one part of a tracker, which becomes a condition.

    Attributes:
        status: the condition's status.
        reason: the condition's reason, in one word.
        message: details, and how to fix a problem.
    """

    status: Literal["True", "False", "Unknown"]
    reason: str
    message: str

    @property
    def is_true(self) -> bool:
        """Whether the status is True."""
        return self.status == "True"


def true_state(message: str, reason: str = "Ready") -> State:
    """Return a state with the status True."""
    return State("True", reason, _shown(message))


def false_state(reason: str, message: str) -> State:
    """Return a state with the status False."""
    return State("False", reason, _shown(message))


def _shown(message: str) -> str:
    """Return a message for a terminal: keys of a resource and errors of others may have any character."""
    return printable(message.replace("\n", " "))


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryNumbers:
    """What the historians reported.

    Attributes:
        fails_to_write: whether files could not be written in the latest two probes.
        full_percent: how full the volume is, percent; None below the alert's limit, and for a bucket.
        since_s: time of the oldest kept position, seconds since 1970; None without any.
        size_bytes: bytes of the files, rounded.
        lag_s: age of the positions that are read now, in whole minutes as seconds; None while it is unknown.
    """

    fails_to_write: bool = False
    full_percent: int | None = None
    since_s: int | None = None
    size_bytes: float = 0.0
    lag_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What gateways, generators and the registry reported; None for those that could not be reached.

    Attributes:
        is_known: whether gateways have responded, or repeatedly failed to; before that, the numbers have no meaning.
        aircraft: aircraft on the map, rounded.
        viewers: viewers connected to all gateways, rounded.
        flights_per_s: positions a second that the generators write, rounded.
        has_positions: whether generators have written positions to Kafka.
        source_error: why responses of the source cannot be used; empty if they can.
        sources: by source, its state (`flighttracker.source_report`), from the generators that responded.
        source_pauses: by source, when the pause ends that its server asked for, seconds since 1970.
        full_volumes: by broker of Kafka, how full its volume is, percent; only those that are nearly full.
        history: what the historians reported; None without an answer.
        registry_error: error of the registry's API; empty if it responds without one.
        waits_for: servers for which generators are waiting (`kafka`, `registry`), with the reason.
    """

    is_known: bool = False
    aircraft: int | None = None
    viewers: int | None = None
    flights_per_s: float | None = None
    has_positions: bool | None = None
    source_error: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    source_pauses: Mapping[str, int] = field(default_factory=dict)
    full_volumes: Mapping[str, int] = field(default_factory=dict)
    history: HistoryNumbers | None = None
    registry_error: str | None = None
    waits_for: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything from which the status of one tracker is computed.

    Attributes:
        tracker: the resource.
        facts: the facts from which its manifests were rendered.
        live: its live children, by kind and name.
        refusals: its requests that cannot be fulfilled.
        foreign: owners of existing objects that have the name of a child but do not belong to the tracker.
        rejected: errors of the API server, by child that it rejected.
        failures: messages of events, by workload that cannot create its pods.
        claim_warnings: messages of events, by volume claim that gets no volume.
        class_known: whether the operator could list IngressClasses.
        host_holder: the other tracker that already has this tracker's host.
        numbers: what its pods reported.
        before: its present status.
        operator: name of the operator that manages it.
        operator_version: version of that operator.
        rival: another operator that stands by for its namespace; empty if there is none.
        version: version of the tracker's own images.
        release: release whose objects the tracker has.
    """

    tracker: FlightTracker
    facts: Facts
    live: Mapping[tuple[str, str], Manifest]
    refusals: Sequence[Refusal] = ()
    foreign: Mapping[ObjectKey, str] = field(default_factory=dict)
    rejected: Mapping[ObjectKey, str] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    claim_warnings: Mapping[str, str] = field(default_factory=dict)
    class_known: bool = True
    host_holder: str | None = None
    numbers: Numbers = field(default_factory=Numbers)
    before: Mapping[str, Any] = field(default_factory=dict)
    operator: str = ""
    operator_version: str = ""
    rival: str = ""
    version: str = ""
    release: str = ""

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
        """Return the state in a condition of the present status, or None."""
        for last in self.before.get("conditions", ()):
            if last["type"] == condition:
                return State(last["status"], last["reason"], last["message"])
        return None

    def unwritten(self, component: Component, wanted: Mapping[ObjectKey, Component]) -> State | None:
        """Return why an object of a component could not be written, or None if all could."""
        for key, owner in self.foreign.items():
            if wanted.get(key) == component:
                message = f"{key} exists but does not belong to the tracker ({owner}): delete it, or rename the tracker"
                return false_state("OwnedByOthers", message)
        for key, error in self.rejected.items():
            if wanted.get(key) == component:
                return rejected_state(key, error)
        return None


def rejected_state(key: ObjectKey, error: str) -> State:
    """Return the state for an object that the API server rejected, with a fix where the error suggests one."""
    if key.kind in _WITH_PODS and (field := _UNKNOWN_FIELD.search(error)):
        name = next(filter(None, field.groups()))
        message = f"Kubernetes does not know the field {name} of {key}: fix it in spec.podTemplate or that of the part"
        return false_state("Refused", message)
    if "exceeded quota" in error:
        return false_state("QuotaExceeded", f"{key} exceeds the namespace's quota: {error}; raise the ResourceQuota")
    if "cannot patch resource" in error or "cannot create resource" in error or "cannot get resource" in error:
        message = f"the operator is not allowed to write {key}: {error}; grant it the chart's Role"
        return false_state(LACKS_RIGHTS, message)
    if "admission webhook" in error:
        return false_state("RefusedByPolicy", f"an admission policy of the cluster rejected {key}: {error}")
    return false_state("Refused", f"the API server rejected {key}: {error}")


def _part(body: Mapping[str, Any]) -> str:
    return str((body["metadata"].get("labels") or {}).get(COMPONENT_LABEL, ""))
