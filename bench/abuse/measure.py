"""`make bench-abuse`: what honest viewers notice of the worst that one address does.

For each attack, a complete gateway with the limits of every gateway shows 20,000 aircraft with one report a second to
honest viewers (`crowd.c`), each with an address of its own. One more address attacks. The benchmark measures the age of
each tick when its last byte reaches a viewer, without and with the attack, and the gateway's CPU and memory. The
gateway has one core; the viewers share the other with the attacker, which has the lowest priority.

The figure is the median over windows of the 99th percentile. The targets are 1.2 times that of the same gateway without
the attack, and no tick older than a second; the exit code is 1 if one is missed. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import jwt
from bench.abuse.attacks import ATTACKS
from bench.gateway.fanout import CLIENT_CORE, ROOT
from bench.gateway.limits import HERE, Stage, allow_files, record, stage

AIRCRAFT = 20_000
CONNECTS_PER_S = 100
ATTACKER = "127.0.0.2"
SETTLE_S = 4
MOST_RATIO, MOST_MS = 1.2, 1000.0
SECRET = "a secret of at least thirty-two bytes, for this bench only"
TOKEN_S = 3600


class Load(NamedTuple):
    """What honest viewers see in a phase; the first two are milliseconds, `cores` is CPU of the gateway."""

    p99_ms: float
    most_ms: float
    cores: float
    memory_mb: float


def watch(at: Stage, windows: int, window_s: float) -> Load:
    """Measure one phase."""
    before_s, _ = at.used()
    started_s = time.monotonic()
    seen = [at.watch(window_s)[0] for _ in range(windows)]
    elapsed_s = time.monotonic() - started_s
    after_s, memory_mb = at.used()
    if any(group.closed for group in seen):
        raise SystemExit("error: an honest viewer was disconnected")
    p99_ms = statistics.median(group.p99_ms for group in seen)
    return Load(p99_ms, max(group.most_ms for group in seen), (after_s - before_s) / elapsed_s, memory_mb)


def attacked(at: Stage, name: str, windows: int, window_s: float) -> tuple[Load, dict[str, Any]]:
    """Measure a phase with an attack; return also what became of the attacker."""
    seconds = windows * window_s + 1
    command = [sys.executable, "-m", "bench.abuse.attacks", name, at.port, ATTACKER, str(seconds)]
    pinned = ["nice", "-n", "19", "taskset", "--cpu-list", CLIENT_CORE, *command]
    with subprocess.Popen(pinned, stdout=subprocess.PIPE, text=True, cwd=ROOT) as attacker:
        load = watch(at, windows, window_s)
        output, _ = attacker.communicate(timeout=60)
    return load, json.loads(output)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, default=200, help="honest viewers (default: %(default)s)")
    parser.add_argument("--windows", type=int, default=5, help="windows of each phase (default: %(default)s)")
    parser.add_argument("--window-seconds", type=float, default=4.0, help="(default: %(default)s)")
    parser.add_argument("--only", nargs="+", choices=list(ATTACKS), help="some attacks instead of all")
    arguments = parser.parse_args()
    windows, window_s = arguments.windows, arguments.window_seconds
    allow_files(4_000)
    os.sched_setaffinity(0, {int(CLIENT_CORE)})
    figures: dict[str, Any] = {}
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        crowd, recording, secret = Path(folder, "crowd"), Path(folder, "recording"), Path(folder, "secret")
        subprocess.run(["cc", "-O2", "-o", crowd, HERE / "crowd.c"], check=True)
        secret.write_text(SECRET)
        claims = {"sub": "honest", "scope": "view", "exp": int(time.time()) + TOKEN_S}
        print(f"recording the frames of {AIRCRAFT:,} aircraft ...", flush=True)
        joining_s = arguments.viewers / CONNECTS_PER_S
        record(AIRCRAFT, round(2 * windows * window_s + joining_s + 2 * SETTLE_S) + 10, recording)
        print(f"{arguments.viewers} honest viewers; p99 and latest tick in ms, cores and MB of the gateway")
        titles = ("attack", "p99", "with", "ratio", "latest", "cores", "with", "MB")
        print("{:<14}{:>7}{:>7}{:>7}{:>8}{:>7}{:>6}{:>6}  the attacker".format(*titles))
        for name in arguments.only or ATTACKS:
            with_tokens = name == "tokens"
            settings = str(secret) if with_tokens else "default"
            token = jwt.encode(claims, SECRET, "HS256") if with_tokens else ""
            with stage(crowd, recording, settings, token) as at:
                at.connect(0, arguments.viewers, CONNECTS_PER_S)
                at.order(f"run {SETTLE_S}", "ran")
                before = watch(at, windows, window_s)
                load, outcome = attacked(at, name, windows, window_s)
            ratio = load.p99_ms / before.p99_ms
            grown_mb = load.memory_mb - before.memory_mb
            became = ", ".join(f"{what} {count}" for what, count in sorted(outcome["outcomes"].items()))
            print(
                f"{name:<14}{before.p99_ms:>7.1f}{load.p99_ms:>7.1f}{ratio:>7.2f}{load.most_ms:>8.1f}"
                f"{before.cores:>7.2f}{load.cores:>6.2f}{grown_mb:>6.0f}  {became}",
                flush=True,
            )
            figures[name] = {
                "before_p99_ms": round(before.p99_ms, 1),
                "p99_ms": round(load.p99_ms, 1),
                "ratio": round(ratio, 2),
                "most_ms": round(load.most_ms, 1),
                "before_cores": round(before.cores, 2),
                "cores": round(load.cores, 2),
                "grown_mb": round(grown_mb, 1),
                **outcome,
            }
            if ratio > MOST_RATIO or load.most_ms > MOST_MS:
                missed.append(name)
    for name in missed:
        print(f"missed: {name}")
    print(json.dumps({"viewers": arguments.viewers, "attacks": figures}))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
