"""Secrets with the generated passwords of the builtin Kafka and Redis.

The operator generates a password once. It keeps the password of an existing Secret of the tracker, and generates a new
one only if the Secret was deleted: then the servers and everything that connects to them restart with it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests.metadata import child
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import Component


def password_secret(
    tracker: FlightTracker, facts: Facts, component: Component, name: str, values: Mapping[str, str]
) -> Manifest:
    """Return the Secret of a builtin server with these values."""
    # `data`, not `stringData`: the API server stores `data`, so the live object compares equal to the applied one.
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    return child(tracker, facts, component, kind="Secret", name=name, type="Opaque", data=data)


def kafka_mark(tracker: FlightTracker, facts: Facts) -> dict[str, str]:
    """Return the input of `roll_annotations` that restarts pods when the password of the builtin Kafka changes."""
    return {"kafka-password": facts.kafka_password} if tracker.spec.kafka.provider == "builtin" else {}


def redis_mark(tracker: FlightTracker, facts: Facts) -> dict[str, str]:
    """Return the input of `roll_annotations` that restarts pods when the password of the builtin Redis changes."""
    return {"password": facts.redis_password} if tracker.spec.redis.provider == "builtin" else {}
