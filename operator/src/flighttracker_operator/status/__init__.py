"""Computes the `status` of a tracker: conditions, each with a reason and a message that says how to fix it. Pure.

`view.py` has the input, `pods.py` finds problems of pods, `workloads.py` and `parts.py` compute the state of each part,
`whole.py` assembles the status, and `transitions.py` selects the changes that become events.
"""

from flighttracker_operator.status.parts import has_gateways
from flighttracker_operator.status.transitions import Transition, new_warnings, transitions
from flighttracker_operator.status.view import HistoryNumbers, Numbers, State, View
from flighttracker_operator.status.whole import (
    invalid_status,
    powerless_status,
    ready_state,
    tracker_status,
    with_upgrade,
)

__all__ = [
    "HistoryNumbers",
    "Numbers",
    "State",
    "Transition",
    "View",
    "has_gateways",
    "invalid_status",
    "new_warnings",
    "powerless_status",
    "ready_state",
    "tracker_status",
    "transitions",
    "with_upgrade",
]
