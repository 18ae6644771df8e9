"""`status`: what the operator last saw, in the words of the CRD. `flighttracker_operator.status` fills it in.

Nothing in it beats: an idle tracker writes nothing, so the numbers are rounded and there is no time of the last look.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from flighttracker.spec import SpecModel


class Condition(SpecModel):
    """One aspect of the tracker, as Kubernetes' own conditions are."""

    type: Annotated[str, Field(max_length=64)]
    """What is looked at: Ready, KafkaReady, TopicReady, …"""
    status: Literal["True", "False", "Unknown"]
    """Whether it is as it should be."""
    reason: Annotated[str, Field(max_length=64)]
    """Why, in one word."""
    message: Annotated[str, Field(max_length=1024)]
    """Why, in a sentence that says what to do."""
    last_transition_time: Annotated[str, Field(max_length=32, json_schema_extra={"format": "date-time"})]
    """When `status` last changed."""
    observed_generation: int | None = None
    """Generation of the resource that this speaks of."""


class GatewayNumbers(SpecModel):
    """How many gateways there are."""

    replicas: int = 0
    """Gateways that exist; what `kubectl scale` and autoscalers read."""
    ready: int = 0
    """Gateways that take connections."""
    summary: Annotated[str, Field(max_length=32)] = ""
    """Ready ones of those that there should be: "2/3"."""
    selector: Annotated[str, Field(max_length=1024)] = ""
    """Label selector of their pods, for autoscalers."""


class TrackerStatus(SpecModel):
    """What the operator last saw."""

    observed_generation: int | None = None
    """Generation of the resource that this speaks of."""
    conditions: Annotated[
        tuple[Condition, ...],
        Field(
            max_length=32,
            json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"]},
        ),
    ] = ()
    """Each part's state, and Ready for the whole."""
    gateways: GatewayNumbers | None = None
    """How many gateways there are."""
    url: Annotated[str, Field(max_length=2048)] | None = None
    """Where the map is; left out while it has no address."""
    aircraft: int | None = None
    """Aircraft on the map, rounded; left out while no gateway answers."""
    viewers: int | None = None
    """Browsers that watch, rounded; left out while no gateway answers."""
    flights_per_second: float | None = None
    """Positions a second that reach the gateways, rounded; left out while no gateway answers."""
