"""Which changes of the conditions are worth an event: something broke, something else is wrong now, all is well again.

Waiting while something starts is no event, and neither is a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from flighttracker_operator.status.parts import WAITING_FOR_FLIGHTS, WAITING_FOR_GATEWAYS
from flighttracker_operator.status.whole import READY
from flighttracker_operator.status.workloads import DEGRADED, UPDATING

QUIET: Final = frozenset(
    {
        "Starting",
        "NotCreated",
        "WaitingForGenerators",
        "WaitingForStrimzi",
        "WaitingForGateway",
        WAITING_FOR_GATEWAYS,
        WAITING_FOR_FLIGHTS,
    }
)
"""Reasons that are on the way of every start."""

RISKY_SPEC: Final = "RiskySpec"
"""Reason of a warning about a field that is valid."""

Kind = Literal["Normal", "Warning"]


class Transition(NamedTuple):
    """One change that is told as an event.

    Attributes:
        type: as Kubernetes has it.
        reason: that of the condition.
        message: that of the condition, with its name.
    """

    type: Kind
    reason: str
    message: str


def new_warnings(before: Mapping[str, Any], after: Mapping[str, Any], warnings: Iterable[str]) -> Iterator[Transition]:
    """Yield the warnings about a spec, once for each of its generations."""
    if before.get("observedGeneration") != after.get("observedGeneration"):
        for warning in warnings:
            yield Transition("Warning", RISKY_SPEC, warning)


def transitions(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Transition]:
    """Yield what changed from one status to the next, as far as people want to hear of it."""
    known = {condition["type"]: condition for condition in before.get("conditions", ())}
    for condition in after.get("conditions", ()):
        last = known.get(condition["type"], {})
        was, now = (last.get("status"), last.get("reason")), (condition["status"], condition["reason"])
        if was == now:
            continue
        if condition["type"] == READY:
            if now[0] == "True" and was[0] != "True":
                yield Transition("Normal", "Ready", condition["message"])
            elif now[1] in ("SpecInvalid", "Paused", UPDATING, DEGRADED):
                kind: Kind = "Warning" if now[1] in ("SpecInvalid", DEGRADED) else "Normal"
                yield Transition(kind, now[1], condition["message"])
        elif now[0] == "False" and now[1] not in QUIET:
            yield Transition("Warning", now[1], f"{condition['type']}: {condition['message']}")
