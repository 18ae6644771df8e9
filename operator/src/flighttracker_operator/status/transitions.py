"""Selects the changes of conditions that become events: a new problem, a different problem, or ready again.

Waiting during a start causes no event, and neither do changed numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from flighttracker_operator.status.parts import NEARLY_FULL, SOURCES, WAITING_FOR_FLIGHTS, WAITING_FOR_GATEWAYS
from flighttracker_operator.status.upgrade import HELD, UPGRADING, WAITING
from flighttracker_operator.status.view import LACKS_RIGHTS
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
        WAITING,
        HELD,
    }
)
"""Reasons that occur during every normal start, or in many trackers because of one."""

RISKY_SPEC: Final = "RiskySpec"
"""Reason of events about valid fields with a security risk."""

_UNTIL: Final = re.compile(r" until [0-9: -]+ UTC")

Kind = Literal["Normal", "Warning"]


class Transition(NamedTuple):
    """A change that becomes an event: of a condition, or new warnings about the spec.

    Attributes:
        type: the event's type.
        reason: the condition's reason, or `RISKY_SPEC`.
        message: the condition's message, prefixed with its type except for Ready; or the warning.
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
    """Yield the changes from one status to the next that are worth an event."""
    known = {condition["type"]: condition for condition in before.get("conditions", ())}
    for condition in after.get("conditions", ()):
        last = known.get(condition["type"], {})
        was, now = (last.get("status"), last.get("reason")), (condition["status"], condition["reason"])
        if was == now:
            if condition["type"] == SOURCES and _problems(condition) - _problems(last):
                yield Transition("Warning", now[1], f"{SOURCES}: {condition['message']}")
            continue
        if condition["type"] == READY:
            if now[0] == "True" and was[0] != "True":
                yield Transition("Normal", "Ready", condition["message"])
            elif now[1] in ("SpecInvalid", LACKS_RIGHTS, "Paused", UPDATING, DEGRADED):
                kind: Kind = "Normal" if now[1] in ("Paused", UPDATING) else "Warning"
                yield Transition(kind, now[1], condition["message"])
        elif condition["type"] == UPGRADING and now[0] == "True":
            yield Transition("Normal", UPGRADING, condition["message"])
        elif (now[0] == "False" and now[1] not in QUIET) or now[1] == NEARLY_FULL:
            yield Transition("Warning", now[1], f"{condition['type']}: {condition['message']}")


def _problems(condition: Mapping[str, Any]) -> frozenset[str]:
    """Return the problems of sources that a condition lists, without the times that change with each pause."""
    clauses = condition["message"].split("; ") if condition["status"] == "False" else ()
    return frozenset(_UNTIL.sub("", clause) for clause in clauses)
