"""The status of a tracker: the parts' conditions, Ready for the whole, and the numbers of `kubectl get ft`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flighttracker.errors import SpecError
from flighttracker_operator.crd import Condition, GatewayNumbers, TrackerStatus
from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.model.names import COMPONENT_LABEL, Component, child_name, selector
from flighttracker_operator.objects.store import ObjectKey
from flighttracker_operator.status.parts import (
    PARTS,
    WAITING_FOR_FLIGHTS,
    WAITING_FOR_GATEWAYS,
    has_gateways,
    ingress_address,
)
from flighttracker_operator.status.view import State, View, fine, waits
from flighttracker_operator.status.workloads import DEGRADED, UPDATING, replicas

MESSAGE_CHARACTERS: Final = 1024
READY: Final = "Ready"
PAUSED: Final = "spec.paused is true: the operator changes nothing until it is false again"


def tracker_status(view: View, wanted: Iterable[Manifest], now: str) -> dict[str, Any]:
    """Return the status that a tracker should have, as JSON has it; a condition keeps its time while its status stays.

    Args:
        view: what there is to judge.
        wanted: the objects that the tracker should have; they say which part a refused one belongs to.
        now: the time, RFC 3339.
    """
    owners = {_key(manifest, view): _component(manifest) for manifest in wanted}
    states = {name: _judge(view, name, owners) for name in PARTS}
    url = _url(view)
    states = {READY: _whole(view, states, owners, url), **states}
    status = TrackerStatus(
        observed_generation=view.facts.generation,
        conditions=_conditions(states, view.before, view.facts.generation, now),
        gateways=_gateways(view),
        url=url or None,
        **(_numbers(view) if has_gateways(view) else {}),
    )
    return _json(status)


def invalid_status(error: SpecError, generation: int, before: Mapping[str, Any], now: str) -> dict[str, Any]:
    """Return the status of a resource that the operator cannot read; what was known of the rest stays."""
    state = waits(
        "SpecInvalid", f"the resource is not valid, so nothing was changed: {'; '.join(str(error).splitlines())}"
    )
    kept = {key: value for key, value in before.items() if key not in ("conditions", "observedGeneration")}
    others = [condition for condition in before.get("conditions", ()) if condition["type"] != READY]
    (ready,) = _conditions({READY: state}, before, generation, now)
    return {**kept, "observedGeneration": generation, "conditions": [_json(ready), *others]}


def _judge(view: View, name: str, owners: Mapping[ObjectKey, Component]) -> State:
    component, judge = PARTS[name]
    told = [refusal for refusal in view.refusals if refusal.component == component]
    if component is not None:
        for refusal in told:
            if refusal.stops:
                return waits(refusal.reason, refusal.message)
        unwritten = view.unwritten(component, owners)
        if unwritten is not None:
            return unwritten
    state = judge(view)
    if told and state.is_fine:  # it works, though not as it was asked for
        return fine(f"{told[0].message}; {state.message}", told[0].reason)
    return state


def _whole(view: View, states: Mapping[str, State], owners: Mapping[ObjectKey, Component], url: str) -> State:
    """Return whether live flights are shown and all that was asked for is there; what cannot be known is let pass."""
    failing = [(name, state) for name, state in states.items() if state.status == "False"]
    partly = [(name, state) for name, state in states.items() if state.reason in (DEGRADED, UPDATING)]
    if view.tracker.spec.paused:
        return State("False" if failing or partly else "True", "Paused", PAUSED)
    if failing:
        # A part that waits for another explains nothing: the first that is more than waiting does.
        name, state = next(((name, state) for name, state in failing if state.reason not in _PATIENT), failing[0])
        return waits(state.reason, f"{name.removesuffix('Ready')}: {state.message}")
    if partly:
        name, state = partly[0]
        return waits(state.reason, f"{name.removesuffix('Ready')}: {state.message}; the map goes on meanwhile")
    beside = [refusal.message for refusal in view.refusals if refusal.component == _EXTRA]
    unwritten = view.unwritten(_EXTRA, owners)
    beside += [unwritten.message] if unwritten else []
    return fine("; ".join([_where(view, url), *beside]))


def _where(view: View, url: str) -> str:
    """Return where a person finds the map."""
    if url:
        return f"the map is at {url}"
    if not view.tracker.spec.web.enabled:
        return "the gateways are up; spec.web.enabled is false, so there is no page"
    return f"the map is up: kubectl port-forward service/{child_name(view.tracker, 'web')} 8080, http://localhost:8080"


_EXTRA: Final[Component] = "monitoring"
"""The one component without a condition: the map is up without it."""

_PATIENT: Final = frozenset(
    {"Starting", "NotCreated", "WaitingForGenerators", "WaitingForStrimzi", WAITING_FOR_GATEWAYS, WAITING_FOR_FLIGHTS}
)
"""Reasons that pass by themselves."""


def _conditions(
    states: Mapping[str, State], before: Mapping[str, Any], generation: int, now: str
) -> tuple[Condition, ...]:
    known = {condition["type"]: condition for condition in before.get("conditions", ())}
    conditions = []
    for name, state in states.items():
        last = known.get(name, {})
        since = last["lastTransitionTime"] if last.get("status") == state.status else now
        conditions.append(
            Condition(
                type=name,
                status=state.status,
                reason=state.reason[:64],
                message=_shortened(state.message),
                last_transition_time=since,
                observed_generation=generation,
            )
        )
    return tuple(conditions)


def _shortened(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= MESSAGE_CHARACTERS else plain[: MESSAGE_CHARACTERS - 1] + "…"


def _gateways(view: View) -> GatewayNumbers:
    live = view.child("Deployment", child_name(view.tracker, "gateway"))
    labels = ",".join(f"{name}={value}" for name, value in selector(view.tracker, "gateway").items())
    if live is None:
        return GatewayNumbers(selector=labels)
    wanted, ready = replicas(live)
    exist = live.get("status", {}).get("replicas", 0)
    return GatewayNumbers(replicas=exist, ready=ready, summary=f"{ready}/{wanted}", selector=labels)


def _numbers(view: View) -> dict[str, Any]:
    """Return what gateways and generators told; while nobody could be asked yet, what is told already."""
    numbers, before = view.numbers, view.before
    if not numbers.is_known:
        told = {"aircraft": "aircraft", "viewers": "viewers", "flights_per_second": "flightsPerSecond"}
        return {name: before.get(field) for name, field in told.items()}
    return {
        "aircraft": numbers.aircraft,
        "viewers": numbers.viewers,
        "flights_per_second": numbers.flights_per_s,
    }


def _url(view: View) -> str:
    spec = view.tracker.spec.ingress
    if not spec.enabled or view.host_holder is not None:
        return ""
    found = view.of_component("Ingress", "ingress")
    address = spec.host or (ingress_address(found[0]) if found else "")
    return f"{'https' if spec.tls else 'http'}://{address}" if address else ""


def _key(manifest: Manifest, view: View) -> ObjectKey:
    return ObjectKey(manifest["kind"], view.facts.namespace, manifest["metadata"]["name"])


def _component(manifest: Manifest) -> Component:
    component: Component = manifest["metadata"]["labels"][COMPONENT_LABEL]
    return component


def _json(part: TrackerStatus | Condition) -> dict[str, Any]:
    return part.model_dump(mode="json", by_alias=True, exclude_none=True)
