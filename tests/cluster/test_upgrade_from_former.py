"""The chart and images of the former release are upgraded to these, while fifty viewers watch.

`make former-images` makes the images. Runs after test_release.py, whose tracker is deleted by then, and before
test_upgrade_waves.py, which needs the present release.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.cluster.cluster import HOST, Manifest, Namespace, Tracker, run
from tests.cluster.release import RELEASE, former_tag, install, tag
from tests.cluster.viewers import Viewers
from tests.former_release import CHART, former_release

pytest_plugins = ["tests.cluster.cluster_fixtures"]

VIEWERS: Final = 50
START_S: Final = 300.0
UPGRADED_S: Final = 300.0
TRACKER: Final[Manifest] = {
    "apiVersion": "flighttracker.io/v1alpha1",
    "kind": "FlightTracker",
    "metadata": {"name": "upgraded"},
    "spec": {"ingress": {"enabled": True, "host": HOST}},
}


def own_images(tracker: Tracker) -> set[str]:
    """Return the images of the pods that are the project's own."""
    pods = [pod for part in ("generator", "gateway", "web") for pod in tracker.pods(part)]
    return {container["image"] for pod in pods for container in pod["spec"]["containers"]}


@pytest.fixture
def former(operator_namespace: Namespace, tmp_path: Path) -> Iterator[Tracker]:
    """A tracker that is Ready, made by the former release; the present one is back after the test."""
    images_tag = former_tag()
    namespace = Namespace("flights-test-former")
    namespace.create()
    chart = former_release(tmp_path) / CHART
    operator_namespace.helm("uninstall", RELEASE, "--wait")
    try:
        run(("kubectl", "apply", "--server-side", "--force-conflicts", "--filename", str(chart / "crds")))
        operator_namespace.helm(
            "install", RELEASE, str(chart), f"--set=image.tag={images_tag}", "--wait", "--timeout=3m"
        )
        namespace.kubectl("apply", "-f", "-", text=json.dumps(TRACKER))
        tracker = Tracker(namespace, "upgraded")
        tracker.wait_ready(START_S)
        yield tracker
    finally:
        install(operator_namespace)
        namespace.delete()


def test_an_upgrade_from_the_former_release_loses_no_update(
    former: Tracker, operator_namespace: Namespace, ingress: str
) -> None:
    images = own_images(former)
    assert {image.rpartition(":")[2] for image in images} == {former_tag()}
    with Viewers(ingress, HOST, VIEWERS) as viewers:
        viewers.wait_until_moving(within_s=30)
        began_s = time.monotonic()
        install(operator_namespace)
        deadline_s = began_s + UPGRADED_S
        while {image.rpartition(":")[2] for image in own_images(former)} != {tag()}:
            assert time.monotonic() < deadline_s, f"not upgraded: {own_images(former)}\n{viewers.told()}"
            time.sleep(1)  # between two looks at pods, which the operator replaces by itself
        former.wait_settled(UPGRADED_S)
        viewers.wait_until_moving(within_s=60)
        took_s = time.monotonic() - began_s
        closes = Counter(close for seen in viewers.seen for close in seen.closes)
        silence_s = max(seen.longest_silence_s for seen in viewers.seen)
        print(f"upgraded in {took_s:.0f} s; closes {dict(closes)}; longest silence of a viewer {silence_s:.1f} s")
        assert [seen.losses for seen in viewers.seen] == [[]] * VIEWERS, viewers.told()
        assert set(closes) <= {"1012"}, f"nobody is cut off without being told\n{viewers.told()}"
