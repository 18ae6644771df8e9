"""Our side of `fanout.py`: the real hub under the real application and server, fed with synthetic frames."""

from __future__ import annotations

import asyncio
import os

import uvloop
from bench.gateway.commands import cpu_s, read_commands
from prometheus_client import CollectorRegistry

from flighttracker.bus.memory import MemoryBus
from flighttracker.clock import SystemClock
from flighttracker.frame import DELTA, HEADER_BYTES, FrameHeader
from flighttracker.listening import listening
from flighttracker.settings import GatewaySettings, LimitSettings
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.run import make_server

LIMITS = LimitSettings(max_connects_per_s=100_000, max_connects_per_address_per_s=100_000)


def frame(sequence: int, frame_bytes: int, body: bytes) -> bytes:
    header = FrameHeader(DELTA, 0, 0, 1, sequence, frame_bytes - HEADER_BYTES, 0, frame_bytes - HEADER_BYTES, 1000)
    return header.pack() + body


async def broadcast(gateway: Gateway, messages: int, frame_bytes: int, interval_ms: int) -> None:
    body = os.urandom(frame_bytes - HEADER_BYTES)
    loop = asyncio.get_running_loop()
    due_s = loop.time()
    for sequence in range(1, messages + 1):
        due_s += interval_ms / 1000
        await asyncio.sleep(due_s - loop.time())
        await gateway.hub.broadcast([frame(sequence, frame_bytes, body)])


async def main() -> None:
    clock = SystemClock()
    gateway = Gateway(GatewaySettings(limits=LIMITS), MemoryBus(1, clock=clock), clock, CollectorRegistry())
    with listening("127.0.0.1", 0) as [listener]:
        started = asyncio.Event()
        server = make_server(gateway, started.set)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await started.wait()
        print("port", listener.getsockname()[1], flush=True)
        started_s = 0.0
        async for words in read_commands():
            if words[0] == "go":
                started_s = cpu_s()
                await broadcast(gateway, *map(int, words[1:]))
                print("sent", flush=True)
            else:
                print("cpu", cpu_s() - started_s, flush=True)
        server.should_exit = True
        server.force_exit = True
        await serving


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
