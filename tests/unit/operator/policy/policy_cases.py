"""A verdict on a tracker, for the tests of the policy."""

from __future__ import annotations

from typing import Any

from flighttracker_operator.manifests import desired, named_secrets, referenced_secrets
from flighttracker_operator.model.facts import SecretFacts
from flighttracker_operator.model.policy import Policy
from flighttracker_operator.policy import Verdict, verdict
from tests.unit.operator.manifests.cases import EVERYTHING_SERVED, facts, tracker

EVERYTHING = frozenset({"generator", "gateway", "web", "kafka", "redis", "schema-registry"})
"""The parts with pods, with builtin servers."""


def judged(spec: dict[str, Any], policy: Policy | None = None, *, offered: bool = True, **known: Any) -> Verdict:
    """Return the verdict in a cluster that has every Secret that the tracker names, with or without the label."""
    wanted = tracker(spec)
    secret = SecretFacts(keys=frozenset({"password"}), digest="x", is_offered=offered)
    known.setdefault("secrets", dict.fromkeys(referenced_secrets(wanted), secret))
    made = named_secrets(wanted) - referenced_secrets(wanted).keys() - {"sky-kafka", "sky-redis"}
    known.setdefault("made_secrets", dict.fromkeys(made, secret))
    all_known = {"policy": policy or Policy(), "api_versions": EVERYTHING_SERVED, **known}
    found = facts(**all_known)
    return verdict(wanted, found, desired(wanted, found))


def messages(found: Verdict) -> str:
    """Return all messages."""
    return "\n".join(violation.message for violation in found.violations)
