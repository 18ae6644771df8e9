"""What a manifest would do to the pods of a live workload. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flighttracker_operator.model.facts import Manifest, noted_digests
from flighttracker_operator.objects.diff import drift

TEMPLATES: Final = frozenset({"StatefulSet", "Deployment"})
STRIMZI: Final = frozenset({"Kafka", "KafkaNodePool"})
"""Kinds from which Strimzi makes pods; a change of most of their fields replaces them."""


def replaces_pods(wanted: Manifest, live: Mapping[str, Any]) -> bool:
    """Return whether applying a manifest would replace the pods of a live workload."""
    if wanted["kind"] in TEMPLATES:
        return drift(wanted["spec"]["template"], live["spec"]["template"]) is not None
    return wanted["kind"] in STRIMZI and drift(wanted["spec"], live["spec"]) is not None


def has_new_secrets(wanted: Manifest, live: Mapping[str, Any]) -> bool:
    """Return whether a Secret of a live workload was changed, so its pods must be replaced whatever else changes."""
    if wanted["kind"] not in TEMPLATES:
        return False
    new, old = (noted_digests(body["spec"]["template"].get("metadata") or {}) for body in (wanted, live))
    return any(old[name] != digest for name, digest in new.items() if name in old)
