"""The operator's release, and the versions of the project's own images that a tracker may choose. Pure."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Final

from flighttracker_operator.model.facts import digest_of
from flighttracker_operator.model.images import Images
from flighttracker_operator.model.names import Component

OWN_COMPONENTS: Final[tuple[Component, ...]] = ("generator", "gateway", "historian", "web")
"""The components with the project's own images."""
_NUMBERS: Final = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def release_of(version: str, images: Images) -> str:
    """Return the name of a release, which changes with its version and its images: `0.2.0-1f3870be`."""
    return f"{version}-{digest_of(asdict(images))[:8]}"


def version_problem(chosen: str | None, own: str) -> str:
    """Return why a tracker cannot have a version of the images; empty if it can.

    The manifests are those of the operator, so its images must read them: a patch changes no settings, and a minor
    version may.

    Args:
        chosen: `spec.version`.
        own: version of the operator.
    """
    if chosen is None:
        return ""
    wanted, present = _numbers(chosen), _numbers(own)
    if wanted[:2] == present[:2] and wanted <= present:
        return ""
    series = f"{present[0]}.{present[1]}"
    problem = (
        f"is newer than the operator, {own}: upgrade the operator"
        if wanted > present
        else f"is older than {series}.0, and the operator, {own}, manages versions of {series}"
    )
    return f"spec.version {chosen} {problem}, or set a version from {series}.0 to {own}; the pods stay as they are"


def _numbers(version: str) -> tuple[int, ...]:
    found = _NUMBERS.match(version)
    return tuple(int(number) for number in found.groups()) if found else (0, 0, 0)
