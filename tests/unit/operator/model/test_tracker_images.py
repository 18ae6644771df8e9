"""Tests of the images and how they are pulled."""

from __future__ import annotations

from flighttracker_operator.model.images import images_of


def test_pull_settings_of_the_chart_are_read_from_the_environment() -> None:
    named = {"FLIGHTTRACKER_IMAGE_PULL_POLICY": "Always", "FLIGHTTRACKER_IMAGE_PULL_SECRETS": "a, b,"}
    images = images_of(named)
    assert (images.pull_policy, images.pull_secrets) == ("Always", ("a", "b"))
    assert images.all() == images_of({}).all()
    assert images_of({}).pull_secrets == ()
