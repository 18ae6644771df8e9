"""A new release of the operator on two trackers with real pods, one after the other.

Runs after test_release.py, whose tracker is deleted by then: two cores have room for two small trackers.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Final

import pytest

from tests.cluster.cluster import Manifest, Namespace, Tracker, until
from tests.cluster.release import RELEASE, install, tag

pytest_plugins = ["tests.cluster.cluster_fixtures"]

NAMES: Final = ("east", "west")
SMALL: Final[Manifest] = {
    "source": {"simulated": {"aircraft": 100, "intervalSeconds": 1}},
    "gateway": {"replicas": 1},
    "web": {"enabled": False},
}
ONE_BY_ONE: Final = "--set=upgrades.trackers=1"
ABSENT: Final = "flights.test/services:absent"
START_S = 300.0
WAVE_S = 180.0


def upgrading(tracker: Tracker) -> str:
    """Return the reason of the condition Upgrading; empty without one."""
    conditions = tracker.object()["status"]["conditions"]
    return next((str(one["reason"]) for one in conditions if one["type"] == "Upgrading"), "")


def rolling(namespace: Namespace) -> list[str]:
    """Return the trackers that roll, of one moment."""
    found = json.loads(namespace.kubectl("get", "flighttrackers", "--output", "json"))["items"]
    return [
        str(tracker["metadata"]["name"])
        for tracker in found
        for one in tracker["status"]["conditions"]
        if one["type"] == "Upgrading" and one["reason"].startswith("Rolling")
    ]


def own_images(tracker: Tracker) -> set[str]:
    """Return the images of the pods that are the project's own."""
    pods = [*tracker.pods("generator"), *tracker.pods("gateway")]
    return {container["image"] for pod in pods for container in pod["spec"]["containers"]}


def uids(tracker: Tracker) -> set[str]:
    return {pod["metadata"]["uid"] for pod in tracker.pods()}


def wait_finished(trackers: tuple[Tracker, ...], image: str) -> list[str]:
    """Wait until every tracker has an image and is Ready, and return the trackers in the order in which they rolled."""
    order: list[str] = []

    def look() -> bool:
        now = rolling(trackers[0].namespace)
        assert len(now) <= 1, f"{now} at the same time"
        order.extend(name for name in now if name not in order)
        return all(
            own_images(tracker) == {image} and not upgrading(tracker) and tracker.is_settled() for tracker in trackers
        )

    until(look, within_s=WAVE_S, what=f"every tracker has {image}: {[upgrading(tracker) for tracker in trackers]}")
    return order


@pytest.fixture
def trackers(operator_namespace: Namespace) -> Iterator[tuple[Tracker, ...]]:
    namespace = Namespace("flights-test-waves")
    namespace.create()
    try:
        install(operator_namespace, ONE_BY_ONE)
        made = tuple(Tracker(namespace, name) for name in NAMES)
        for tracker in made:
            body = {
                "apiVersion": "flighttracker.io/v1beta1",
                "kind": "FlightTracker",
                "metadata": {"name": tracker.name},
                "spec": SMALL,
            }
            namespace.kubectl("apply", "-f", "-", text=json.dumps(body))
        for tracker in made:
            tracker.wait_ready(START_S)
            tracker.wait_settled(START_S)
        yield made
    finally:
        install(operator_namespace)
        namespace.delete()


def test_a_release_that_does_not_start_stops_at_the_first_tracker_and_a_good_one_goes_through(
    trackers: tuple[Tracker, ...], operator_namespace: Namespace
) -> None:
    if os.environ.get("IMAGE_PREFIX"):
        pytest.skip("IMAGE_PREFIX is set: only images of Docker's registry have a second name")
    before = {tracker.name: uids(tracker) for tracker in trackers}
    (first_image,) = own_images(trackers[0])
    install(operator_namespace, ONE_BY_ONE, "--set=upgrades.readySeconds=20", f"--set=image.services={ABSENT}")
    until(lambda: "UpgradeFailed" in map(upgrading, trackers), within_s=WAVE_S, what="the upgrade failed")
    [failed] = [tracker for tracker in trackers if upgrading(tracker) == "UpgradeFailed"]
    [held] = [tracker for tracker in trackers if tracker is not failed]
    until(lambda: upgrading(held) == "UpgradeHeld", within_s=WAVE_S, what=f"{held.name} is held")
    described = held.namespace.kubectl("describe", "flighttracker", held.name)
    assert f"{failed.namespace.name}/{failed.name}" in described
    assert uids(held) == before[held.name]
    assert held.is_settled()

    # Back: the one that failed gets the older images at once, and the other never noticed.
    operator_namespace.helm("rollback", RELEASE, "--wait", "--timeout=3m")
    wait_finished(trackers, first_image)
    assert uids(held) == before[held.name]

    # The same image under another name is a release that starts.
    other_name = f"index.docker.io/flighttracker/services:{tag()}"
    install(operator_namespace, ONE_BY_ONE, f"--set=image.services={other_name}")
    assert sorted(wait_finished(trackers, other_name)) == sorted(NAMES)
