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
from flighttracker_operator.model.names import COMPONENT_LABEL, Component
from flighttracker_operator.policy.resource import Violation, violations
from flighttracker_operator.policy.secrets import absent_secrets, components_with, secret_violations

REASON: Final = "PolicyViolation"
NEVER_HELD: Final = frozenset({"NetworkPolicy"})
KEPT: Final = "objects that exist stay unchanged"

__all__ = ["Verdict", "Violation", "verdict"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the policy says about a tracker.

    Attributes:
        violations: what it must not ask for.
        held: the parts whose objects are left as they are.
    """

    violations: Sequence[Violation] = ()
    held: frozenset[Component] = field(default_factory=frozenset)

    def holds(self, manifest: Mapping[str, object]) -> bool:
        """Return whether an object must be left as it is."""
        return manifest["kind"] not in NEVER_HELD and component_of(manifest) in self.held

    def refusals(self) -> list[Refusal]:
        """Return one refusal for each part with violations, with all of them in its message."""
        by_component: dict[Component, list[str]] = {}
        for violation in self.violations:
            for component in sorted(violation.components):
                by_component.setdefault(component, []).append(violation.message)
        return [
            Refusal(component, REASON, "; ".join([*messages, KEPT]), stops=True)
            for component, messages in by_component.items()
        ]


def verdict(tracker: FlightTracker, facts: Facts, wanted: Iterable[Manifest]) -> Verdict:
    """Return what the policy in the facts says about a tracker.

    Args:
        tracker: the resource.
        facts: the policy, the operator's images, and the Secrets that exist.
        wanted: the objects that the tracker becomes; they show which part uses a Secret.
    """
    manifests = list(wanted)
    found = [*violations(tracker, facts, manifests), *secret_violations(tracker, facts, manifests)]
    # A pod that waits for a Secret would mount whatever is created under that name.
    waiting = components_with(absent_secrets(tracker, facts), manifests) - {"ingress"}
    return Verdict(found, frozenset().union(waiting, *(violation.components for violation in found)))


def component_of(manifest: Mapping[str, object]) -> str:
    """Return the part that an object belongs to, empty when its label is gone."""
    metadata = manifest["metadata"]
    assert isinstance(metadata, Mapping)
    return str((metadata.get("labels") or {}).get(COMPONENT_LABEL, ""))
