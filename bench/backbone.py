"""`make bench-backbone`: 20,000 aircraft a second through real servers to 1,000 viewers on two gateways.

Servers, generator and gateways are processes as `make run-backbone` starts them, the viewers are WebSocket clients in
this process. It watches for `--seconds` and tells the CPU and memory of each part, how late ticks came to the sockets,
and the lag of the log. A run that fell behind is not a figure: it ends with exit code 1. Everything is on loopback.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final

import aiohttp
import msgspec
import numpy as np
import psutil
from prometheus_client.parser import text_string_to_metric_families
from scripts.backbone import role_commands, running, start_servers

from flighttracker.frame import read_header
from flighttracker.settings import SimulatedSource
from flighttracker.spec import parse_tracker
from flighttracker_cli.here import plan_here, servers_here
from tests.servers.process import LOOPBACK, free_port

TRACKER: Final = "apiVersion: flighttracker.io/v1alpha1\nkind: FlightTracker\nmetadata: {name: bench}\n"
START_S: Final = 120.0
MOST_LAG: Final = 3
"""Ticks of records that may wait in the log at the end of a run that kept up."""


class Viewers:
    """Many WebSocket clients that read every message and look at its first header only."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self.messages = 0
        self.bytes = 0
        self.is_counting = False

    async def watch(self, session: aiohttp.ClientSession, url: str) -> None:
        """Watch until cancelled."""
        async with session.ws_connect(f"{url}/ws", protocols=("flights.v1",), max_msg_size=0) as socket:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.BINARY and self.is_counting:
                    header = read_header(message.data)
                    self.late_ms.append(time.time() * 1000 - header.tick_ms)
                    self.messages += 1
                    self.bytes += len(message.data)


async def measure(arguments: argparse.Namespace, parts: dict[str, psutil.Process], urls: list[str]) -> dict[str, Any]:
    """Return the figures of one run."""
    viewers = Viewers()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        async with asyncio.timeout(START_S):
            while min([await aircraft(session, url) for url in urls]) < arguments.aircraft:
                await asyncio.sleep(1)
        print(
            f"{arguments.aircraft:,} aircraft on {len(urls)} gateways; connecting {arguments.viewers:,} viewers",
            flush=True,
        )
        tasks = [
            asyncio.create_task(viewers.watch(session, urls[number % len(urls)])) for number in range(arguments.viewers)
        ]
        await asyncio.sleep(10)
        before = {name: cpu_s(part) for name, part in parts.items()}
        counted = [await counter(session, url, "flights_kafka_records_total") for url in urls]
        began_s = time.monotonic()
        viewers.is_counting = True
        await asyncio.sleep(arguments.seconds)
        viewers.is_counting = False
        took_s = time.monotonic() - began_s
        cores = {name: (cpu_s(part) - before[name]) / took_s for name, part in parts.items()}
        records = [await counter(session, url, "flights_kafka_records_total") for url in urls]
        lag = sum([await counter(session, url, "flights_kafka_lag") for url in urls])
        ended = sum(task.done() for task in tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    late = np.array(viewers.late_ms)
    return {
        "seconds": round(took_s),
        "records_per_s": round((sum(records) - sum(counted)) / took_s),
        "lag_records": round(lag),
        "messages_per_viewer_per_s": round(viewers.messages / took_s / arguments.viewers, 3),
        "bytes_per_message": round(viewers.bytes / max(1, viewers.messages)),
        "viewers_lost": ended,
        "late_ms_p50": round(float(np.percentile(late, 50))),
        "late_ms_p99": round(float(np.percentile(late, 99))),
        "cores": {name: round(value, 2) for name, value in cores.items()},
        "memory_mb": {name: round(part.memory_info().rss / 2**20) for name, part in parts.items()},
    }


async def aircraft(session: aiohttp.ClientSession, url: str) -> int:
    """Return how many aircraft a gateway shows; 0 while it does not answer."""
    with suppress(aiohttp.ClientError):
        async with session.get(f"{url}/api/stats") as answer:
            return int((await answer.json())["aircraft"])
    return 0


async def counter(session: aiohttp.ClientSession, url: str, name: str) -> float:
    """Return a metric of a gateway, summed over its labels."""
    async with session.get(f"{url}/metrics") as answer:
        families = text_string_to_metric_families(await answer.text())
        return sum(sample.value for family in families for sample in family.samples if sample.name == name)


def cpu_s(process: psutil.Process) -> float:
    """Return the CPU time of a process, seconds."""
    times = process.cpu_times()
    return float(times.user + times.system)


def main() -> None:
    """Run once and print a table, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aircraft", type=int, default=20_000)
    parser.add_argument("--viewers", type=int, default=1_000)
    parser.add_argument("--gateways", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=60.0)
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (65_536, 65_536))
    with tempfile.TemporaryDirectory(prefix="flighttracker-") as folder, ExitStack() as stack:
        print("Starting Kafka, Redis and the schema registry ...", flush=True)
        kafka, redis, registry = start_servers(Path(folder), stack)
        tracker = parse_tracker(TRACKER, source="bench")
        servers = servers_here(tracker, kafka.bootstrap_servers, redis.url, registry.url)
        made = plan_here(tracker, secrets=None, servers=servers)
        source = SimulatedSource(aircraft=arguments.aircraft, interval_s=1.0)
        generator = msgspec.structs.replace(made.generator, source=source)
        ports = [free_port() for _ in range(arguments.gateways)]
        commands = role_commands(Path(folder), generator, made.gateway, ports, log_level="error")
        roles = [stack.enter_context(running(command)) for command in commands]
        parts = {"generator": psutil.Process(roles[0].pid)}
        parts |= {f"gateway {number}": psutil.Process(role.pid) for number, role in enumerate(roles[1:], 1)}
        parts |= {"kafka": psutil.Process(kafka.pid), "redis": psutil.Process(redis.pid)}
        parts |= {"registry": psutil.Process(registry.pid), "viewers (this process)": psutil.Process()}
        figures = asyncio.run(measure(arguments, parts, [f"http://{LOOPBACK}:{port}" for port in ports]))
    cores, memory = figures["cores"], figures["memory_mb"]
    print(f"\n{'part':<24}{'cores':>8}{'MB':>8}")
    for name in parts:
        print(f"{name:<24}{cores[name]:>8}{memory[name]:>8}")
    print(json.dumps(figures))
    if figures["viewers_lost"] or figures["lag_records"] > MOST_LAG * arguments.aircraft:
        sys.exit("it fell behind: this is no figure")


if __name__ == "__main__":
    main()
