"""A new release of the operator upgrades trackers in waves, and `spec.version` pins one, on a real API server.

The second release is the same program with other images. The tests play the controllers: a tracker is Ready when they
write the status of its workloads.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

import pytest

from flighttracker_operator.model.images import TAG
from tests.apiserver.api_server import Json
from tests.apiserver.cluster_view import Cluster
from tests.apiserver.operator_process import OperatorProcess, eventually

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

NAMES: Final = ("one", "two", "three", "four")
OLD: Final = "docker.io/flighttracker/services:0.0.1"
NEW: Final = "docker.io/flighttracker/services:0.0.2"
NEWER: Final = "docker.io/flighttracker/services:0.0.3"
SMALL: Final[Json] = {
    "kafka": {"provider": "external", "external": {"bootstrapServers": "kafka:9092"}},
    "schemaRegistry": {"provider": "external", "external": {"url": "http://registry"}},
    "web": {"enabled": False},
}


class Upgraded:
    """Trackers that were created and made Ready with the older release."""

    def __init__(self, cluster: Cluster, kubeconfig: Path, folder: Path) -> None:
        self.cluster = cluster
        self._kubeconfig = kubeconfig
        self._folder = folder
        with self.operator(OLD) as operator:
            for name in NAMES:
                cluster.create_tracker(name, SMALL)
            for name in NAMES:
                eventually(partial(cluster.find, "Deployment", f"{name}-gateway"), f"gateways of {name}")
            for name in NAMES:
                self.finish(name)
            assert operator.bugs() == []

    def operator(self, image: str, *, trackers: int = 2, ready_s: float = 600.0) -> OperatorProcess:
        """Return an operator of a release."""
        options = ("--upgrade-trackers", str(trackers), "--upgrade-ready-seconds", str(ready_s))
        return OperatorProcess(
            self._kubeconfig, self._folder, self.cluster.namespace, images={"services": image}, options=options
        )

    def image(self, name: str) -> str:
        """Return the image of a tracker's gateways."""
        live = self.cluster.get("Deployment", f"{name}-gateway")
        return str(live["spec"]["template"]["spec"]["containers"][0]["image"])

    def with_image(self, image: str) -> list[str]:
        """Return the trackers whose gateways have an image."""
        return [name for name in NAMES if self.image(name) == image]

    def finish(self, name: str) -> None:
        """Play the controllers until a tracker is Ready."""

        def is_ready() -> bool:
            self.cluster.make_ready(name)
            return self.cluster.condition("Ready", name).get("status") == "True"

        eventually(is_ready, f"{name} is Ready")

    def finish_all(self, image: str) -> None:
        """Play the controllers until every tracker is upgraded and Ready."""

        def look() -> bool:
            for name in self.with_image(image):
                self.cluster.make_ready(name)
            return len(self.with_image(image)) == len(NAMES) and not any(map(self.reason, NAMES))

        eventually(look, f"every tracker has {image}")

    def wait_for_image(self, name: str, image: str) -> None:
        """Wait until a tracker has an image."""
        eventually(lambda: self.image(name) == image, f"{name} has {image}")

    def wait_for_reason(self, name: str, reason: str) -> None:
        """Wait for a state of a tracker's upgrade; empty for none."""
        eventually(lambda: self.reason(name) == reason, f"{name}: {reason or 'no upgrade'}")

    def reason(self, name: str) -> str:
        """Return the state of a tracker's upgrade; empty without one."""
        return self.cluster.reason("Upgrading", name)

    def wait_for(self, image: str, count: int) -> list[str]:
        """Wait until a number of trackers have an image and every other one waits; return those that have it."""

        def look() -> bool:
            found = self.with_image(image)
            return len(found) == count and all(self.reason(name) for name in NAMES if name not in found)

        eventually(look, f"{count} trackers with {image}")
        return self.with_image(image)


@pytest.fixture
def upgraded(cluster: Cluster, kubeconfig: Path, tmp_path: Path) -> Upgraded:
    return Upgraded(cluster, kubeconfig, tmp_path)


def test_a_new_release_upgrades_a_few_trackers_at_a_time(upgraded: Upgraded) -> None:
    cluster = upgraded.cluster
    before = cluster.tracker("one")["status"]
    with upgraded.operator(NEW) as operator:
        first = upgraded.wait_for(NEW, 2)
        others = [name for name in NAMES if name not in first]
        assert [upgraded.reason(name) for name in first] == ["Rolling"] * 2
        assert [upgraded.reason(name) for name in others] == ["WaitingForOthers"] * 2
        assert "upgrades 2 trackers at a time" in cluster.condition("Upgrading", others[0])["message"]
        # Those that wait still work, with the objects of their release.
        assert cluster.condition("Ready", others[0])["status"] == "True"
        assert cluster.tracker(others[0])["status"]["release"] == before["release"]
        assert 'flighttracker_operator_upgrades{state="waiting"} 2.0' in operator.get("/metrics")[1]

        upgraded.finish(first[0])
        upgraded.wait_for_reason(first[0], "")
        assert len(upgraded.wait_for(NEW, 3)) == 3
        upgraded.finish_all(NEW)
        after = cluster.tracker("one")["status"]
        assert after["release"] != before["release"]
        assert after["version"] == TAG
        assert operator.bugs() == []


