"""`run`: starting, stopping and failing as a whole, on the machine's clock."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

import aiohttp
import pytest

from flighttracker.avro import PositionCodec
from flighttracker.bus.base import LogEvent, OutgoingRecord, ResumeAt
from flighttracker.bus.memory import MemoryBus, MemoryPositionLog
from flighttracker.clock import SystemClock
from flighttracker.errors import StartError
from flighttracker.settings import GatewaySettings
from flighttracker_gateway.run import run
from tests.example_flights import position
from tests.gateway_server import WAIT_S, Watcher

SETTINGS = GatewaySettings(port=0, tick_s=0.2, drain_s=0.3)


async def started(bus: MemoryBus) -> tuple[asyncio.Task[None], str]:
    """Start a gateway; return its task and its URL."""
    url = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(run(SETTINGS, bus, SystemClock(), ready=url.set_result))
    async with asyncio.timeout(WAIT_S):
        return task, await url


async def append(bus: MemoryBus) -> None:
    now_ms = SystemClock().now_ms()
    record = position(position_time=now_ms, last_contact=now_ms)
    await bus.positions.append([OutgoingRecord(b"3c6444", PositionCodec().encode(record), now_ms)])


async def test_a_position_on_the_bus_reaches_a_viewer_and_stopping_tells_the_viewer_to_come_back() -> None:
    bus = MemoryBus(2)
    task, url = await started(bus)
    await append(bus)
    async with aiohttp.ClientSession() as session, session.ws_connect(url + "/ws", protocols=("flights.v1",)) as ws:
        viewer = Watcher(ws)
        assert (await viewer.text())["type"] == "welcome"
        while not len(viewer.picture):
            await viewer.frames()
        async with session.get(url + "/ready") as response:
            assert response.status == 200
        task.cancel()
        assert await viewer.closed() == (1012, "the gateway restarts, connect again")
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_port_in_use_is_said_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=f"port {port} is in use: .*--port"):
            await run(GatewaySettings(port=port), MemoryBus(1), SystemClock())


async def test_a_host_that_is_not_ours_is_said() -> None:
    with pytest.raises(StartError, match=r"cannot listen on 192\.0\.2\.1:0"):
        await run(GatewaySettings(host="192.0.2.1", port=0), MemoryBus(1), SystemClock())


class BrokenLog(MemoryPositionLog):
    """A log whose reader fails."""

    @asynccontextmanager
    async def read(
        self, *, replay_ms: int, resume_at: ResumeAt | None = None, alone: bool = False
    ) -> AsyncIterator[AsyncIterator[LogEvent]]:
        async def fail() -> AsyncIterator[LogEvent]:
            raise_bug()
            yield

        yield fail()


def raise_bug() -> NoReturn:
    raise ZeroDivisionError("a bug")


async def test_when_one_part_fails_everything_stops_with_its_error() -> None:
    bus = MemoryBus(1)
    bus.positions = BrokenLog(1, 10, SystemClock())
    with pytest.RaisesGroup(ZeroDivisionError, flatten_subgroups=True):
        async with asyncio.timeout(WAIT_S):
            await run(SETTINGS, bus, SystemClock())
