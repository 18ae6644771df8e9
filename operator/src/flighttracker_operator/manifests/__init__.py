"""Renders every Kubernetes object of a tracker from the resource and the facts about the cluster.

Each module renders one part and returns a list of objects, which may be empty. Rendering is pure: the same tracker and
the same facts give the same objects, the arguments are not changed, and no request is sent. The loop applies the list
in its order. It then deletes objects that carry the tracker's label and are not in the list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests.egress import egress
from flighttracker_operator.manifests.gateway import gateway
from flighttracker_operator.manifests.generator import generator
from flighttracker_operator.manifests.historian import historian
from flighttracker_operator.manifests.ingress import ingress
from flighttracker_operator.manifests.kafka import kafka
from flighttracker_operator.manifests.monitoring import monitoring
from flighttracker_operator.manifests.network import network
from flighttracker_operator.manifests.pod_refusals import without_templates
from flighttracker_operator.manifests.redis import redis
from flighttracker_operator.manifests.references import named_secrets, own_secrets, referenced_secrets
from flighttracker_operator.manifests.refusal import Refusal
from flighttracker_operator.manifests.refusals import refusals
from flighttracker_operator.manifests.registry import registry
from flighttracker_operator.manifests.strimzi import strimzi
from flighttracker_operator.manifests.volumes import claim_names, retained_claims
from flighttracker_operator.manifests.web import web
from flighttracker_operator.model.facts import Facts, Manifest

__all__ = [
    "Refusal",
    "claim_names",
    "desired",
    "named_secrets",
    "own_secrets",
    "referenced_secrets",
    "refusals",
    "retained_claims",
    "without_templates",
]

PARTS: Final[tuple[Callable[[FlightTracker, Facts], list[Manifest]], ...]] = (
    network,
    egress,
    kafka,
    strimzi,
    redis,
    registry,
    generator,
    historian,
    gateway,
    web,
    ingress,
    monitoring,
)
"""In the order in which they are applied: dependencies first."""


def desired(tracker: FlightTracker, facts: Facts) -> list[Manifest]:
    """Return every object that a tracker should have, in the order in which to apply them."""
    made = [manifest for part in PARTS for manifest in part(tracker, facts)]
    # A round trip through JSON gives plain lists and dicts that share nothing, which the caller may change.
    return msgspec.json.decode(msgspec.json.encode(made), type=list[Manifest])