def test_a_tracker_that_is_not_ready_in_time_stops_the_others_until_it_is(upgraded: Upgraded) -> None:
    cluster = upgraded.cluster
    with upgraded.operator(NEW, trackers=1, ready_s=2.0) as operator:
        (broken,) = upgraded.wait_for(NEW, 1)
        others = [name for name in NAMES if name != broken]
        upgraded.wait_for_reason(broken, "UpgradeFailed")
        assert "not Ready 2 s after the upgrade" in cluster.condition("Upgrading", broken)["message"]
        for name in others:
            upgraded.wait_for_reason(name, "UpgradeHeld")
        assert f"{cluster.namespace}/{broken}" in cluster.condition("Upgrading", others[0])["message"]
        assert operator.logged("was not Ready in time", level="warning")
        assert "UpgradeFailed" in [event["reason"] for event in cluster.events(broken)]
        assert 'flighttracker_operator_upgrades{state="held"} 3.0' in operator.get("/metrics")[1]
        assert upgraded.with_image(NEW) == [broken]

        upgraded.finish(broken)
        eventually(lambda: len(upgraded.with_image(NEW)) == 2, "the next tracker starts")
        assert operator.bugs() == []


def test_a_newer_release_repairs_what_the_last_one_broke(upgraded: Upgraded) -> None:
    with upgraded.operator(NEW, trackers=1, ready_s=1.0):
        (broken,) = upgraded.wait_for(NEW, 1)
        upgraded.wait_for_reason(broken, "UpgradeFailed")
    with upgraded.operator(NEWER, trackers=1) as operator:
        upgraded.wait_for_image(broken, NEWER)
        assert upgraded.with_image(OLD) == [name for name in NAMES if name != broken]
        upgraded.finish_all(NEWER)
        assert operator.bugs() == []


def test_an_operator_killed_in_the_middle_of_a_wave_continues_with_the_same_trackers(upgraded: Upgraded) -> None:
    with upgraded.operator(NEW) as operator:
        first = upgraded.wait_for(NEW, 2)
        times = [upgraded.cluster.condition("Upgrading", name)["lastTransitionTime"] for name in first]
        operator.kill()
    with upgraded.operator(NEW) as operator:
        eventually(lambda: operator.logged("resumed the upgrade"), "the upgrade is resumed")
        upgraded.cluster.change_tracker({"gateway": {"replicas": 3}}, first[0])  # any change, to see a pass
        eventually(lambda: _replicas(upgraded.cluster, first[0]) == 3, "a pass")
        assert upgraded.wait_for(NEW, 2) == first
        assert [upgraded.cluster.condition("Upgrading", name)["lastTransitionTime"] for name in first] == times
        upgraded.finish(first[1])
        eventually(lambda: len(upgraded.with_image(NEW)) == 3, "the next tracker starts")
        assert operator.bugs() == []


def test_a_wave_never_holds_back_what_a_user_changes(upgraded: Upgraded) -> None:
    cluster = upgraded.cluster
    with upgraded.operator(NEW, trackers=1) as operator:
        (first,) = upgraded.wait_for(NEW, 1)
        changed, deleted, paused = (name for name in NAMES if name != first)
        cluster.change_tracker({"gateway": {"replicas": 5}}, changed)
        eventually(lambda: _replicas(cluster, changed) == 5, "the user's change")
        assert (upgraded.image(changed), upgraded.reason(changed)) == (NEW, "")
        cluster.delete("Service", f"{deleted}-gateway")
        eventually(lambda: cluster.find("Service", f"{deleted}-gateway"), "a deleted child is created again")
        assert (upgraded.image(deleted), upgraded.reason(deleted)) == (OLD, "WaitingForOthers")
        cluster.change_tracker({"paused": True}, paused)
        upgraded.wait_for_reason(paused, "")
        assert upgraded.image(paused) == OLD
        assert operator.bugs() == []


def test_a_version_pins_the_images_of_a_tracker(cluster: Cluster, operator: OperatorProcess) -> None:
    major, minor, _ = TAG.split(".")
    pinned = f"{major}.{minor}.0"
    cluster.create_tracker("pinned", {**SMALL, "version": pinned})
    live = eventually(lambda: cluster.find("Deployment", "pinned-gateway"), "gateways") or {}
    (container,) = live["spec"]["template"]["spec"]["containers"]
    assert container["image"].endswith(f"/services:{pinned}")
    eventually(lambda: cluster.tracker("pinned").get("status", {}).get("version") == pinned, "status.version")

    newer = f"{major}.{int(minor) + 1}.0"
    cluster.change_tracker({"version": newer, "gateway": {"replicas": 4}}, "pinned")
    eventually(lambda: cluster.reason("GatewayReady", "pinned") == "VersionRefused", "the version is refused")
    message = cluster.condition("Ready", "pinned")["message"]
    assert f"spec.version {newer} is newer than the operator, {TAG}" in message
    assert _replicas(cluster, "pinned") == 2
    assert cluster.tracker("pinned")["status"]["version"] == pinned
    cluster.change_tracker({"version": None}, "pinned")
    eventually(lambda: _replicas(cluster, "pinned") == 4, "the change is applied without the pin")
    eventually(lambda: cluster.tracker("pinned")["status"].get("version") == TAG, "the operator's version")


def test_a_new_tracker_with_a_refused_version_gets_no_gateways(cluster: Cluster, operator: OperatorProcess) -> None:
    cluster.create_tracker("future", {"version": "99.0.0"})
    eventually(lambda: cluster.find("StatefulSet", "future-kafka"), "Kafka")
    eventually(lambda: cluster.reason("GatewayReady", "future") == "VersionRefused", "the version is refused")
    assert cluster.find("Deployment", "future-gateway") is None


def _replicas(cluster: Cluster, name: str) -> int:
    replicas: int = cluster.get("Deployment", f"{name}-gateway")["spec"]["replicas"]
    return replicas
