"""`make bench-backbone`: 20,000 aircraft a second through real servers to 1,000 viewers on two gateways.

Servers, generator and gateways are processes as `make run-backbone` starts them, the viewers are WebSocket clients in
this process. It measures for `--seconds`: CPU and memory of each part, the delay of ticks and positions at the
sockets, and the lag of the log. A run that fell behind is not valid and ends with exit code 1. Everything is on
loopback.

With `--protocol flights.v3`, each viewer looks at one of five cities and follows one aircraft exactly, as a page with a
card does: the delay of positions is that of these reports.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
import msgspec
import numpy as np
import numpy.typing as npt
import psutil
from bench.gateway_metrics import aircraft, counter
from bench.views import CITIES, box_around, tiles_in
from scripts.backbone import role_commands, running, start_servers

from flighttracker.frame import decode_frame, read_header, split_frames
from flighttracker.frame.layout import AGE_MS, POSITION_AGE
from flighttracker.settings import SimulatedSource
from flighttracker.spec import parse_tracker
from flighttracker.tiles import class_of_zoom, read_tile_header, split_messages
from flighttracker_cli.local_plan import local_servers, plan_local
from tests.servers.process import LOOPBACK, free_port

TRACKER: Final = "apiVersion: flighttracker.io/v1alpha1\nkind: FlightTracker\nmetadata: {name: bench}\n"
START_S: Final = 120.0
SETTLE_S: Final = 15.0
CONNECTS_PER_S: Final = 100
"""Over all gateways; each rejects connections of one address above its rate limit."""
LOOK_S: Final = 5.0
CITY_ZOOM: Final = 9
ENCODE_S: Final = "flights_frame_encode_seconds_sum"
WANTED_MS: Final = 1_300
"""A tick and 300 ms, from an aircraft's position to a viewer's socket."""
LONGEST_MS: Final = 60_000
"""Longer delays count as this one."""
MOST_LAG: Final = 3
"""Ticks of records that may wait in the log in a run that keeps up."""

Ints = npt.NDArray[np.int64]


class Viewers:
    """Many WebSocket clients of one gateway, which read every message.

    Args:
        url: URL of the gateway.

    Attributes:
        is_counting: whether messages count now.
        messages: how many have counted.
        bytes: of these.
    """

    def __init__(self, url: str) -> None:
        self.bytes = 0
        self.is_counting = False
        self.messages = 0
        self._url = url

    def _count(self, message: aiohttp.WSMessage) -> None:
        self.messages += 1
        self.bytes += len(message.data)


class TileViewers(Viewers):
    """Viewers of `flights.v3`: each has the tiles of a city, and each report of one aircraft."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._late_ms: list[float] = []
        self._took = np.zeros(LONGEST_MS, dtype=np.int64)

    async def watch(self, session: aiohttp.ClientSession, *, number: int, after_s: float = 0.0) -> None:
        """Measure after this many seconds, until cancelled."""
        await asyncio.sleep(after_s)
        async with session.get(f"{self._url}/api/v1/flights?fields=icao24&limit=1000") as answer:
            flights = (await answer.json())["flights"]
        seen = class_of_zoom(CITY_ZOOM)
        tiles = tiles_in(box_around(*CITIES[number % len(CITIES)], CITY_ZOOM), seen)
        exact = flights[number % len(flights)]["icao24"]
        async with session.ws_connect(f"{self._url}/ws", protocols=("flights.v3",), max_msg_size=0) as socket:
            await socket.send_json({"type": "tiles", "class": seen.number, "tiles": tiles, "exact": [exact]})
            async for message in socket:
                if self.is_counting:
                    self._take(message, time.time() * 1000)

    def _take(self, message: aiohttp.WSMessage, now_ms: float) -> None:
        self._count(message)
        if message.type is aiohttp.WSMsgType.BINARY:
            self._late_ms.append(now_ms - tile_tick_ms(message.data))
        elif message.data.startswith('{"type":"exact"'):
            for row in json.loads(message.data)["flights"]:
                self._took[int(np.clip(now_ms - row[1], 0, LONGEST_MS - 1))] += 1

    def late_ms(self) -> list[float]:
        """Return, for each binary message, the time from the tick of its last class to the socket."""
        return self._late_ms

    def position_to_socket(self) -> Ints:
        """Return how many exact reports reached a socket at each age (index, in milliseconds)."""
        return self._took


