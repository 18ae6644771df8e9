"""The model of `status`. `flighttracker_operator.status` computes it.

An idle tracker causes no writes: the numbers are rounded, and there is no time of the last pass.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from flighttracker.spec import SpecModel


class Condition(SpecModel):
    """A condition of the tracker, in the format of Kubernetes' own conditions."""

    type: Annotated[str, Field(max_length=64)]
    """Type of the condition: Ready, KafkaReady, TopicReady, …"""
    status: Literal["True", "False", "Unknown"]
    """Whether the condition is met."""
    reason: Annotated[str, Field(max_length=64)]
    """Reason for `status`, in one word."""
    message: Annotated[str, Field(max_length=1024)]
    """Details, and how to fix a problem."""
    last_transition_time: Annotated[str, Field(max_length=32, json_schema_extra={"format": "date-time"})]
    """When `status` last changed."""
    observed_generation: int | None = None
    """Generation of the resource for which the condition was computed."""


class GatewayNumbers(SpecModel):
    """The number of gateways."""

    replicas: int = 0
    """Existing gateways; read by `kubectl scale` and autoscalers."""
    ready: int = 0
    """Gateways that accept connections."""
    summary: Annotated[str, Field(max_length=32)] = ""
    """Ready and desired gateways, such as "2/3"."""
    selector: Annotated[str, Field(max_length=1024)] = ""
    """Label selector of the gateways' pods, for autoscalers."""


class HistoryStatus(SpecModel):
    """What is kept of the past; left out until a historian responds."""

    store: Annotated[str, Field(max_length=640)]
    """The volume claim or the bucket with the files."""
    since: Annotated[str, Field(max_length=32, json_schema_extra={"format": "date-time"})] | None = None
    """Time of the oldest position."""
    size: Annotated[str, Field(max_length=16)] = "0"
    """Size of the files, rounded: "1.2G"."""
    lag_seconds: int | None = None
    """Age of the positions that are read now, rounded to minutes; 0 without a lag."""


class TrackerStatus(SpecModel):
    """The last observed state of the tracker."""

    observed_generation: int | None = None
    """Generation of the resource for which this status was computed."""
    conditions: Annotated[
        tuple[Condition, ...],
        Field(
            max_length=32,
            json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"]},
        ),
    ] = ()
    """Ready for the whole tracker, and a condition for each part."""
    gateways: GatewayNumbers | None = None
    """The number of gateways."""
    url: Annotated[str, Field(max_length=2048)] | None = None
    """Address of the map; left out while there is none."""
    operator: Annotated[str, Field(max_length=316)] | None = None
    """Name of the operator that manages the tracker: namespace and name of its release."""
    operator_version: Annotated[str, Field(max_length=128)] | None = None
    """Version of that operator."""
    version: Annotated[str, Field(max_length=64)] | None = None
    """Version of the generator, the gateways, the historians and the page; during an upgrade in waves, the older one
    until its turn."""
    release: Annotated[str, Field(max_length=160)] | None = None
    """Release whose objects the tracker has: the version of the operator, and a digest of its images."""
    history: HistoryStatus | None = None
    """What is kept of the past."""
    aircraft: int | None = None
    """Aircraft on the map, rounded; left out while no gateway responds."""
    viewers: int | None = None
    """Connected viewers, rounded; left out while no gateway responds."""
    flights_per_second: float | None = None
    """Positions a second that the generators write, rounded; left out while no gateway is ready."""
