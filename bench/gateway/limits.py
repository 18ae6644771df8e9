"""`make bench-limits`: one gateway at its limit: 10,000 viewers, viewers that stop reading, a storm of
reconnects, and 10,000 different views.

A complete gateway shows 20,000 aircraft with one report a second, at one tick per second, to viewers written in C
(`crowd.c`). The gateway has one core; the viewers and everything else share the other, all on loopback. The benchmark
measures the age of each tick when its last byte reaches a viewer, the response time of /health, and CPU and memory of
the gateway. Each figure has a target; the exit code is 1 if one is missed.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import pickle
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.frames import SHARDS, START_MS, simulated
from bench.gateway.fanout import CLIENT_CORE, SERVER_CORE, hear, say, start
from bench.gateway.plot import Line, line_plot
from bench.gateway.view_messages import record_views

from flighttracker.partition import shard_of
from flighttracker_gateway.owner.shard import ShardOwner

HERE = Path(__file__).parent
AIRCRAFT, FEW_AIRCRAFT = 20_000, 2_000
CONNECTS_PER_S, STORM_PER_S = 500, 1_000
PROBE_INTERVAL_S = 0.05
WINDOW_S = 8
VIEWS_WINDOW_S = 10  # two ticks of the world's class
WINDOWS = 3
"""Windows of each kind that are compared by their medians."""
TICKS = 120
"""Seconds of traffic that are recorded; no scenario takes longer."""
FILES_NEEDED = 12_000


class Group(NamedTuple):
    """Measurements of one group of viewers; ages of ticks in milliseconds."""

    viewers: int
    closed: int
    ticks: int
    p50_ms: float
    p99_ms: float
    most_ms: float


class Probe(threading.Thread):
    """Requests /health continuously, on a separate connection."""

    def __init__(self, port: str) -> None:
        super().__init__(daemon=True)
        self._connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
        self._worst_ms = 0.0
        self.is_over = False

    def run(self) -> None:
        while not self.is_over:
            started_s = time.perf_counter()
            self._connection.request("GET", "/health")
            if self._connection.getresponse().read() == b"":
                raise SystemExit("error: /health has no answer")
            self._worst_ms = max(self._worst_ms, (time.perf_counter() - started_s) * 1000)
            time.sleep(PROBE_INTERVAL_S)

    def take_worst_ms(self) -> float:
        """Return the slowest answer since the last call."""
        worst_ms, self._worst_ms = self._worst_ms, 0.0
        return worst_ms


class Stage:
    """A gateway that ticks, its crowd and a probe."""

    def __init__(self, gateway: subprocess.Popen[str], crowd: subprocess.Popen[str], port: str) -> None:
        self._gateway, self._crowd, self.port = gateway, crowd, port
        self.probe = Probe(port)

    def connect(self, group: int, count: int, per_second: int, views: Path | None = None) -> float:
        """Connect viewers, with tiles if a file has their views; return the seconds until all had a picture."""
        say(self._crowd, f"connect {group} {count} {per_second} {views or ''}".strip())
        return float(hear(self._crowd, "connected")) / 1000

    def order(self, command: str, answer: str) -> None:
        say(self._crowd, command)
        hear(self._crowd, answer)

    def ages(self) -> list[Group]:
        """Return the measurements of each group since `forget`."""
        say(self._crowd, "tell")
        groups = []
        assert self._crowd.stdout is not None
        while (line := self._crowd.stdout.readline().split())[0] == "group":
            groups.append(Group(*map(int, line[2:5]), *map(float, line[5:])))
        return groups

    def watch(self, seconds: float) -> list[Group]:
        """Let the crowd read for a while; return the measurements of each group in that time."""
        self.order("forget", "forgotten")
        self.order(f"run {seconds}", "ran")
        return self.ages()

    def used(self) -> tuple[float, float]:
        """Return the CPU time of the gateway, seconds, and its memory, MB."""
        say(self._gateway, "report")
        cpu_s, memory_bytes = hear(self._gateway, "used").split()
        return float(cpu_s), int(memory_bytes) / 1e6

    def idle_cpu_s_per_s(self) -> float:
        """Return the CPU seconds a second that the gateway uses for its ticks alone."""
        cpu_before_s, _ = self.used()
        self.order("run 5", "ran")
        cpu_s, _ = self.used()
        return (cpu_s - cpu_before_s) / 5

    def metric(self, name: str) -> float:
        """Return a metric by its name and labels as /metrics writes them, 0 when it is not there."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        return next((float(line.split()[-1]) for line in lines if line.startswith(name + " ")), 0.0)