def tile_tick_ms(data: bytes) -> int:
    """Return the tick of the last message of tiles in a WebSocket message: that of the fastest class."""
    return read_tile_header(split_messages(data)[-1]).tick_time_ms


class FrameViewers(Viewers):
    """Viewers of `flights.v1`, which parse the header of the first frame of each message.

    The first client also decodes the frames. All clients get the same message, so one decode gives the age of each
    position at its tick, in the tenths of a second that frames carry.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._arrivals: list[tuple[tuple[int, int, int], float]] = []
        self._ages: dict[tuple[int, int, int], Ints] = {}

    async def watch(self, session: aiohttp.ClientSession, *, number: int, after_s: float = 0.0) -> None:
        """Measure after this many seconds, until cancelled."""
        decodes = number == 0
        await asyncio.sleep(after_s)
        async with session.ws_connect(f"{self._url}/ws", protocols=("flights.v1",), max_msg_size=0) as socket:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.BINARY and self.is_counting:
                    header = read_header(message.data)
                    key = (header.shard, header.epoch, header.sequence)
                    self._arrivals.append((key, time.time() * 1000 - header.tick_time_ms))
                    self._count(message)
                    if decodes:
                        self._ages[key] = ages(message.data)

    def late_ms(self) -> list[float]:
        """Return, for each message, the time from its tick to the socket."""
        return [late_ms for _, late_ms in self._arrivals]

    def position_to_socket(self) -> Ints:
        """Return how many positions reached a socket at each age (index, in milliseconds)."""
        took = np.zeros(LONGEST_MS, dtype=np.int64)
        late_ms: dict[tuple[int, int, int], list[float]] = {}
        for key, late in self._arrivals:
            late_ms.setdefault(key, []).append(late)
        for key, lates in late_ms.items():
            counts = self._ages.get(key, np.zeros(0, dtype=np.int64))
            for age in np.flatnonzero(counts):
                at = np.clip(np.array(lates) + float(age) * AGE_MS, 0, LONGEST_MS - 1).astype(np.int64)
                took += np.bincount(at, minlength=LONGEST_MS) * counts[age]
        return took


def ages(message: bytes) -> Ints:
    """Return how many positions in the delta frames of a message have each age (index, in 0.1 s)."""
    counts = np.zeros(LONGEST_MS // AGE_MS, dtype=np.int64)
    for frame in split_frames(message):
        header, content = decode_frame(frame)
        if not header.is_key:
            told = np.clip(content.updated.differences[POSITION_AGE], 0, len(counts) - 1)
            counts += np.bincount(told, minlength=len(counts))
    return counts


def quantile_ms(took: Ints, share: float) -> int:
    """Return the quantile of the positions' ages, in milliseconds."""
    return int(np.searchsorted(np.cumsum(took), share * took.sum()))


@contextmanager
def backbone(aircraft_count: int, gateways: int) -> Iterator[tuple[dict[str, psutil.Process], list[str]]]:
    """Run servers, a generator and gateways; yield the process of each part, and the gateways' addresses."""
    with tempfile.TemporaryDirectory(prefix="flighttracker-") as folder, ExitStack() as stack:
        print("Starting Kafka, Redis and the schema registry ...", flush=True)
        kafka, redis, registry = start_servers(Path(folder), stack)
        tracker = parse_tracker(TRACKER, source="bench")
        servers = local_servers(tracker, kafka.bootstrap_servers, redis.url, registry.url)
        made = plan_local(tracker, secrets=None, servers=servers)
        source = SimulatedSource(aircraft=aircraft_count, interval_s=1.0)
        generator = msgspec.structs.replace(made.generator, sources=(source,))
        ports = [free_port() for _ in range(gateways)]
        commands = role_commands(Path(folder), generator, made.gateway, ports, log_level="error")
        roles = [stack.enter_context(running(command)) for command in commands]
        parts = {"generator": psutil.Process(roles[0].pid)}
        parts |= {f"gateway {number}": psutil.Process(role.pid) for number, role in enumerate(roles[1:], 1)}
        parts |= {"kafka": psutil.Process(kafka.pid), "redis": psutil.Process(redis.pid)}
        parts |= {"registry": psutil.Process(registry.pid), "viewers (this process)": psutil.Process()}
        yield parts, [f"http://{LOOPBACK}:{port}" for port in ports]


