"""`make bench-operator`: how fast the operator makes, mends and leaves alone, on a real etcd and kube-apiserver.

The operator is the process that a pod runs, with the chart's rights; API server, etcd and operator share this machine.
There is no kubelet and no controller, so children are objects without pods; the last part runs real controllers and
kwok's fake nodes (`fake_nodes`). Writes are counted in the API server's audit log. A tracker counts as complete when
its status tells about it, which is written after the last child; all children are then counted once. The module is not
called `operator`: the standard library has one.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from bench.fake_nodes import PODS, TRACKER, fake_nodes

from flighttracker_operator.kinds import TRACKER as FLIGHT_TRACKER
from tests.apiserver.api_server import ApiServer, Etcd
from tests.apiserver.cluster_view import EXPECTED, Cluster
from tests.apiserver.crd_install import install_crd
from tests.apiserver.operator_process import USER, OperatorProcess, chart_rules
from tests.servers.certificates import make_certificates

POLL_S = 0.005
LONGEST_S = 600.0
STORM_S = 240.0
"""What takes longer is told as such."""
LOOK_S = 2.0
"""Between two looks at all trackers: reading them costs the API server what it could give to the operator."""
CREATORS = 10
QUIET_S = 3.0
EDITS: dict[str, tuple[str, dict[str, Any]]] = {
    "ConfigMap": ("demo-gateway", {"data": {"gateway.json": "{}"}}),
    "Secret": ("demo-redis", {"data": {"url": "eA=="}}),
    "Service": ("demo-gateway", {"spec": {"selector": {"wrong": "pods"}}}),
    "StatefulSet": ("demo-generator", {"spec": {"replicas": 5}}),
    "Deployment": ("demo-web", {"spec": {"replicas": 5}}),
    "PodDisruptionBudget": ("demo-gateway", {"spec": {"maxUnavailable": 2}}),
    "NetworkPolicy": ("demo-redis", {"spec": {"ingress": [{}]}}),
    "Ingress": ("demo", {"spec": {"rules": [{"host": "wrong.example.org"}]}}),
    "HorizontalPodAutoscaler": ("demo-gateway", {"spec": {"maxReplicas": 99}}),
}
FULL = {"ingress": {"enabled": True, "host": "bench.example.org"}, "gateway": {"autoscaling": {}}}
FULL_CHILDREN = EXPECTED + 2
STRIMZI = "at worst the next resync (Strimzi's recovery tests)"


class Row(NamedTuple):
    """One line of the table."""

    what: str
    ours: str
    aim: str
    others: str


class Storm(NamedTuple):
    """What became of many trackers at once.

    Attributes:
        seconds: until the last one was complete, infinity after `STORM_S`.
        gateways_s: until the last one had its gateways, 0 without pods.
        memory_mib: the most that the operator had.
        writes: requests that change something, for each tracker.
        cpu_ms: processor time of the operator for each tracker, its start included.
    """

    seconds: float
    gateways_s: float
    memory_mib: float
    writes: float
    cpu_ms: float


def until(look: Callable[[], object], what: str) -> float:
    """Return how many seconds it took until something was true."""
    started_s = time.perf_counter()
    while not look():
        if time.perf_counter() - started_s > LONGEST_S:
            sys.exit(f"error: {what}: not within {LONGEST_S:.0f} s")
        time.sleep(POLL_S)
    return time.perf_counter() - started_s


def is_complete(cluster: Cluster, name: str) -> bool:
    """Return whether the status tells about the present spec."""
    return not is_unseen(cluster.tracker(name))


@contextmanager
def api_server(folder: Path) -> Iterator[ApiServer]:
    """Run etcd and kube-apiserver with the CRD and the operator's rights."""
    for name in ("etcd", "apiserver"):
        (folder / name).mkdir(parents=True)
    etcd = Etcd(folder / "etcd")
    server: ApiServer | None = None
    try:
        etcd.start()
        server = ApiServer(folder / "apiserver", make_certificates(folder / "apiserver"), etcd.url)
        server.start()
        install_crd(server)
        server.grant(USER, [*chart_rules(), *chart_rules("flighttracker.clusterRules")])
        yield server
    finally:
        if server is not None:
            server.stop()
        etcd.stop()


