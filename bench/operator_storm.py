"""Many trackers at once: the time until all have their children and, with pods on fake nodes, their gateways."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from bench.fake_nodes import TRACKER, fake_nodes
from bench.operator_stage import api_server, is_at_work, is_unseen, namespaces, until

from flighttracker_operator.objects.kinds import TRACKER as FLIGHT_TRACKER
from tests.apiserver.api_server import ApiServer
from tests.apiserver.operator_process import USER, OperatorProcess

STORM_S = 600.0
"""Bound of each wait; a longer one is shown as `> 600 s`."""
LOOK_S = 0.2
CREATORS = 10
QUIET_S = 3.0


class Storm(NamedTuple):
    """Measurements of many trackers at once.

    Attributes:
        seconds: until the last one was complete; infinity after `STORM_S`.
        gateways_s: until the last one had its gateways, 0 without pods.
        memory_mib: the operator's maximum.
        writes: requests per tracker that change something.
        cpu_ms: CPU time of the operator per tracker, including its start.
    """

    seconds: float
    gateways_s: float
    memory_mib: float
    writes: float
    cpu_ms: float


def with_many(folder: Path, count: int, *, pods: bool) -> Storm:
    """Run the storm on a separate API server."""
    with (
        api_server(folder) as server,
        fake_nodes(server, folder, count) if pods else nullcontext(),
        OperatorProcess(server.kubeconfig(USER), folder, level="info") as operator,
    ):
        until(lambda: is_at_work(operator), "the operator")
        return storm(server, operator, count, pods=pods)


def storm(server: ApiServer, operator: OperatorProcess, count: int, *, pods: bool) -> Storm:
    """Create many trackers at once; wait until all are complete and, with pods, until all have gateways."""
    clusters = namespaces(server, count)
    process = psutil.Process(operator.pid)
    before, most = server.audit_lines(), 0
    trackers: dict[str, dict[str, Any]] = {}
    threading.Thread(target=follow, args=(server, trackers), daemon=True).start()
    started_s = time.perf_counter()

    def wait(left: Callable[[], int], longest_s: float) -> float:
        """Return the time until nothing was left; infinity after a timeout."""
        nonlocal most
        while left():
            most = max(most, process.memory_info().rss)
            if time.perf_counter() - started_s > longest_s:
                return math.inf
            time.sleep(LOOK_S)  # the watch tells; this only bounds how often all of them are counted
        return time.perf_counter() - started_s

    with ThreadPoolExecutor(CREATORS) as pool:
        spec = TRACKER if pods else {}
        list(pool.map(lambda at: at[1].create_tracker(f"demo-{at[0]}", spec), enumerate(clusters)))
    seconds = wait(lambda: sum(map(is_unseen, list(trackers.values()))) + count - len(trackers), STORM_S)
    gateways_s = wait(lambda: sum(map(lacks_gateways, list(trackers.values()))), STORM_S) if pods else 0.0
    time.sleep(QUIET_S)  # so that memory and writes of what comes after the last status count, too
    most = max(most, process.memory_info().rss)
    cpu = process.cpu_times()
    writes = len(server.writes(user=USER, since=before)) / count
    return Storm(seconds, gateways_s, most / 2**20, writes, (cpu.user + cpu.system) * 1000 / count)


def follow(server: ApiServer, trackers: dict[str, dict[str, Any]]) -> None:
    """Watch the trackers; repeated lists of all of them would distort the measurement."""
    for tracker in server.watch(FLIGHT_TRACKER.path(None)):
        trackers[tracker["metadata"]["name"]] = tracker


def lacks_gateways(tracker: dict[str, Any]) -> bool:
    """Return whether gateways are missing."""
    return bool(tracker.get("status", {}).get("gateways", {}).get("summary") != "2/2")


def told(seconds: float) -> str:
    """Return a time as text for the table."""
    return f"> {STORM_S:.0f} s" if math.isinf(seconds) else f"{seconds:.1f} s"