async def until_shown(session: aiohttp.ClientSession, urls: list[str], count: int) -> None:
    """Wait until every gateway shows this many aircraft."""
    async with asyncio.timeout(START_S):
        while min([await aircraft(session, url) for url in urls]) < count:
            await asyncio.sleep(1)


async def measure(arguments: argparse.Namespace, parts: dict[str, psutil.Process], urls: list[str]) -> dict[str, Any]:
    """Return the figures of one run."""
    groups: list[TileViewers | FrameViewers] = [
        TileViewers(url) if arguments.protocol == "flights.v3" else FrameViewers(url) for url in urls
    ]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def total(name: str) -> float:
            return sum([await counter(session, url, name) for url in urls])

        await until_shown(session, urls, arguments.aircraft)
        print(f"{arguments.aircraft:,} aircraft on {len(urls)} gateways; {arguments.viewers:,} viewers", flush=True)
        tasks = [
            asyncio.create_task(
                groups[number % len(urls)].watch(session, number=number // len(urls), after_s=number / CONNECTS_PER_S)
            )
            for number in range(arguments.viewers)
        ]
        await asyncio.sleep(SETTLE_S)
        cpu_before = {name: cpu_s(part) for name, part in parts.items()}
        counted = {name: await total(name) for name in ("flights_kafka_records_total", ENCODE_S)}
        began_s = time.monotonic()
        for group in groups:
            group.is_counting = True
        lags = []
        while time.monotonic() - began_s < arguments.seconds:
            await asyncio.sleep(LOOK_S)
            lags.append(await total("flights_kafka_lag"))
        for group in groups:
            group.is_counting = False
        took_s = time.monotonic() - began_s
        cores = {name: (cpu_s(part) - cpu_before[name]) / took_s for name, part in parts.items()}
        counted = {name: await total(name) - before for name, before in counted.items()}
        ended = sum(task.done() for task in tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    late = np.array([late_ms for group in groups for late_ms in group.late_ms()])
    messages = sum(group.messages for group in groups)
    to_socket = np.sum([group.position_to_socket() for group in groups], axis=0)
    return {
        "seconds": round(took_s),
        "records_per_s": round(counted["flights_kafka_records_total"] / took_s),
        "lag_records_median": round(float(np.median(lags))),
        "lag_records_most": round(max(lags)),
        "messages_per_viewer_per_s": round(messages / took_s / arguments.viewers, 3),
        "bytes_per_message": round(sum(group.bytes for group in groups) / max(1, messages)),
        "viewers_lost": ended,
        "tick_to_socket_ms_p50": round(float(np.percentile(late, 50))),
        "tick_to_socket_ms_p99": round(float(np.percentile(late, 99))),
        "position_to_socket_ms_p50": quantile_ms(to_socket, 0.5),
        "position_to_socket_ms_p99": quantile_ms(to_socket, 0.99),
        "encode_cores": round(counted[ENCODE_S] / took_s, 3),
        "cores": {name: round(value, 2) for name, value in cores.items()},
        "memory_mb": {name: round(part.memory_info().rss / 2**20) for name, part in parts.items()},
    }


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
    parser.add_argument("--protocol", choices=("flights.v1", "flights.v3"), default="flights.v1")
    arguments = parser.parse_args()
    most_files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))
    with backbone(arguments.aircraft, arguments.gateways) as (parts, urls):
        figures = asyncio.run(measure(arguments, parts, urls))
    cores, memory = figures["cores"], figures["memory_mb"]
    print(f"\n{'part':<24}{'cores':>8}{'MB':>8}")
    for name in parts:
        print(f"{name:<24}{cores[name]:>8}{memory[name]:>8}")
    print(f"{'all':<24}{sum(cores.values()):>8.2f}")
    p99_ms = figures["position_to_socket_ms_p99"]
    print(
        f"position to socket: median {figures['position_to_socket_ms_p50']} ms, p99 {p99_ms} ms (target: {WANTED_MS})"
    )
    print(f"records that wait in the log: median {figures['lag_records_median']}, most {figures['lag_records_most']}")
    print(json.dumps(figures | {"p99_ms": p99_ms, "positions_per_s": figures["records_per_s"]}))
    fell_behind = figures["viewers_lost"] or figures["lag_records_most"] > MOST_LAG * arguments.aircraft
    if fell_behind or figures["records_per_s"] < 0.98 * arguments.aircraft:
        sys.exit("it fell behind: this is no figure")


if __name__ == "__main__":
    main()