def record(aircraft: int, ticks: int, path: Path) -> None:
    """Record this many ticks of frames, encoded by an owner of all shards."""
    positions_at = simulated(aircraft)
    owners = [
        ShardOwner(shard, 1, tick_interval_ms=1000, time_to_live_ms=300_000, max_aircraft=100_000)
        for shard in range(SHARDS)
    ]
    recorded = []
    for second in range(ticks):
        for position in positions_at(second):
            owners[shard_of(position.icao24.encode(), SHARDS)].hear(position)
        recorded.append([owner.tick(START_MS + second * 1000) for owner in owners])
    path.write_bytes(pickle.dumps(recorded))


@contextmanager
def stage(crowd: Path, recording: Path, settings: str = "many", token: str = "") -> Iterator[Stage]:
    """Start a gateway (`crowd_gateway` describes its settings) and its crowd, and tick."""
    gateway = start(SERVER_CORE, [sys.executable, "-m", "bench.gateway.crowd_gateway", str(recording), settings])
    try:
        port = hear(gateway, "port")
        readers = start(CLIENT_CORE, [str(crowd), port, *([token] if token else [])])
        try:
            made = Stage(gateway, readers, port)
            say(gateway, "tick")
            hear(gateway, "ticking")
            made.probe.start()
            yield made
            made.probe.is_over = True
            made.probe.join()  # before the gateway ends: an unanswered request is an error
        finally:
            readers.kill()
            readers.wait()
    finally:
        gateway.kill()
        gateway.wait()


class Report:
    """Prints each figure with its target, and records missed targets."""

    def __init__(self) -> None:
        self.figures: dict[str, float] = {}
        self.missed: list[str] = []

    def head(self, text: str) -> None:
        print(f"\n{text}", flush=True)

    def figure(self, key: str, label: str, value: float, unit: str, *, most: float | None = None) -> None:
        """Print a figure; `most` is its target, an upper bound."""
        self.figures[key] = round(value, 2)
        wanted = "" if most is None else f"   target: at most {most:g}"
        print(f"  {label:<58} {value:>10.1f} {unit:<6}{wanted}", flush=True)
        if most is not None and value > most:
            self.missed.append(key)


def crowd_grows(at: Stage, steps: list[int], report: Report, aircraft: int) -> Line:
    """Measure CPU at growing numbers of viewers, and everything else at the last; return CPU over viewers."""
    _, memory_before_mb = at.used()
    line, here = Line(f"{aircraft:,} aircraft", []), 0
    groups: list[Group] = []
    for viewers in steps:
        at.connect(0, viewers - here, CONNECTS_PER_S)
        here = viewers
        at.order("run 2", "ran")
        at.probe.take_worst_ms()
        cpu_before_s, _ = at.used()
        groups = at.watch(WINDOW_S)
        cpu_s, memory_mb = at.used()
        per_tick_ms = (cpu_s - cpu_before_s) * 1000 / WINDOW_S
        line.points.append((viewers, per_tick_ms))
        print(f"  {viewers:>6} viewers: {per_tick_ms:6.1f} ms of CPU a tick", flush=True)
        if groups[0].ticks < viewers * (WINDOW_S - 1):
            raise SystemExit(f"error: {viewers} viewers got only {groups[0].ticks} ticks in {WINDOW_S} s")
    if aircraft == AIRCRAFT:
        report.figure("crowd_p50_ms", "tick to socket, median", groups[0].p50_ms, "ms")
        report.figure("crowd_p99_ms", "tick to socket, 99th percentile", groups[0].p99_ms, "ms", most=500)
        report.figure("crowd_probe_ms", "slowest answer of /health", at.probe.take_worst_ms(), "ms", most=250)
        per_viewer_kb = (memory_mb - memory_before_mb) * 1000 / here
        report.figure("crowd_kb_per_viewer", "memory a connection", per_viewer_kb, "KB", most=30)
    return line


