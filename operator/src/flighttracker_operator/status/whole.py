"""The status of a tracker: a condition for each part, Ready for the whole, and the numbers of `kubectl get ft`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from flighttracker.errors import SpecError
from flighttracker_operator.crd import Condition, GatewayNumbers, HistoryStatus, TrackerStatus
from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.model.names import COMPONENT_LABEL, Component, child_name, selector
from flighttracker_operator.objects.store import ObjectKey
from flighttracker_operator.status.ingress import map_url, port_forward
from flighttracker_operator.status.parts import (
    HISTORY,
    NEARLY_FULL,
    PARTS,
    SOURCES,
    WAITING_FOR_FLIGHTS,
    WAITING_FOR_GATEWAYS,
    has_gateways,
    history_store,
)
from flighttracker_operator.status.upgrade import UPGRADING
from flighttracker_operator.status.view import LACKS_RIGHTS, State, View, false_state, true_state
from flighttracker_operator.status.workloads import DEGRADED, UPDATING, replicas

MESSAGE_CHARACTERS: Final = 1024
READY: Final = "Ready"
KILO: Final = 1000
SOLE_OPERATOR: Final = "SoleOperator"
"""Only present, as False, while another operator stands by; it does not affect Ready."""
PAUSED: Final = "spec.paused is true: the operator changes nothing until it is false again"


def tracker_status(view: View, wanted: Iterable[Manifest], now: str) -> dict[str, Any]:
    """Return the status of a tracker as a JSON object. A condition's `lastTransitionTime` only changes with its status.

    Args:
        view: the input.
        wanted: the desired objects of the tracker; they map a rejected object to its component.
        now: the time, RFC 3339.
    """
    components = {_key(manifest, view): _component(manifest) for manifest in wanted}
    parts = [name for name in PARTS if name != HISTORY or view.tracker.spec.history.enabled]
    states = {name: _part_state(view, name, components) for name in parts}
    url = map_url(view)
    states = {READY: _whole(view, states, components, url), **states}
    if view.rival:
        message = (
            f"operator {view.rival} also manages this namespace and stands by: uninstall it, or give the two different "
            "namespaces (watchNamespaces)"
        )
        states[SOLE_OPERATOR] = false_state("SecondOperator", message)
    status = TrackerStatus(
        observed_generation=view.facts.generation,
        conditions=_conditions(states, view.before, view.facts.generation, now),
        gateways=_gateways(view),
        url=url or None,
        operator=view.operator or None,
        operator_version=view.operator_version or None,
        version=view.version or None,
        release=view.release or None,
        history=_history(view),
        **(_numbers(view) if has_gateways(view) else {}),
    )
    return _json(status)


def ready_state(status: Mapping[str, Any]) -> State | None:
    """Return the condition Ready of a status, or None if it has none."""
    for condition in status.get("conditions", ()):
        if condition["type"] == READY:
            return State(condition["status"], condition["reason"], condition["message"])
    return None


def with_upgrade(
    status: Mapping[str, Any], upgrade: State | None, before: Mapping[str, Any], generation: int, now: str
) -> dict[str, Any]:
    """Return a status with the condition `Upgrading`, or without it if there is no upgrade.

    Args:
        status: the status.
        upgrade: the state of the upgrade.
        before: the present status.
        generation: generation of the resource.
        now: the time, RFC 3339.
    """
    others = [condition for condition in status.get("conditions", ()) if condition["type"] != UPGRADING]
    if upgrade is not None:
        others += [_json(condition) for condition in _conditions({UPGRADING: upgrade}, before, generation, now)]
    return {**status, "conditions": others}


def invalid_status(error: SpecError, generation: int, before: Mapping[str, Any], now: str) -> dict[str, Any]:
    """Return the status of an invalid resource: Ready is False, everything else stays as before."""
    message = f"the resource is invalid, so nothing was changed: {'; '.join(str(error).splitlines())}"
    return _not_ready(false_state("SpecInvalid", message), generation, before, now)


def powerless_status(missing: str, before: Mapping[str, Any], now: str) -> dict[str, Any]:
    """Return the status of a tracker that waits for rights of the operator: Ready is False, the rest stays as before.

    Args:
        missing: the right that the operator lacks, what grants it, and what happens until then.
        before: the present status.
        now: the time, RFC 3339.
    """
    return _not_ready(false_state(LACKS_RIGHTS, missing), before.get("observedGeneration"), before, now)


def _not_ready(state: State, generation: int | None, before: Mapping[str, Any], now: str) -> dict[str, Any]:
    kept = {key: value for key, value in before.items() if key not in ("conditions", "observedGeneration")}
    others = [condition for condition in before.get("conditions", ()) if condition["type"] != READY]
    (ready,) = _conditions({READY: state}, before, generation, now)
    observed = {} if generation is None else {"observedGeneration": generation}
    return {**kept, **observed, "conditions": [_json(ready), *others]}


def _part_state(view: View, name: str, components: Mapping[ObjectKey, Component]) -> State:
    component, compute = PARTS[name]
    refusals = [refusal for refusal in view.refusals if refusal.component == component]
    if component is not None:
        for refusal in refusals:
            if refusal.stops:
                return false_state(refusal.reason, refusal.message)
        unwritten = view.unwritten(component, components)
        if unwritten is not None:
            return unwritten
    state = compute(view)
    if refusals and state.is_true:  # it works, but not as requested
        return true_state(f"{refusals[0].message}; {state.message}", refusals[0].reason)
    return state


def _whole(view: View, states: Mapping[str, State], components: Mapping[ObjectKey, Component], url: str) -> State:
    """Return the state of Ready: True if no part is False, Degraded or Updating; Unknown does not count."""
    failing = [(name, state) for name, state in states.items() if state.status == "False" and name != SOURCES]
    partial = [(name, state) for name, state in states.items() if state.reason in (DEGRADED, UPDATING)]
    if view.tracker.spec.paused:
        return State("False" if failing or partial else "True", "Paused", PAUSED)
    if failing:
        # The first part with a real problem is reported, rather than one that only waits for another.
        name, state = next(((name, state) for name, state in failing if state.reason not in _TRANSIENT), failing[0])
        return false_state(state.reason, f"{name.removesuffix('Ready')}: {state.message}")
    if partial:
        name, state = partial[0]
        return false_state(state.reason, f"{name.removesuffix('Ready')}: {state.message}; the map stays available")
    notes = [refusal.message for refusal in view.refusals if refusal.component == _OPTIONAL]
    unwritten = view.unwritten(_OPTIONAL, components)
    notes += [unwritten.message] if unwritten else []
    notes += [states[SOURCES].message] if states[SOURCES].status == "False" else []
    notes += [state.message for state in states.values() if state.reason == NEARLY_FULL]
    return true_state("; ".join([_map_address(view, url), *notes]))


def _map_address(view: View, url: str) -> str:
    """Return a message that says where to open the map."""
    if url:
        return f"the map is at {url}"
    if not view.tracker.spec.web.enabled:
        return "the gateways are up; spec.web.enabled is false, so there is no page"
    path = view.tracker.spec.web.base_path
    return f"the map is up: run {port_forward(view)} and open http://localhost:8080{path and f'{path}/'}"


_OPTIONAL: Final[Component] = "monitoring"
"""The only component without a condition, because the map does not need it."""

_TRANSIENT: Final = frozenset(
    {"Starting", "NotCreated", "WaitingForGenerators", "WaitingForStrimzi", WAITING_FOR_GATEWAYS, WAITING_FOR_FLIGHTS}
)
"""Reasons that go away by themselves during a normal start."""


def _conditions(
    states: Mapping[str, State], before: Mapping[str, Any], generation: int | None, now: str
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


def _history(view: View) -> HistoryStatus | None:
    """Return what is kept, as the historians reported, or the present status before they have."""
    if not view.tracker.spec.history.enabled:
        return None
    numbers, before = view.numbers.history, view.before.get("history")
    if numbers is None:
        return HistoryStatus.model_validate(before) if before else None
    since = None
    if numbers.since_s is not None:
        since = datetime.fromtimestamp(numbers.since_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return HistoryStatus(
        store=history_store(view),
        since=since,
        size=_size(numbers.size_bytes),
        lag_seconds=numbers.lag_s,
    )


def _size(count: float) -> str:
    """Return a number of bytes with two digits, as a quantity of Kubernetes."""
    for unit in ("", "k", "M", "G"):
        if count < KILO:
            return f"{count:.2g}{unit}" if count < 10 and unit else f"{count:.0f}{unit}"
        count /= KILO
    return f"{count:.2g}T" if count < 10 else f"{count:.0f}T"


def _numbers(view: View) -> dict[str, Any]:
    """Return the numbers that gateways and generators reported, or those of the present status before they have."""
    numbers, before = view.numbers, view.before
    if not numbers.is_known:
        fields = {"aircraft": "aircraft", "viewers": "viewers", "flights_per_second": "flightsPerSecond"}
        return {name: before.get(field) for name, field in fields.items()}
    return {
        "aircraft": numbers.aircraft,
        "viewers": numbers.viewers,
        "flights_per_second": numbers.flights_per_s,
    }


def _key(manifest: Manifest, view: View) -> ObjectKey:
    return ObjectKey(manifest["kind"], view.facts.namespace, manifest["metadata"]["name"])


def _component(manifest: Manifest) -> Component:
    component: Component = manifest["metadata"]["labels"][COMPONENT_LABEL]
    return component


def _json(part: TrackerStatus | Condition) -> dict[str, Any]:
    return part.model_dump(mode="json", by_alias=True, exclude_none=True)
