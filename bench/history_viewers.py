"""`make bench-history`, third part: what live viewers notice while ten people replay the past.

A complete gateway shows 10,000 aircraft with one report a second to 1,000 viewers written in C (`crowd.c`), and
forwards to a historian in a process of its own, which has two hours of as many aircraft. Ten people replay them at 60
times the speed as the page does: the whole world, a moment for each minute, 20 moments in a request, a request in 20
seconds. The figure is the age of a tick when its last byte reaches a viewer, alone and meanwhile, in turns. The gateway
has one core; viewers, historian and people share the other.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

from bench.gateway.fanout import CLIENT_CORE
from bench.gateway.limits import HERE, record, stage
from bench.history_reads import DAY_MS, historian, make_day

AIRCRAFT, VIEWERS, CONNECTS_PER_S = 10_000, 1_000, 200
PEOPLE: Final = 10
HOURS: Final = 2
STEP_S, STEPS = 60, 20
WINDOW_S: Final = 20
ROUNDS: Final = 2
WANTED: Final = 1.2


class Person(threading.Thread):
    """Replays from some moment on until it is over; each has an address of its own, as people do."""

    def __init__(self, port: int, number: int) -> None:
        super().__init__(daemon=True)
        self._port, self._number = port, number
        self.answers: list[float] = []
        self.size_bytes = 0
        self.is_over = False

    def run(self) -> None:
        at_ms = DAY_MS + 60_000 * (5 + 4 * self._number)
        time.sleep(self._number * STEPS / PEOPLE)  # they did not all press the key in the same second
        while not self.is_over:
            started_s = time.perf_counter()
            query = f"from={at_ms}&to={at_ms + 1000 * STEP_S * (STEPS - 1)}&step_s={STEP_S}"
            # A connection for each question: the gateway closes those that are idle for as long as a person plays.
            connection = http.client.HTTPConnection(
                "127.0.0.1", self._port, timeout=60, source_address=(f"127.0.0.{self._number + 2}", 0)
            )
            with closing(connection):
                connection.request("GET", f"/api/v1/history/frames?{query}")
                answer = connection.getresponse()
                body = answer.read()
            if answer.status != 200:
                raise SystemExit(f"error: {answer.status}: {body[:200]!r}")
            took_s = time.perf_counter() - started_s
            self.answers.append(took_s)
            self.size_bytes += len(body)
            at_ms = DAY_MS + (at_ms + 1000 * STEP_S * STEPS - DAY_MS) % ((HOURS - 1) * 3_600_000)
            time.sleep(max(0.0, STEPS - took_s))  # until what was loaded has been played


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, default=VIEWERS)
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {int(CLIENT_CORE)})
    with tempfile.TemporaryDirectory(prefix="flighttracker-") as name, ExitStack() as stack:
        folder = Path(name)
        crowd, recording = folder / "crowd", folder / "recording"
        subprocess.run(["cc", "-O2", "-o", crowd, HERE / "crowd.c"], check=True)
        record(AIRCRAFT, 2 * ROUNDS * (WINDOW_S + 5) + 30, recording)
        make_day(folder / "history", AIRCRAFT, HOURS)
        url, _ = stack.enter_context(historian(folder / "history"))
        at = stack.enter_context(stage(crowd, recording, url))
        at.connect(0, arguments.viewers, CONNECTS_PER_S)
        at.order("run 2", "ran")
        alone, meanwhile, shares, people = [], [], [], []
        for _ in range(ROUNDS):
            alone.append(at.watch(WINDOW_S)[0].p99_ms)
            people = [Person(int(at.port), number) for number in range(PEOPLE)]
            for person in people:
                person.start()
            cpu_before_s, _ = at.used()
            meanwhile.append(at.watch(WINDOW_S)[0].p99_ms)
            cpu_s, _ = at.used()
            shares.append((cpu_s - cpu_before_s) / WINDOW_S)
            for person in people:
                person.is_over = True
    times = [took_s for person in people for took_s in person.answers]
    figures = {
        "viewers": arguments.viewers,
        "alone_p99_ms": round(statistics.median(alone), 1),
        "meanwhile_p99_ms": round(statistics.median(meanwhile), 1),
        "ratio": round(statistics.median(meanwhile) / statistics.median(alone), 2),
        "gateway_cores_meanwhile": round(statistics.median(shares), 2),
        "answers": len(times),
        "answer_s_median": round(statistics.median(times), 2),
        "answer_mb": round(sum(person.size_bytes for person in people) / len(times) / 1e6, 2),
    }
    print(
        f"tick to socket p99, alone {alone}, while {PEOPLE} people replay {meanwhile} ms; wanted at most {WANTED} times"
    )
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