def namespace(server: ApiServer, name: str) -> Cluster:
    """Create a namespace."""
    server.request("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
    return Cluster(server, name)


def applies(server: ApiServer, count: int) -> list[float]:
    """Return seconds from the creation of a tracker until it is complete, one tracker after the other."""
    cluster = namespace(server, "applies")
    seconds = []
    for number in range(count):
        name = f"demo-{number}"
        started_s = time.perf_counter()
        cluster.create_tracker(name)
        until(lambda name=name: is_complete(cluster, name), f"{name} complete")  # type: ignore[misc]
        seconds.append(time.perf_counter() - started_s)
        children = len(cluster.children(name))
        if children != EXPECTED:
            sys.exit(f"error: {name} has {children} children instead of {EXPECTED}")
    return seconds


def repairs(server: ApiServer) -> tuple[dict[str, float], dict[str, float]]:
    """Return seconds until a child of each kind is back after it was deleted, and right after it was edited."""
    cluster = namespace(server, "repairs")
    cluster.create_tracker(spec=FULL)
    until(lambda: len(cluster.children()) == FULL_CHILDREN and is_complete(cluster, "demo"), "every child")
    deleted, edited = {}, {}
    for kind, (name, change) in EDITS.items():
        uid = cluster.get(kind, name)["metadata"]["uid"]
        cluster.delete(kind, name)
        deleted[kind] = until(lambda kind=kind, name=name: cluster.find(kind, name), f"{kind} back")  # type: ignore[misc]
        before = cluster.get(kind, name)
        assert before["metadata"]["uid"] != uid
        wanted = {part: before.get(part) for part in ("spec", "data")}
        until(lambda: quiet(server), "quiet")
        cluster.patch(kind, name, change)
        edited[kind] = until(
            lambda kind=kind, name=name, wanted=wanted: all(  # type: ignore[misc]
                cluster.get(kind, name).get(part) == value for part, value in wanted.items()
            ),
            f"{kind} right",
        )
    return deleted, edited


def is_at_work(operator: OperatorProcess) -> bool:
    """Return whether the operator has compared everything once."""
    return (
        bool(operator.said("looks after")) and json.loads(operator.get("/health")[1])["last_success_age_s"] is not None
    )


def quiet(server: ApiServer) -> bool:
    """Return whether the operator writes nothing for a while."""
    before = server.audit_lines()
    time.sleep(0.5)
    return not server.writes(user=USER, since=before)


def idle_writes(server: ApiServer, rounds: int, resync_s: float) -> int:
    """Return how many writes a number of resync rounds made, with nothing changed."""
    until(lambda: quiet(server), "quiet")
    before = server.audit_lines()
    time.sleep(rounds * resync_s * 1.3)
    return len(server.writes(user=USER, since=before))


def storm(server: ApiServer, operator: OperatorProcess, count: int, *, pods: bool) -> Storm:
    """Make many trackers at once, and wait until all of them are complete, and with pods until all have gateways."""
    cluster = namespace(server, "storm")
    process = psutil.Process(operator.pid)
    before, most = server.audit_lines(), 0
    started_s = time.perf_counter()

    def wait(left: Callable[[], int], longest_s: float) -> float:
        """Return how long it took until nothing was left; infinity when it took too long."""
        nonlocal most
        while left():
            most = max(most, process.memory_info().rss)
            if time.perf_counter() - started_s > longest_s:
                return math.inf
            time.sleep(LOOK_S)  # no event to wait for: the trackers are looked at, and each look costs what is measured
        return time.perf_counter() - started_s

    with ThreadPoolExecutor(CREATORS) as pool:
        list(pool.map(lambda number: cluster.create_tracker(f"demo-{number}", TRACKER if pods else {}), range(count)))
    seconds = wait(lambda: sum(map(is_unseen, trackers(cluster))), STORM_S)
    gateways_s = wait(lambda: sum(map(lacks_gateways, trackers(cluster))), STORM_S) if pods else 0.0
    time.sleep(QUIET_S)
    most = max(most, process.memory_info().rss)
    cpu = process.cpu_times()
    writes = len(server.writes(user=USER, since=before)) / count
    return Storm(seconds, gateways_s, most / 2**20, writes, (cpu.user + cpu.system) * 1000 / count)


def trackers(cluster: Cluster) -> list[dict[str, Any]]:
    """Return every tracker of a namespace."""
    items: list[dict[str, Any]] = cluster.server.request("GET", FLIGHT_TRACKER.path(cluster.namespace))["items"]
    return items


def is_unseen(tracker: dict[str, Any]) -> bool:
    """Return whether a tracker's status does not tell about its present spec."""
    return bool(tracker.get("status", {}).get("observedGeneration") != tracker["metadata"]["generation"])


def lacks_gateways(tracker: dict[str, Any]) -> bool:
    """Return whether gateways are missing."""
    return bool(tracker.get("status", {}).get("gateways", {}).get("summary") != "2/2")


def kills(server: ApiServer, folder: Path, count: int) -> int:
    """Return how many of the trackers ended with other objects after the operator was killed at a random moment."""
    cluster = namespace(server, "kills")
    moments = random.Random(11)
    different = 0
    reference: set[tuple[str, str]] = set()
    for number in range(count):
        name = f"demo-{number}"
        with OperatorProcess(server.kubeconfig(USER), folder, cluster.namespace, name="killed") as operator:
            cluster.create_tracker(name)
            most = moments.randrange(EXPECTED)
            until(lambda name=name, most=most: len(cluster.children(name)) >= most, "children")  # type: ignore[misc]
            operator.kill()
        with OperatorProcess(server.kubeconfig(USER), folder, cluster.namespace, name="after"):
            until(lambda name=name: is_complete(cluster, name), f"{name} complete")  # type: ignore[misc]
        children = {(kind, child.replace(name, "demo")) for kind, child in cluster.children(name)}
        reference = reference or children
        different += children != reference
    return different


def with_many(folder: Path, count: int, *, pods: bool) -> Storm:
    """Run the storm on an API server of its own."""
    with (
        api_server(folder) as server,
        fake_nodes(server, folder, count) if pods else nullcontext(),
        OperatorProcess(server.kubeconfig(USER), folder, level="info") as operator,
    ):
        until(lambda: is_at_work(operator), "the operator")
        return storm(server, operator, count, pods=pods)


def told(seconds: float) -> str:
    """Return a time for the table."""
    return f"> {STORM_S:.0f} s" if math.isinf(seconds) else f"{seconds:.1f} s"


def quantile(values: list[float], share: float) -> float:
    """Return the value below which a share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(rows: list[Row]) -> str:
    """Return the rows with aligned columns."""
    rows = [Row("what", "here", "aim", "others"), *rows]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def main() -> None:
    """Run everything and print the table, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applies", type=int, default=50, help="trackers that are made one after the other")
    parser.add_argument("--storm", type=int, default=500, help="trackers that are made at once")
    parser.add_argument("--kills", type=int, default=10, help="how often the operator is killed")
    parser.add_argument("--resync-seconds", type=float, default=10.0, help="time between two rounds for the idle count")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-operator-") as name:
        folder = Path(name)
        with api_server(folder / "one") as server:
            different = kills(server, folder, given.kills)
            config = server.kubeconfig(USER)
            with OperatorProcess(config, folder, resync_s=given.resync_seconds, level="info") as operator:
                until(lambda: is_at_work(operator), "the operator")
                seconds = applies(server, given.applies)
                writes = idle_writes(server, 3, given.resync_seconds)
                deleted, edited = repairs(server)
        print(f"applies {sorted(seconds)}, writes {writes}, deleted {deleted}, edited {edited}", file=sys.stderr)
        many = with_many(folder / "many", given.storm, pods=False)
        print(many, file=sys.stderr)
        running = with_many(folder / "running", given.storm, pods=True)
    figures = {
        "apply_p50_s": round(statistics.median(seconds), 3),
        "apply_p95_s": round(quantile(seconds, 0.95), 3),
        "idle_writes": writes,
        "deleted_worst_s": round(max(deleted.values()), 3),
        "edited_worst_s": round(max(edited.values()), 3),
        "storm_trackers": given.storm,
        "storm_s": None if math.isinf(many.seconds) else round(many.seconds, 1),
        "storm_memory_mib": round(many.memory_mib),
        "pods_storm_s": None if math.isinf(running.seconds) else round(running.seconds, 1),
        "pods_gateways_s": None if math.isinf(running.gateways_s) else round(running.gateways_s, 1),
        "pods_memory_mib": round(running.memory_mib),
        "pods_writes_per_tracker": round(running.writes, 1),
        "writes_per_tracker": round(many.writes, 1),
        "cpu_ms_per_tracker": round(many.cpu_ms),
        "different_after_kill": different,
    }
    rows = [
        Row(
            f"apply → {EXPECTED} children, p50 / p95 of {given.applies}",
            f"{figures['apply_p50_s']} / {figures['apply_p95_s']} s",
            "≤ 1 s",
            "0.65 / 1.15 s p50/p90 to one started pod (sandbox operators)",
        ),
        Row("writes of three rounds with nothing changed", str(writes), "0", "others patch at every resync"),
        Row(
            "child deleted → back, slowest of 9 kinds",
            f"{figures['deleted_worst_s']} s",
            "≤ 2 s",
            STRIMZI,
        ),
        Row(
            "child edited → right, slowest of 9 kinds",
            f"{figures['edited_worst_s']} s",
            "≤ 2 s",
            STRIMZI,
        ),
        Row(
            f"{given.storm} trackers at once, all children",
            told(many.seconds),
            "≤ 60 s for 500",
            "1,000 of one tiny object each: 39 s (controller-runtime)",
        ),
        Row("memory of the operator then", f"{figures['storm_memory_mib']} MiB", "≤ 150 MiB", "-"),
        Row("writes for each tracker", str(figures["writes_per_tracker"]), "-", "-"),
        Row("processor time of the operator for each", f"{figures['cpu_ms_per_tracker']} ms", "-", "-"),
        Row(
            f"the same with controllers and {PODS * given.storm} pods on fake nodes: children / gateways ready",
            f"{told(running.seconds)} / {told(running.gateways_s)}",
            "≤ 60 s for 500",
            "-",
        ),
        Row("memory of the operator then", f"{figures['pods_memory_mib']} MiB", "≤ 150 MiB", "-"),
        Row("writes for each tracker, statuses included", str(figures["pods_writes_per_tracker"]), "-", "-"),
        Row(f"other objects after {given.kills} sudden ends", str(different), "0", "-"),
    ]
    print(table(rows))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