def some_stop_reading(at: Stage, viewers: int, stopping: int, report: Report) -> None:
    """Let some viewers stop reading; half of them resume, the others must be closed."""
    at.connect(0, viewers - stopping, CONNECTS_PER_S)
    at.connect(1, stopping, CONNECTS_PER_S)
    at.order("run 3", "ran")
    before_ms = statistics.median(at.watch(WINDOW_S)[0].p99_ms for _ in range(WINDOWS))
    _, memory_before_mb = at.used()
    at.order(f"stall 1 {stopping}", "stalled")
    meanwhile_ms = statistics.median(at.watch(WINDOW_S)[0].p99_ms for _ in range(WINDOWS))
    _, memory_mb = at.used()
    report.figure("stalled_before_p99_ms", "the others before: 99th percentile", before_ms, "ms")
    most_ms = before_ms * 1.1
    report.figure("stalled_p99_ms", "the others meanwhile: 99th percentile", meanwhile_ms, "ms", most=most_ms)
    report.figure("stalled_memory_mb", "memory that they cost", memory_mb - memory_before_mb, "MB", most=10)
    report.figure("stalled_slow", "found to be behind", at.metric("flights_ws_slow_clients"), "")
    at.order(f"resume 1 {stopping // 2}", "resumed")
    at.order("run 3", "ran")
    again = at.watch(WINDOW_S)[1]
    missing = stopping // 2 * (WINDOW_S - 1) - again.ticks
    report.figure("stalled_missing", "ticks that those who read again lack afterwards", max(0, missing), "", most=0)
    at.order("run 22", "ran")
    closed = at.metric('flights_ws_closed_total{code="4408"}')
    silent = at.metric('flights_ws_closed_total{code="1011"}')
    open_still = stopping - stopping // 2 - closed - silent
    report.figure("stalled_closed", "closed because they were behind (4408)", closed, "")
    report.figure("stalled_silent", "closed because they answered no ping (1011)", silent, "")
    report.figure("stalled_open", "still open that should not be", open_still, "", most=0)


def storm(at: Stage, staying: int, coming: int, report: Report) -> None:
    """Let many connect at once while others watch."""
    at.connect(0, staying, CONNECTS_PER_S)
    at.order("run 3", "ran")
    cpu_0_s, _ = at.used()
    before = at.watch(WINDOW_S)[0]
    cpu_1_s, _ = at.used()
    at.order("forget", "forgotten")
    at.probe.take_worst_ms()
    keys_before = at.metric('flights_ws_catch_ups_total{kind="key"}')
    cpu_2_s, _ = at.used()
    took_s = at.connect(1, coming, STORM_PER_S)
    cpu_3_s, _ = at.used()
    stayed = at.ages()[0]
    keys = at.metric('flights_ws_catch_ups_total{kind="key"}') - keys_before
    watching_s = (cpu_1_s - cpu_0_s) / WINDOW_S * took_s
    report.figure("storm_s", f"{coming:,} served after", took_s, "s")
    report.figure("storm_keys", "key frames that were made for them", keys, "", most=took_s + 2)
    report.figure("storm_join_us", "CPU of a join", (cpu_3_s - cpu_2_s - watching_s) * 1e6 / coming, "µs")
    report.figure("storm_before_p99_ms", "who stayed, before: 99th percentile", before.p99_ms, "ms")
    report.figure("storm_p99_ms", "who stayed, meanwhile: 99th percentile", stayed.p99_ms, "ms", most=500)
    report.figure("storm_most_ms", "who stayed, meanwhile: latest tick", stayed.most_ms, "ms", most=1000)
    report.figure("storm_closed", "of them lost", stayed.closed, "", most=0)
    report.figure("storm_probe_ms", "slowest answer of /health", at.probe.take_worst_ms(), "ms", most=250)


