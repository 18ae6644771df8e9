"""`Refusal`: a request of a tracker that the operator cannot fulfil. `refusals` and `pod_refusals` find them."""

from __future__ import annotations

from typing import NamedTuple

from flighttracker_operator.model.names import Component


class Refusal(NamedTuple):
    """A request of a tracker that cannot be fulfilled.

    Attributes:
        component: the component whose condition reports it.
        reason: the condition's `reason`, one word in CamelCase.
        message: the problem and how to fix it.
        stops: whether the component cannot work without it; if False, it works in a different way.
    """

    component: Component
    reason: str
    message: str
    stops: bool
