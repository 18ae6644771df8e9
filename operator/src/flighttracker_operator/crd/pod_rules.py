"""The CEL rules of `podTemplate`: what of the operator's own containers it must not change. `rules` includes them."""

from __future__ import annotations

import json
from typing import Final

from flighttracker.spec.pod_template import OF_A_PART, OF_ALL_PODS, OWN_CONTAINERS, OWN_FIELDS
from flighttracker_operator.crd.rule import Rule


def container_rules(*own: str) -> tuple[Rule, ...]:
    """Return the rules of a part's `podTemplate`.

    Args:
        own: names of the operator's containers in the pods of the part.
    """
    changed = " || ".join(f"has(c.{name})" for name in OWN_FIELDS)
    is_own = " || ".join(f"c.name == '{name}'" for name in own)
    return tuple(
        Rule(
            f"!has(self.podTemplate) || !has(self.podTemplate.{field}) || self.podTemplate.{field}.all(c,"
            f" {is_own} ? !({changed}) : has(c.image))",
            f"podTemplate.{field}",
            OF_A_PART,
        )
        for field in ("containers", "initContainers")
    )


COMMON_CONTAINERS: Final = tuple(
    Rule(
        f"!has(self.podTemplate.{field}) || self.podTemplate.{field}.all(c,"
        f" has(c.image) && !(c.name in {json.dumps(OWN_CONTAINERS)}))",
        f"podTemplate.{field}",
        OF_ALL_PODS,
    )
    for field in ("containers", "initContainers")
)
"""Rules of the `podTemplate` of all pods."""
