"""The gateway of `limits.py` and `bench.abuse`: a complete gateway that owns no shard, at one tick per second.

It receives recorded frames through the relay, like any frames of shards that a gateway does not own: each is decoded
into the picture, added to its tick's group and sent to the viewers. `make bench-local` measures the owner's work
(reading the log, encoding frames). Commands on standard input: `tick` starts, `report` prints the CPU seconds used
and the memory.

The first argument is the recording. The second is `many` for the limits of `limits.py`, the address of a historian for
the same with a history, `default` for the limits of every gateway, or a file with an HS256 secret for the latter with
tokens.
"""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import sys
from pathlib import Path

import psutil
import uvloop
from bench.gateway.commands import cpu_s, read_commands
from prometheus_client import CollectorRegistry

from flighttracker.bus.memory import MemoryBus
from flighttracker.clock import SystemClock
from flighttracker.frame import HEADER_BYTES, read_header
from flighttracker.listening import listening
from flighttracker.settings import AuthSettings, GatewaySettings, LimitSettings
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.run import make_server

LIMITS = LimitSettings(
    max_connections=20_000,
    max_connects_per_s=2_000,
    slow_client_s=20.0,
    max_requests_per_address_per_s=1_000_000,
    max_concurrent_requests_per_address=1_000,
)


async def play(ticks: list[list[bytes]], bus: MemoryBus, clock: SystemClock) -> None:
    """Relay one recorded tick at each full second, when classes of tiles have theirs, stamped with the current time."""
    first_ms = (clock.now_ms() // 1000 + 1) * 1000
    for number, frames in enumerate(ticks):
        await clock.sleep_until(first_ms + number * 1000)
        now_ms = clock.now_ms()
        for frame in frames:
            header = read_header(frame)._replace(tick_time_ms=now_ms)
            await bus.relay.publish(header.shard, header.pack() + frame[HEADER_BYTES:])


def settings_of(kind: str) -> GatewaySettings:
    if kind == "many" or kind.startswith("http:"):
        return GatewaySettings(limits=LIMITS, history_url="" if kind == "many" else kind)
    return GatewaySettings(auth=AuthSettings() if kind == "default" else AuthSettings("token", hs256_secret_file=kind))


async def main(ticks: list[list[bytes]], settings: GatewaySettings) -> None:
    clock = SystemClock()
    bus = MemoryBus(len(ticks[0]), clock=clock)
    gateway = Gateway(settings, bus, clock, CollectorRegistry())
    with listening("127.0.0.1", 0) as [listener]:
        started = asyncio.Event()
        server = make_server(gateway, started.set)
        relaying = [gateway.relay.follow(), gateway.relay.flush()]
        await gateway.auth.look()
        parts = [server.serve(sockets=[listener]), *relaying, gateway.presence.run(), gateway.garbage.run()]
        parts += [gateway.auth.run(), gateway.tracks.run()]
        tasks = [asyncio.create_task(part) for part in parts]
        await started.wait()
        print("port", listener.getsockname()[1], flush=True)
        async for words in read_commands():
            if words[0] == "tick":
                tasks.append(asyncio.create_task(play(ticks, bus, clock)))
                while not len(gateway.picture):
                    await asyncio.sleep(0.01)
                print("ticking", flush=True)
            else:
                print("used", cpu_s(), psutil.Process().memory_info().rss, flush=True)
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)


if __name__ == "__main__":
    uvloop.run(main(pickle.loads(Path(sys.argv[1]).read_bytes()), settings_of(sys.argv[2])))
