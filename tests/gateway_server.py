"""A gateway under its real server on a free loopback port, for tests that talk to it as browsers and programs do.

The clock stands still unless a test moves it, and nothing ticks by itself: `tick` makes a frame of the positions it is
given, as an owner would, and broadcasts it.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import uvicorn
from prometheus_client import CollectorRegistry

from flighttracker.bus.memory import MemoryBus
from flighttracker.flight import FlightPosition
from flighttracker.frame import DELTA, HEADER_BYTES, FrameHeader, split_frames
from flighttracker.listening import listening
from flighttracker.settings import GatewaySettings
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.http.tls import Certificate
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.picture import Outcome, Picture
from flighttracker_gateway.run import make_server
from tests.example_flights import NOW_MS
from tests.manual_clock import ManualClock

WAIT_S = 10.0
EPOCH = 5


async def until(reached: Callable[[], bool]) -> None:
    """Wait for a condition, at most `WAIT_S`."""
    async with asyncio.timeout(WAIT_S):
        while not reached():
            await asyncio.sleep(0.005)


def synthetic_frame(sequence: int, frame_bytes: int, shard: int = 99) -> bytes:
    """Return a delta frame with a payload of zeros: it cannot be applied, but it can be counted."""
    payload_bytes = frame_bytes - HEADER_BYTES
    header = FrameHeader(DELTA, 0, shard, EPOCH, sequence, payload_bytes, NOW_MS, payload_bytes, 1000)
    return header.pack() + bytes(payload_bytes)


class RunningGateway:
    """A gateway that is served, its clock, and an owner for each of its shards."""

    def __init__(self, settings: GatewaySettings, shards: int) -> None:
        self.clock = ManualClock(NOW_MS)
        self.registry = CollectorRegistry()
        self.bus = MemoryBus(shards, clock=self.clock)
        self.gateway = Gateway(settings, self.bus, self.clock, self.registry)
        # What ticks here is the test: there is nothing to wait for.
        self.gateway.relay.is_complete = True
        self.session: aiohttp.ClientSession
        self.server: uvicorn.Server
        self.certificate: Certificate | None = None
        self.url = ""
        self._owners = [
            ShardOwner(shard, EPOCH, tick_interval_ms=1000, time_to_live_ms=60_000, max_aircraft=100_000)
            for shard in range(shards)
        ]

    async def tick(self, *positions: FlightPosition, shard: int = 0) -> bytes:
        """Move the clock to the next tick, make its frame and broadcast it."""
        await self.clock.advance(1000)
        owner = self._owners[shard]
        for position in positions:
            owner.hear(position)
        frame = owner.tick(self.clock.now_ms())
        assert self.gateway.picture.apply(frame) is Outcome.APPLIED
        await self.gateway.hub.broadcast([frame])
        return frame

    def connect(self, **options: Any) -> Any:
        """Open a WebSocket that reads the binary encoding, unless the options say otherwise."""
        options.setdefault("protocols", ("flights.v1",))
        return self.session.ws_connect(self.url + "/ws" + options.pop("query", ""), max_msg_size=0, **options)

    async def get(self, path: str, **options: Any) -> tuple[int, Any]:
        """Return status and JSON of an HTTP answer."""
        async with self.session.get(self.url + path, **options) as response:
            return response.status, await response.json(content_type=None)

    def metric(self, name: str, **labels: str) -> float:
        """Return a metric; 0 if nothing was counted yet."""
        return self.registry.get_sample_value(name, labels) or 0.0


@asynccontextmanager
async def running_gateway(
    settings: GatewaySettings = GatewaySettings(),  # noqa: B008 - frozen
    *,
    shards: int = 1,
    trust: ssl.SSLContext | None = None,
) -> AsyncIterator[RunningGateway]:
    """Serve a gateway inside the context; over TLS its client uses the context `trust`."""
    running = RunningGateway(settings, shards)
    await running.gateway.auth.look()
    if settings.tls is not None:
        running.certificate = Certificate(settings.tls, running.clock, running.gateway.metrics)
    with listening("127.0.0.1", 0) as [listener]:
        started = asyncio.Event()
        running.server = make_server(running.gateway, started.set, running.certificate)
        scheme = "http" if settings.tls is None else "https"
        running.url = f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
        serving = asyncio.create_task(running.server.serve(sockets=[listener]))
        await started.wait()
        connector = aiohttp.TCPConnector(ssl=trust if trust is not None else True, limit=0)
        async with aiohttp.ClientSession(connector=connector) as running.session:
            try:
                yield running
            finally:
                running.server.should_exit = True
                await serving


class Watcher:
    """A viewer's state: it applies every received frame, as the page does."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.picture = Picture()
        self.outcomes: list[Outcome] = []

    async def text(self) -> dict[str, Any]:
        """Return the next message, which is text."""
        async with asyncio.timeout(WAIT_S):
            message: dict[str, Any] = await self.socket.receive_json()
        return message

    async def frames(self) -> list[bytes]:
        """Return the frames of the next binary message and apply them; skips state messages."""
        async with asyncio.timeout(WAIT_S):
            while (message := await self.socket.receive()).type is aiohttp.WSMsgType.TEXT:
                pass
        assert message.type is aiohttp.WSMsgType.BINARY, message
        frames = list(split_frames(message.data))
        self.outcomes = [self.picture.apply(frame) for frame in frames]
        return frames

    async def closed(self) -> tuple[int | None, str]:
        """Skip the remaining messages; return the code and the reason of the close."""
        async with asyncio.timeout(WAIT_S):
            while (message := await self.socket.receive()).type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                pass
        return self.socket.close_code, str(message.extra or "")
