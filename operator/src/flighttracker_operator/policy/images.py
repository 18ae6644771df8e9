"""Which images a tracker may use: those that the policy lists, and the repositories of the operator's own. Pure."""

from __future__ import annotations

from flighttracker_operator.model.facts import Facts
from flighttracker_operator.policy.matching import allows_image, repository


def may_use_image(image: str, facts: Facts) -> bool:
    """Return whether a tracker may use an image.

    Below a repository of the operator there can be others: in most registries, other people may write to these.
    """
    own = {repository(each) for each in facts.images.all()}
    return repository(image) in own or allows_image(image, facts.policy.images)
