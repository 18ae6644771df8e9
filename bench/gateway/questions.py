"""`make bench-questions`: the cost of an answer of the HTTP interface, and what many at once cost the viewers.

A complete gateway shows 3,000 and 20,000 aircraft with one report a second to 200 viewers written in C (`crowd.c`).
Clients then ask for all flights, over and over. The gateway has one core; viewers and clients share the other. The
benchmark measures the gateway's CPU per answer, without that of its ticks, and the age of each tick when its last byte
reaches a viewer, without and with 64 clients on one address, with its limits and without.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from bench.gateway.fanout import CLIENT_CORE
from bench.gateway.limits import HERE, Stage, record, stage

AIRCRAFT = (3_000, 20_000)
VIEWERS, CLIENTS, CONNECTS_PER_S = 200, 64, 80
WINDOW_S, TICKS = 10, 90
ANSWERS = 20
"""Answers of one client, one after the other, whose CPU is measured: several fall on the same tick."""
QUESTIONS = {
    "json": "/api/v1/flights",
    "geojson": "/api/v1/flights?format=geojson",
    "box": "/api/v1/flights?bbox=5,45,15,55",
    "stats": "/api/v1/stats",
}


def ask(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> tuple[int, int]:
    """Return status and length of an answer, as it is transferred."""
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer.status, len(answer.read())


def cost_ms(at: Stage, path: str, coding: str) -> tuple[float, float]:
    """Return the gateway's CPU per answer in milliseconds, and the length of one in KB."""
    connection = http.client.HTTPConnection("127.0.0.1", int(at.port), timeout=60)
    at.order("run 1", "ran")
    started_s, (cpu_before_s, _) = time.perf_counter(), at.used()
    for _ in range(ANSWERS):
        _, length = ask(connection, path, {"Accept-Encoding": coding})
    took_s, (cpu_s, _) = time.perf_counter() - started_s, at.used()
    # The same time without a question costs this much.
    idle_s = at.idle_cpu_s_per_s() * took_s
    return max(0.0, cpu_s - cpu_before_s - idle_s) * 1000 / ANSWERS, length / 1000


class Asker(threading.Thread):
    """Asks for all flights until it is over; status 0 is a connection that the gateway closed."""

    def __init__(self, port: int, path: str, statuses: Counter[int]) -> None:
        super().__init__(daemon=True)
        self._port, self._path, self._statuses = port, path, statuses
        self.is_over = False

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        while not self.is_over:
            try:
                status, _ = ask(connection, self._path, {"Accept-Encoding": "br"})
            except (http.client.HTTPException, OSError):
                connection.close()
                status = 0
            self._statuses[status] += 1


def flood(port: int, path: str, clients: int, seconds: float) -> None:
    """Ask from many threads of this process for a while; print how many answers of each status came."""
    statuses: Counter[int] = Counter()
    askers = [Asker(port, path.replace("$", str(number)), statuses) for number in range(clients)]
    for asker in askers:
        asker.start()
    time.sleep(seconds)  # the duration of the flood
    print(json.dumps(statuses), flush=True)
    os._exit(0)


def flooded(at: Stage, path: str) -> tuple[float, dict[str, int], float]:
    """Return the 99th percentile of the viewers' ticks during a flood, its statuses and the share of the core used."""
    command = [sys.executable, "-m", "bench.gateway.questions", "--flood", at.port, path]
    asking = subprocess.Popen(["taskset", "-c", CLIENT_CORE, *command], stdout=subprocess.PIPE, text=True)
    at.order("run 1", "ran")
    cpu_before_s, _ = at.used()
    group = at.watch(WINDOW_S)[0]
    cpu_s, _ = at.used()
    assert asking.stdout is not None
    statuses = json.loads(asking.stdout.read())
    return group.p99_ms, statuses, (cpu_s - cpu_before_s) / WINDOW_S


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aircraft", type=int, nargs="*", default=AIRCRAFT)
    parser.add_argument("--flood", nargs=2, metavar=("PORT", "PATH"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.flood:
        flood(int(arguments.flood[0]), arguments.flood[1], CLIENTS, WINDOW_S + 2)
    os.sched_setaffinity(0, {int(CLIENT_CORE)})
    with tempfile.TemporaryDirectory() as folder:
        crowd = Path(folder, "crowd")
        subprocess.run(["cc", "-O2", "-o", crowd, HERE / "crowd.c"], check=True)
        for aircraft in arguments.aircraft:
            recording = Path(folder, str(aircraft))
            record(aircraft, TICKS, recording)
            for settings in ("many", "default"):
                with stage(crowd, recording, settings) as at:
                    measure(at, aircraft, settings)
    return 0


def measure(at: Stage, aircraft: int, settings: str) -> None:
    """Print the figures of one gateway."""
    print(f"\n{aircraft:,} aircraft, " + ("no limits per address" if settings == "many" else "limits as by default"))
    at.connect(0, VIEWERS, CONNECTS_PER_S)
    at.order("run 2", "ran")
    for name, path in QUESTIONS.items() if settings == "many" else ():
        for coding in ("br", "identity"):
            milliseconds, length_kb = cost_ms(at, path, coding)
            print(f"  {name:>8} {coding:<9} {milliseconds:8.2f} ms of CPU an answer {length_kb:9.0f} KB", flush=True)
    alone = at.watch(WINDOW_S)[0]
    print(f"  tick to socket p99 alone {alone.p99_ms:.0f} ms", flush=True)
    for name, path in (("the same question", "/api/v1/flights"), ("64 questions", "/api/v1/flights?bbox=-$,-80,99,80")):
        p99_ms, statuses, share = flooded(at, path)
        print(
            f"  {CLIENTS} clients, {name}: p99 {p99_ms:.0f} ms, {share:.0%} of a core, answers {statuses}", flush=True
        )


if __name__ == "__main__":
    sys.exit(main())
