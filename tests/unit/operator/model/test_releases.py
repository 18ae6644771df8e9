"""Releases differ by version and images, and a tracker may choose older images of the operator's minor version."""

from __future__ import annotations

import pytest

from flighttracker_operator.model.images import Images
from flighttracker_operator.model.releases import release_of, version_problem


def test_a_release_changes_with_its_version_and_its_images() -> None:
    images = Images()
    assert release_of("0.2.0", images).startswith("0.2.0-")
    assert release_of("0.2.0", images) == release_of("0.2.0", Images())
    others = {release_of("0.2.1", images), release_of("0.2.0", images.at("0.1.9")), release_of("0.2.0", images)}
    assert len(others) == 3


@pytest.mark.parametrize("chosen", [None, "1.4.0", "1.4.2", "1.4.2-rc.1"])
def test_images_of_the_same_minor_version_are_accepted(chosen: str | None) -> None:
    assert version_problem(chosen, "1.4.2") == ""


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ("1.4.3", "spec.version 1.4.3 is newer than the operator, 1.4.2: upgrade the operator"),
        ("1.10.0", "is newer than the operator"),
        ("1.3.9", "is older than 1.4.0"),
        ("0.4.2", "is older than 1.4.0"),
    ],
)
def test_other_versions_are_refused_with_a_reason(chosen: str, words: str) -> None:
    problem = version_problem(chosen, "1.4.2")
    assert words in problem
    assert "set a version from 1.4.0 to 1.4.2; the pods stay as they are" in problem


@pytest.mark.parametrize(
    ("image", "pinned"),
    [
        ("docker.io/flighttracker/services:1.4.2", "docker.io/flighttracker/services:1.4.0"),
        ("localhost:5000/services", "localhost:5000/services:1.4.0"),
        ("localhost:5000/services:1.4.2@sha256:12", "localhost:5000/services:1.4.0"),
    ],
)
def test_a_version_replaces_tag_and_digest(image: str, pinned: str) -> None:
    images = Images(services=image)
    assert images.at("1.4.0").services == pinned
    assert images.at("1.4.0").kafka == images.kafka
    assert images.at(None) == images
