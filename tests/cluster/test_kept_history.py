"""The history on a real cluster, in a volume and in a bucket: its rows are the log, whatever happens to the pods.

Both trackers run at the same time, so the pods of both die at once. Their S3 server is not theirs, and stays.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.cluster import double_file, log_keys, row_keys
from tests.cluster.cluster import CommandError, Manifest, Namespace, Tracker, until
from tests.cluster.object_store import object_store

pytest_plugins = ["tests.cluster.cluster_fixtures"]

WRITERS: Final = {"volume": "statefulset", "bucket": "deployment"}
"""The trackers, and what their historians are."""
START_S: Final = 300.0
"""How long the first start may take, of two Kafkas and two registries on two cores."""
AGAIN_S: Final = 240.0
"""How long all pods of both may take to be ready again: each registry alone takes half a minute on two cores."""
STORED_S: Final = 90.0
"""How long a historian may take to store what it has heard: a consumer group waits 30 s for a member that died."""
FLUSH_S: Final = 3.0
Key = tuple[str, int]


class KeptTracker(Tracker):
    """A tracker with a history that keeps every position, and which the operator leaves alone."""

    def start(self, storage: Manifest, replicas: int) -> None:
        """Create it; returns before anything flies."""
        spec: Manifest = {
            "source": {"simulated": {"aircraft": 100, "intervalSeconds": 1}},
            "kafka": {"partitions": 3},
            "gateway": {"replicas": 1},
            "web": {"enabled": False},
            "history": {"enabled": True, "replicas": replicas, "storage": storage},
        }
        body = {"apiVersion": "flighttracker.io/v1beta1", "kind": "FlightTracker", "metadata": {"name": self.name}}
        self.namespace.kubectl("apply", "-f", "-", text=json.dumps({**body, "spec": spec}))

    def keep_everything(self) -> None:
        """Turn thinning off, which no field of the spec does, before Kafka has started.

        What is not kept could not be told from what is lost. Paused, the operator does not write the settings again.
        They get a ConfigMap of another name, because a busy kubelet may give a new pod what it knows of a changed one.
        """
        until(self._is_created, within_s=60, what=f"the objects of flighttracker/{self.name} exist")
        self.patch({"paused": True})
        until(self._is_paused, within_s=60, what=f"the operator leaves flighttracker/{self.name} alone")
        name = f"{self.name}-historian"
        workload = f"{WRITERS[self.name]}/{name}"
        found = self.namespace.get(*workload.split("/"))["spec"]
        self.namespace.kubectl("scale", workload, "--replicas=0")
        self.delete_pods(",app.kubernetes.io/component=historian")
        until(lambda: not self.pods("historian"), within_s=60, what=f"{name} has no pods")
        settings: dict[str, Any] = json.loads(self.namespace.get("configmap", name)["data"]["historian.json"])
        settings |= {"tolerance_m": 0.0, "flush_s": FLUSH_S}
        self.namespace.kubectl(
            "create", "configmap", f"{name}-whole", f"--from-literal=historian.json={json.dumps(settings)}"
        )
        volumes = found["template"]["spec"]["volumes"]
        (volume,) = [each for each in volumes if each.get("configMap", {}).get("name") == name]
        volume["configMap"]["name"] = f"{name}-whole"
        spec = {"replicas": found["replicas"], "template": {"spec": {"volumes": [volume]}}}
        self.namespace.kubectl("patch", workload, "--patch", json.dumps({"spec": spec}))

    def delete_pods(self, chosen: str = "") -> None:
        """Delete all its pods at once, without time to stop."""
        force = ("--grace-period=0", "--force", "--wait=false")
        self.namespace.kubectl("delete", "pods", f"--selector={self.selector}{chosen}", *force)

    def wait_running(self, within_s: float) -> None:
        """Wait until every pod that should be is ready; on failure, tell which is not."""
        try:
            until(self.pods_are_ready, within_s=within_s, what=f"every pod of flighttracker/{self.name} is ready")
        except CommandError as error:
            raise CommandError(f"{error}\n{self.namespace.kubectl('get', 'pods', '--output=wide')}") from error

    def log(self) -> list[Key]:
        """Return the keys of the records of the log, those of an aircraft in order."""
        return self._keys(f"deployment/{self.name}-gateway", log_keys.__file__)

    def rows(self) -> list[Key]:
        """Return the keys of the rows of the history."""
        return self._keys(f"{WRITERS[self.name]}/{self.name}-historian", row_keys.__file__)

    def double_a_file(self) -> None:
        """Make the rows of a file of the history count twice."""
        self._run(f"{WRITERS[self.name]}/{self.name}-historian", double_file.__file__)

    def wait_stored(self, since_ms: int) -> None:
        """Wait until a position of after a moment is in a file."""

        def is_stored() -> bool:
            return any(time_ms > since_ms for _, time_ms in self.rows())

        until(is_stored, within_s=STORED_S, what=f"flighttracker/{self.name} stores what flies now")

    def _is_created(self) -> bool:
        found = self.object()
        return bool(found.get("status", {}).get("observedGeneration") == found["metadata"]["generation"])

    def _is_paused(self) -> bool:
        conditions = self.object().get("status", {}).get("conditions", ())
        return ("Ready", "Paused") in {(each["type"], each["reason"]) for each in conditions}

    def _keys(self, workload: str, program: str) -> list[Key]:
        printed = self._run(workload, program)
        return [(icao24, int(time_ms)) for icao24, time_ms in map(str.split, printed.splitlines())]

    def _run(self, workload: str, program: str) -> str:
        text = Path(program).read_text(encoding="utf-8")
        return self.namespace.kubectl("exec", "--stdin", workload, "--", "python", "-", text=text)


@pytest.fixture(scope="module")
def kept_trackers(operator_namespace: Namespace) -> Iterator[list[KeptTracker]]:
    """One tracker with a volume, and one with a bucket that two historians share."""
    namespace = Namespace("flights-test-history")
    namespace.create()
    try:
        storage = {"volume": {"volume": {"size": "1Gi"}}, "bucket": {"s3": object_store(namespace)}}
        trackers = [KeptTracker(namespace, name) for name in WRITERS]
        for tracker in trackers:
            tracker.start(storage[tracker.name], replicas=2 if tracker.name == "bucket" else 1)
        for tracker in trackers:
            tracker.keep_everything()
        for tracker in trackers:
            tracker.wait_running(START_S)
        yield trackers
    finally:
        namespace.delete(wait=False)


def test_no_row_is_lost_or_doubled_when_every_pod_dies_under_traffic(kept_trackers: list[KeptTracker]) -> None:
    began_ms = now_ms()
    for tracker in kept_trackers:
        tracker.wait_stored(began_ms)
    died_ms = now_ms()
    for tracker in kept_trackers:
        tracker.delete_pods()
    for tracker in kept_trackers:
        tracker.wait_running(AGAIN_S)
    again_ms = now_ms()
    for tracker in kept_trackers:
        tracker.wait_stored(again_ms)
        tracker.namespace.kubectl("scale", f"statefulset/{tracker.name}-generator", "--replicas=0")
    for tracker in kept_trackers:
        until(lambda: not tracker.pods("generator"), within_s=60, what="nothing flies any more")  # noqa: B023 - called at once
        logged = Counter(tracker.log())
        times = [time_ms for _, time_ms in logged]
        assert min(times) < died_ms < again_ms < max(times), "traffic before and after the death of the pods"
        wait_equal(tracker, logged)
    for tracker in kept_trackers:
        tracker.double_a_file()
        with pytest.raises(AssertionError, match=rf"^{tracker.name}: .* 0 lost: .*, [1-9][0-9]* too many: "):
            wait_equal(tracker, Counter(tracker.log()))


def wait_equal(tracker: KeptTracker, logged: Counter[Key]) -> None:
    """Wait until each record is a row. Too many rows never become fewer, so they fail at once."""
    deadline_s = time.monotonic() + STORED_S
    while (rows := Counter(tracker.rows())) != logged:
        lost, extra = logged - rows, rows - logged
        told = (
            f"{tracker.name}: {logged.total()} records, {rows.total()} rows; {lost.total()} lost: {sorted(lost)[:3]}, "
            f"{extra.total()} too many: {sorted(extra)[:3]}"
        )
        assert not extra, told
        assert time.monotonic() < deadline_s, told
        time.sleep(1.0)  # files of pods, which announce nothing


def now_ms() -> int:
    return round(time.time() * 1000)
