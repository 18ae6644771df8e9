"""`run`: start, stop and failures of a whole gateway, with the system clock."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import aiohttp
import pytest

from flighttracker.avro import PositionCodec
from flighttracker.bus.base import BeforeRebalance, LogEvent, OutgoingRecord, ResumeAt
from flighttracker.bus.memory import MemoryBus, MemoryPositionLog
from flighttracker.clock import SystemClock
from flighttracker.errors import StartError
from flighttracker.settings import GatewaySettings, LimitSettings
from flighttracker_gateway.run import run
from tests.example_flights import position
from tests.gateway_server import WAIT_S, Watcher
from tests.token_issuer import bearer, secret_settings, token

SETTINGS = GatewaySettings(port=0, tick_s=0.2, drain_s=0.3)


async def started(bus: MemoryBus, settings: GatewaySettings = SETTINGS) -> tuple[asyncio.Task[None], str]:
    """Start a gateway; return its task and its URL."""
    url = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(run(settings, bus, SystemClock(), ready=url.set_result))
    async with asyncio.timeout(WAIT_S):
        return task, await url


async def append(bus: MemoryBus) -> None:
    now_ms = SystemClock().now_ms()
    record = position(position_time=now_ms, last_contact=now_ms)
    await bus.positions.append([OutgoingRecord(b"3c6444", PositionCodec().encode(record), now_ms)])


async def test_a_position_reaches_a_viewer_and_a_gateway_that_stops_tells_the_viewer_to_reconnect() -> None:
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


async def test_ready_is_503_with_the_reason_until_it_is_ready() -> None:
    missing = ["Waiting for the receiver."]
    bus = MemoryBus(1)
    await append(bus)
    url = asyncio.get_running_loop().create_future()
    gateway = run(SETTINGS, bus, SystemClock(), ready=url.set_result, waiting_for=lambda: "".join(missing))
    task = asyncio.create_task(gateway)
    async with asyncio.timeout(WAIT_S), aiohttp.ClientSession() as session:
        async with session.get(await url + "/ready") as response:
            assert response.status == 503
        answer = await ready_answer(session, url.result())
        assert (answer["status"], answer["waiting_for"]) == ("no aircraft yet", "Waiting for the receiver.")
        missing.clear()
        while (answer := await ready_answer(session, url.result()))["status"] != "ready":
            await asyncio.sleep(0.05)
        assert answer["waiting_for"] == ""
    task.cancel()
    await asyncio.wait([task])


async def ready_answer(session: aiohttp.ClientSession, url: str) -> dict[str, object]:
    async with session.get(url + "/ready") as response:
        answer: dict[str, object] = await response.json()
        return answer


class Leaving(NamedTuple):
    """How a viewer's connection was closed."""

    code: int | None
    reconnect_after_ms: int
    frames: int
    at_s: float


async def leaving(socket: aiohttp.ClientWebSocketResponse) -> Leaving:
    """Read to the end; count the frames."""
    hint, frames = -1, 0
    async with asyncio.timeout(WAIT_S):
        async for message in socket:
            if message.type is aiohttp.WSMsgType.BINARY:
                frames += 1
            elif (said := message.json())["type"] == "restart":
                hint = said["reconnect_after_ms"]
    return Leaving(socket.close_code, hint, frames, asyncio.get_running_loop().time())


async def test_a_gateway_that_stops_is_not_ready_and_closes_connections_in_batches() -> None:
    bus = MemoryBus(1)
    await append(bus)
    limits = LimitSettings(max_connects_per_address_per_s=1_000)
    task, url = await started(bus, GatewaySettings(port=0, tick_s=0.1, drain_s=3.0, limits=limits))
    async with aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(url + "/ws", protocols=("flights.v1",)) for _ in range(30)]
        told = Watcher(sockets[0])
        while not len(told.picture):
            await told.frames()
        reading = [asyncio.create_task(leaving(socket)) for socket in sockets]
        task.cancel()
        await asyncio.wait(reading, return_when=asyncio.FIRST_COMPLETED)
        async with session.get(url + "/ready") as response:
            assert (response.status, (await response.json())["status"]) == (503, "draining")
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(url + "/ws", protocols=("flights.v1",))
        assert refused.value.status == 503
        assert sum(not viewer.done() for viewer in reading) > 5, "most are still watching"
        left = sorted(await asyncio.gather(*reading), key=lambda viewer: viewer.at_s)
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(url + "/health")
    assert {viewer.code for viewer in left} == {1012}
    assert left[-1].at_s - left[0].at_s > 1.5, "they were not let go all at once"
    assert all(0 <= viewer.reconnect_after_ms < 2_000 for viewer in left)
    assert len({viewer.reconnect_after_ms for viewer in left}) > 5, "nor do they come back all at once"
    assert left[-1].frames >= left[0].frames + 3, "who remains gets every tick"


async def test_a_running_gateway_closes_connections_when_their_token_expires(tmp_path: Path) -> None:
    settings = GatewaySettings(port=0, drain_s=0, auth=secret_settings(tmp_path, leeway_s=0))
    task, url = await started(MemoryBus(1), settings)
    shown = bearer(token(exp=SystemClock().now_ms() // 1000 + 3))
    options: dict[str, Any] = {"headers": shown, "protocols": ("flights.v1",)}
    async with aiohttp.ClientSession() as session, session.ws_connect(url + "/ws", **options) as socket:
        assert await Watcher(socket).closed() == (4401, "the token has expired")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_port_in_use_is_reported_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=f"port {port} is in use: .*--port"):
            await run(GatewaySettings(port=port), MemoryBus(1), SystemClock())


async def test_a_host_of_another_machine_is_reported() -> None:
    with pytest.raises(StartError, match=r"cannot listen on 192\.0\.2\.1:0"):
        await run(GatewaySettings(host="192.0.2.1", port=0), MemoryBus(1), SystemClock())


class BrokenLog(MemoryPositionLog):
    """A log whose reader fails."""

    @asynccontextmanager
    async def read(
        self,
        *,
        replay_ms: int,
        resume_at: ResumeAt | None = None,
        alone: bool = False,
        group: str = "",
        before_rebalance: BeforeRebalance | None = None,
    ) -> AsyncIterator[AsyncIterator[LogEvent]]:
        async def fail() -> AsyncIterator[LogEvent]:
            raise_bug()
            yield

        yield fail()


def raise_bug() -> NoReturn:
    raise ZeroDivisionError("a bug")


async def test_the_failure_of_one_part_stops_the_gateway_with_its_error() -> None:
    bus = MemoryBus(1)
    bus.positions = BrokenLog(1, 10, SystemClock())
    with pytest.RaisesGroup(ZeroDivisionError, flatten_subgroups=True):
        async with asyncio.timeout(WAIT_S):
            await run(SETTINGS, bus, SystemClock())
