"""The verdict on one tracker: what in its resource violates the policy, and which parts are held because of that.

The live objects of a held part are not changed: nothing is applied or deleted. Other parts are reconciled.
NetworkPolicies are never held. Every violation becomes a refusal, which the conditions of the held parts report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests import Refusal
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.images import TAG
from flighttracker_operator.model.names import COMPONENT_LABEL, Component
from flighttracker_operator.model.releases import OWN_COMPONENTS, version_problem
from flighttracker_operator.policy.resource import claim_violations, violations
from flighttracker_operator.policy.secrets import absent_secrets, components_with, secret_violations
from flighttracker_operator.policy.violation import Violation

REASON: Final = "PolicyViolation"
NEVER_HELD: Final = frozenset({"NetworkPolicy"})
KEPT: Final = "existing objects are not changed"

__all__ = ["Verdict", "Violation", "verdict"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of checking a tracker against the policy.

    Attributes:
        violations: its violations.
        held: the parts whose objects must not be changed.
    """

    violations: Sequence[Violation] = ()
    held: frozenset[Component] = field(default_factory=frozenset)

    def holds(self, manifest: Mapping[str, object]) -> bool:
        """Return whether an object must not be changed."""
        return manifest["kind"] not in NEVER_HELD and component_of(manifest) in self.held

    def refusals(self) -> list[Refusal]:
        """Return a refusal for each part with violations; its message lists all of them."""
        by_component: dict[Component, list[str]] = {}
        for violation in self.violations:
            for component in sorted(violation.components):
                by_component.setdefault(component, []).append(violation.message)
        return [
            Refusal(component, REASON, "; ".join([*messages, KEPT]), stops=True)
            for component, messages in by_component.items()
        ]


def verdict(tracker: FlightTracker, facts: Facts, wanted: Iterable[Manifest]) -> Verdict:
    """Check a tracker against the policy in the facts.

    Args:
        tracker: the resource.
        facts: the policy, the operator's images, and the existing Secrets.
        wanted: the rendered objects of the tracker, which show the components that use a Secret.
    """
    manifests = list(wanted)
    found = [
        *violations(tracker, facts, manifests),
        *secret_violations(tracker, facts, manifests),
        *claim_violations(tracker, facts),
    ]
    # A pod that waits for a Secret would mount any Secret that is created with that name later.
    waiting = components_with(absent_secrets(tracker, facts), manifests) - {"ingress"}
    refused = OWN_COMPONENTS if version_problem(tracker.spec.version, TAG) else ()
    return Verdict(found, frozenset().union(waiting, refused, *(violation.components for violation in found)))


def component_of(manifest: Mapping[str, object]) -> str:
    """Return the component of an object; empty if its label was removed."""
    metadata = manifest["metadata"]
    assert isinstance(metadata, Mapping)
    return str((metadata.get("labels") or {}).get(COMPONENT_LABEL, ""))
