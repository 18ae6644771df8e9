"""What a FlightTracker becomes: every Kubernetes object of a tracker, as a function of the resource and the facts.

One module for each part; each returns its objects, none where there should be none. The same tracker and the same facts
give the same objects, nothing that is passed in changes, and nobody is asked anything. The loop applies the list in its
order and prunes what carries the tracker's label and is not in it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests.gateway import gateway
from flighttracker_operator.manifests.generator import generator
from flighttracker_operator.manifests.ingress import ingress
from flighttracker_operator.manifests.kafka import kafka
from flighttracker_operator.manifests.monitoring import monitoring
from flighttracker_operator.manifests.network import network
from flighttracker_operator.manifests.redis import redis
from flighttracker_operator.manifests.references import referenced_secrets
from flighttracker_operator.manifests.refusals import Refusal, refusals
from flighttracker_operator.manifests.registry import registry
from flighttracker_operator.manifests.strimzi import strimzi
from flighttracker_operator.manifests.web import web
from flighttracker_operator.model.facts import Facts, Manifest

__all__ = ["Refusal", "desired", "referenced_secrets", "refusals"]

PARTS: Final[tuple[Callable[[FlightTracker, Facts], list[Manifest]], ...]] = (
    network,
    kafka,
    strimzi,
    redis,
    registry,
    generator,
    gateway,
    web,
    ingress,
    monitoring,
)
"""In the order in which they are applied: who is needed comes before who needs it."""


def desired(tracker: FlightTracker, facts: Facts) -> list[Manifest]:
    """Return every object that a tracker should have, in the order in which to apply them."""
    made = [manifest for part in PARTS for manifest in part(tracker, facts)]
    # Through JSON and back: plain lists and dicts that share nothing, so that the caller may change them.
    return msgspec.json.decode(msgspec.json.encode(made), type=list[Manifest])
