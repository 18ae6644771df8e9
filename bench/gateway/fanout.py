"""`make bench-gateway`: the server's cost of delivering one frame, compared with its peers.

One server process with 1,000 clients on loopback sends the same frames at a steady pace: ours (real hub, application
and server), Litestar's Channels plugin, picows without HTTP, a Go hub on gorilla/websocket with prepared messages, and
a loop of send() in C, which is the lower bound.
Server and clients have a core each. The figure is the CPU time of the server process from the first frame until every
client has every byte, divided by the deliveries. The servers alternate, so a busy moment of the machine does not affect
only one of them. The result is the median of the runs.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SERVER_CORE, CLIENT_CORE = "0", "1"
INTERVAL_MS = 100
SIZES = {"2kb": 2 * 1024, "50kb": 50 * 1024}
OURS, CHANNELS = "flighttracker gateway", "Litestar Channels"
PICOWS = "picows (Python, C)"
GORILLA, FLOOR = "gorilla/websocket (Go)", "send() loop (C)"


class Load(NamedTuple):
    clients: int
    messages: int
    runs: int


def say(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()


def hear(process: subprocess.Popen[str], word: str) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line.startswith(word):
        raise SystemExit(f"error: {process.args!r} said {line.strip()!r} instead of {word!r}")
    return line.removeprefix(word).strip()


def start(core: str, command: Sequence[str]) -> subprocess.Popen[str]:
    pinned = ["taskset", "--cpu-list", core, *command]
    return subprocess.Popen(pinned, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def delivery_us(server_command: Sequence[str], client: Path, frame_bytes: int, load: Load) -> float:
    """Return the server's CPU time per delivery, microseconds."""
    server = start(SERVER_CORE, server_command)
    try:
        port = hear(server, "port")
        readers = start(CLIENT_CORE, [str(client), port, str(load.clients), str(load.messages * frame_bytes)])
        try:
            hear(readers, "ready")
            say(server, f"go {load.messages} {frame_bytes} {INTERVAL_MS}")
            hear(server, "sent")
            hear(readers, "done")
            say(server, "report")
            cpu_s = float(hear(server, "cpu"))
        finally:
            readers.kill()
            readers.wait()
    finally:
        server.kill()
        server.wait()
    return cpu_s * 1e6 / (load.clients * load.messages)


def build(folder: Path) -> tuple[Path, dict[str, list[str]]]:
    """Compile the C and Go programs; return the client and the command of each server."""
    for program in ("client", "floor"):
        subprocess.run(["cc", "-O2", "-o", folder / program, HERE / f"{program}.c"], check=True)
    servers = {
        OURS: [sys.executable, "-m", "bench.gateway.gateway_hub"],
        CHANNELS: [sys.executable, "-m", "bench.gateway.litestar_channels"],
        PICOWS: [sys.executable, "-m", "bench.gateway.picows_hub"],
    }
    if shutil.which("go"):
        subprocess.run(["go", "build", "-o", folder / "gorilla", "."], cwd=HERE / "gorilla", check=True)
        servers[GORILLA] = [str(folder / "gorilla")]
    else:
        print("skipped: gorilla/websocket, because go is not installed")
    servers[FLOOR] = [str(folder / "floor")]
    return folder / "client", servers


def main() -> None:
    parser = argparse.ArgumentParser(description="What one delivery costs the server.")
    parser.add_argument("--clients", type=int, default=1_000)
    parser.add_argument("--messages", type=int, default=20, help="frames in a run")
    parser.add_argument("--runs", type=int, default=5)
    load = Load(**vars(parser.parse_args()))
    for needed in ("cc", "taskset"):
        if not shutil.which(needed):
            raise SystemExit(f"error: {needed} is not installed; the bench needs it")
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        client, servers = build(Path(folder))
        print(f"CPU of the server per delivery, µs: {load.clients} clients, {load.messages} frames, {load.runs} runs")
        print(f"{'server':<24} {'frame':>6} {'median':>8} {'least':>8} {'most':>8}")
        for size, frame_bytes in SIZES.items():
            costs: dict[str, list[float]] = {name: [] for name in servers}
            for _ in range(load.runs):
                for name, command in servers.items():
                    costs[name].append(delivery_us(command, client, frame_bytes, load))
            medians = {name: statistics.median(values) for name, values in costs.items()}
            for name, values in costs.items():
                print(f"{name:<24} {size:>6} {medians[name]:>8.2f} {min(values):>8.2f} {max(values):>8.2f}")
            if GORILLA in medians:
                figures[f"vs_gorilla_{size}"] = round(medians[OURS] / medians[GORILLA], 3)
            figures[f"vs_channels_{size}"] = round(medians[OURS] / medians[CHANNELS], 3)
            figures[f"vs_c_{size}"] = round(medians[OURS] / medians[FLOOR], 3)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
