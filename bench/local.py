"""`make bench-local`: CPU of generator, codecs and gateway in one process, at 20,000 aircraft a second and 200 viewers.

The server is `flighttracker local examples/busy.yaml`, the viewers are WebSocket clients in this process, which runs on
another core if there are two. The figure is CPU seconds of the server per second of wall time, so 1.0 is one core.
A run in which an aircraft or a viewer fell behind is not valid and ends with exit code 1.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import psutil

ROOT = Path(__file__).parents[1]
TRACKER = ROOT / "examples" / "busy.yaml"
AIRCRAFT = 20_000
CONNECTS_PER_S = 50


def free_port() -> int:
    """Return an unused port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.asynccontextmanager
async def server(port: int) -> AsyncIterator[psutil.Process]:
    """Run the tracker; yield its process once it shows all aircraft."""
    history = tempfile.TemporaryDirectory(prefix="flighttracker-")
    command = [str(Path(sys.executable).with_name("flighttracker")), "local", str(TRACKER), "--port", str(port)]
    command += ["--history", history.name]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: ASYNC220 - started once
    try:
        watched = psutil.Process(process.pid)
        with contextlib.suppress(AttributeError):
            watched.cpu_affinity([0])
        async with asyncio.timeout(120):
            while await aircraft_shown(port) < AIRCRAFT:
                await asyncio.sleep(1)
        yield watched
    finally:
        process.terminate()
        process.wait(20)
        history.cleanup()


async def aircraft_shown(port: int) -> int:
    """Return how many aircraft the gateway shows; 0 while it does not answer."""
    async with aiohttp.ClientSession() as session:
        with contextlib.suppress(aiohttp.ClientError):
            async with session.get(f"http://127.0.0.1:{port}/api/v1/stats") as answer:
                body: dict[str, Any] = await answer.json()
                return int(body.get("aircraft", 0))
    return 0


async def metric(port: int, name: str) -> float:
    """Return the sum of a metric over its labels."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith((f"{name} ", f"{name}{{")))


async def watch(session: aiohttp.ClientSession, port: int, counts: list[int], number: int) -> None:
    """Read everything that one viewer is sent, and count the ticks."""
    url = f"ws://127.0.0.1:{port}/ws"
    await asyncio.sleep(number / CONNECTS_PER_S)
    while True:
        try:
            async with session.ws_connect(url, protocols=("flights.v1",), max_msg_size=0, compress=0) as connection:
                async for message in connection:
                    if message.type is aiohttp.WSMsgType.BINARY:
                        counts[number] += 1
        except (aiohttp.ClientConnectionError, aiohttp.WSServerHandshakeError):
            await asyncio.sleep(1)  # on a busy machine many connect at once, which the limit of their address refuses
        else:
            return


async def measure(viewers: int, seconds: int, windows: int) -> dict[str, Any]:
    """Return the figures of one run."""
    port = free_port()
    counts = [0] * viewers
    async with server(port) as process, aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        tasks = [asyncio.create_task(watch(session, port, counts, number)) for number in range(viewers)]
        await asyncio.sleep(10)
        cores, before = [], list(counts)
        generated = await metric(port, "flights_generated_total")
        began_s = time.perf_counter()
        for _ in range(windows):
            cpu, wall_s = process.cpu_times(), time.perf_counter()
            await asyncio.sleep(seconds / windows)
            now = process.cpu_times()
            cores.append((now.user + now.system - cpu.user - cpu.system) / (time.perf_counter() - wall_s))
        elapsed_s = time.perf_counter() - began_s
        generated = await metric(port, "flights_generated_total") - generated
        ticks = [after - start for after, start in zip(counts, before, strict=True)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        rss_mb = process.memory_info().rss / 1e6
    return {
        "cores": round(statistics.median(cores), 3),
        "cores_min": round(min(cores), 3),
        "cores_max": round(max(cores), 3),
        "positions_per_s": round(generated / elapsed_s),
        "ticks_per_viewer_and_s": round(min(ticks) / elapsed_s, 3),
        "rss_mb": round(rss_mb),
    }


def main() -> int:
    """Measure, print the figures and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=60)
    arguments = parser.parse_args()
    with contextlib.suppress(AttributeError, OSError):
        os.sched_setaffinity(0, {1})
    figures = asyncio.run(measure(arguments.viewers, arguments.seconds, windows=6))
    spread = f"{figures['cores_min']} to {figures['cores_max']}"
    print(f"server, {AIRCRAFT} aircraft, {arguments.viewers} viewers: {figures['cores']} cores (windows: {spread})")
    print(f"positions a second: {figures['positions_per_s']}, ticks a viewer and second: ", end="")
    print(f"{figures['ticks_per_viewer_and_s']}, memory: {figures['rss_mb']} MB")
    print(json.dumps(figures))
    if figures["positions_per_s"] < 0.98 * AIRCRAFT or figures["ticks_per_viewer_and_s"] < 0.95:
        print("error: the server fell behind, so the figure says nothing", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
