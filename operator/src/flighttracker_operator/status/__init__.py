"""What the operator saw → `status`: conditions with short reasons and messages that say what to do. Pure.

`view.py` holds what is looked at, `pods.py` finds out what ails a pod, `workloads.py` and `parts.py` judge each part of
a tracker, `whole.py` puts the resource's status together, and `transitions.py` says which changes are worth an event.
"""

from flighttracker_operator.status.parts import has_gateways
from flighttracker_operator.status.transitions import Transition, new_warnings, transitions
from flighttracker_operator.status.view import Numbers, State, View
from flighttracker_operator.status.whole import invalid_status, tracker_status

__all__ = [
    "Numbers",
    "State",
    "Transition",
    "View",
    "has_gateways",
    "invalid_status",
    "new_warnings",
    "tracker_status",
    "transitions",
]
