"""The protocol is the same on an ASGI server without prepared messages, at a higher cost."""

from __future__ import annotations

import asyncio

import aiohttp
import uvicorn
from prometheus_client import CollectorRegistry

from flighttracker.bus.memory import MemoryBus
from flighttracker.listening import listening
from flighttracker.settings import GatewaySettings
from flighttracker_gateway.app import create_app
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.picture import Outcome
from tests.example_flights import NOW_MS, position
from tests.gateway_server import EPOCH, WAIT_S, Watcher, until
from tests.manual_clock import ManualClock


async def test_a_viewer_follows_and_is_closed_for_garbage() -> None:
    clock = ManualClock(NOW_MS)
    gateway = Gateway(GatewaySettings(), MemoryBus(1, clock=clock), clock, CollectorRegistry())
    owner = ShardOwner(0, EPOCH, tick_interval_ms=1000, time_to_live_ms=60_000, max_aircraft=10)
    owner.hear(position())
    config = uvicorn.Config(create_app(gateway), ws="websockets-sansio", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    with listening("127.0.0.1", 0) as [listener]:
        serving = asyncio.create_task(server._serve(sockets=[listener]))
        await until(lambda: server.started)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/ws"
        async with aiohttp.ClientSession() as session, session.ws_connect(url, protocols=("flights.v1",)) as socket:
            viewer = Watcher(socket)
            assert (await viewer.text())["type"] == "welcome"
            (connection,) = gateway.hub
            for tick_time_ms in (NOW_MS, NOW_MS + 1000):
                await until(lambda: connection.socket.is_writable)
                frame = owner.tick(tick_time_ms)
                assert gateway.picture.apply(frame) is Outcome.APPLIED
                await gateway.hub.broadcast([frame])
                assert await viewer.frames() == [frame]
            await socket.send_str("garbage")
            assert (await viewer.closed())[0] == 4400
        await until(lambda: gateway.admission.connections == 0)
        server.should_exit = True
        async with asyncio.timeout(WAIT_S):
            await serving