def different_views(at: Stage, viewers: int, views: Path, report: Report) -> None:
    """Let viewers of tiles look at different places."""
    at.connect(0, viewers, CONNECTS_PER_S, views)
    at.order("run 6", "ran")
    at.probe.take_worst_ms()
    cpu_before_s, _ = at.used()
    group = at.watch(VIEWS_WINDOW_S)[0]
    cpu_s, _ = at.used()
    report.figure("views_cpu_ms", "CPU of a tick", (cpu_s - cpu_before_s) * 1000 / VIEWS_WINDOW_S, "ms")
    report.figure("views_messages_per_s", "messages a second", group.ticks / VIEWS_WINDOW_S, "")
    report.figure("views_p50_ms", "tick to socket, median", group.p50_ms, "ms")
    report.figure("views_p99_ms", "tick to socket, 99th percentile", group.p99_ms, "ms", most=300)
    report.figure("views_probe_ms", "slowest answer of /health", at.probe.take_worst_ms(), "ms", most=250)
    report.figure("views_closed", "of them lost", group.closed, "", most=0)


def allow_files(needed: int) -> None:
    """Raise the limit of open files for this process and its children.

    Raises:
        SystemExit: the system does not allow it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise SystemExit(f"error: at most {hard} open files are allowed (ulimit -Hn), the bench needs {needed}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, default=10_000, help="the crowd at its largest (default: %(default)s)")
    parser.add_argument("--only", choices=["crowd", "stalled", "storm", "views"], help="one scenario instead of all")
    parser.add_argument("--plot", type=Path, help="draw the CPU over the viewers into this file, as SVG")
    arguments = parser.parse_args()
    allow_files(FILES_NEEDED)
    os.sched_setaffinity(0, {int(CLIENT_CORE)})
    most, half = arguments.viewers, arguments.viewers // 2
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        crowd, many, few = Path(folder, "crowd"), Path(folder, "many"), Path(folder, "few")
        subprocess.run(["cc", "-O2", "-o", crowd, HERE / "crowd.c"], check=True)
        print(f"recording the frames of {AIRCRAFT:,} aircraft ...", flush=True)
        record(AIRCRAFT, TICKS, many)
        if arguments.only in (None, "crowd"):
            record(FEW_AIRCRAFT, TICKS, few)
            steps = [most // 10, most // 4, half, most]
            lines = []
            for aircraft, recording in ((FEW_AIRCRAFT, few), (AIRCRAFT, many)):
                report.head(f"A growing crowd watches {aircraft:,} aircraft")
                with stage(crowd, recording) as at:
                    lines.append(crowd_grows(at, steps, report, aircraft))
            if arguments.plot is not None:
                arguments.plot.write_text(line_plot(lines, x_label="viewers", y_label="CPU of a tick, ms"))
        if arguments.only in (None, "stalled"):
            report.head(f"{half // 10:,} of {half:,} viewers stop reading")
            with stage(crowd, many) as at:
                some_stop_reading(at, half, half // 10, report)
        if arguments.only in (None, "storm"):
            report.head(f"{half:,} viewers come at {STORM_PER_S:,} a second while {half:,} watch")
            with stage(crowd, many) as at:
                storm(at, half, half, report)
        if arguments.only in (None, "views"):
            report.head(f"{most:,} viewers of tiles look at different places")
            views = Path(folder, "views")
            record_views(AIRCRAFT, most, views)
            with stage(crowd, many) as at:
                different_views(at, most, views, report)
    for key in report.missed:
        print(f"missed: {key} is {report.figures[key]:g}")
    print(json.dumps(report.figures))
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
