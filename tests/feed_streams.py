"""Shared by the tests of sources over TCP: a receiver, feeders, and what a source yields."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any

from flighttracker.clock import SystemClock
from flighttracker.flight import FlightPosition
from flighttracker.settings import BeastSource, GeneratorSettings, SbsSource
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.sources import source_for
from flighttracker_generator.sources.feeds.beast import Beast

PLACE_DEG = (52.25, 4.5)
INTERVAL_S = 0.05
HOST = "127.0.0.1"

Session = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def line(icao24: str, latitude: float, kind: str = "MSG") -> bytes:
    date = "2001/01/01,00:00:00.000"
    return f"{kind},3,1,1,{icao24},1,{date},{date},,35000,,,{latitude},4.5,,,0,0,0,0\r\n".encode()


class Receiver:
    """Runs each session of a list in turn, for each connection, and then always the last one."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self.connections = 0
        self.port = 0
        self.tasks: set[asyncio.Task[Any]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        self.connections += 1
        session = self.sessions.pop(0) if len(self.sessions) > 1 else self.sessions[0]
        try:
            with suppress(ConnectionError, asyncio.CancelledError):
                await session(reader, writer)
        finally:
            writer.transport.abort()

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"


@asynccontextmanager
async def running_receiver() -> AsyncIterator[Receiver]:
    """Run a receiver on a free port."""
    made = Receiver()
    server = await asyncio.start_server(made.serve, HOST, 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    for task in made.tasks:
        task.cancel()
    await asyncio.gather(*made.tasks, return_exceptions=True)
    # Lets aborted transports close their sockets.
    await asyncio.sleep(0)


def sending(*parts: bytes, then_s: float = 60.0) -> Session:
    async def session(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            # Lets each part arrive by itself.
            await asyncio.sleep(0.01)
        await asyncio.sleep(then_s)

    return session


def beast(**fields: Any) -> BeastSource:
    known: dict[str, Any] = {"interval_s": INTERVAL_S, "listen_host": HOST, "listen_port": 0}
    return BeastSource(**(known | fields))


class Followed:
    """What a source yields, collected in the background."""

    def __init__(self, settings: BeastSource | SbsSource) -> None:
        self.metrics = GeneratorMetrics()
        self.source = source_for(GeneratorSettings(sources=(settings,)), SystemClock(), self.metrics)
        self.name = settings.name
        self.batches = 0
        self.positions: list[FlightPosition] = []
        self.writers: list[asyncio.StreamWriter] = []

    async def feeder(self, data: bytes = b"") -> asyncio.StreamWriter:
        """Connect as a feeder and send bytes."""
        _, writer = await asyncio.open_connection(HOST, self.port)
        self.writers.append(writer)
        with suppress(ConnectionError):
            writer.write(data)
            await writer.drain()
        return writer

    async def is_refused(self) -> bool:
        """Whether a feeder that connects is closed at once."""
        reader, writer = await asyncio.open_connection(HOST, self.port)
        self.writers.append(writer)
        return await is_closed(reader)

    async def collect(self) -> None:
        async with aclosing(self.source.batches()) as batches:
            async for batch in batches:
                self.batches += 1
                self.positions += batch

    @property
    def heard(self) -> set[str]:
        return {position.icao24 for position in self.positions}

    def latest(self, icao24: str) -> FlightPosition:
        return [position for position in self.positions if position.icao24 == icao24][-1]

    def sample(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(name, {"source": self.name, **labels}) or 0.0

    def errors(self, reason: str) -> float:
        return self.sample("flights_source_errors_total", reason=reason)

    def skipped(self, reason: str) -> float:
        return self.sample("flights_source_skipped_total", reason=reason)

    @property
    def state(self) -> str:
        return self.metrics.healths[self.name].report(SystemClock().now_ms()).state

    @property
    def connections(self) -> float:
        return self.sample("flights_source_connections")

    @property
    def port(self) -> int:
        assert isinstance(self.source, Beast)
        return self.source.listening_port


async def is_closed(reader: asyncio.StreamReader) -> bool:
    try:
        return await asyncio.wait_for(reader.read(), 5) == b""
    except ConnectionError:
        return True


@asynccontextmanager
async def following(settings: BeastSource | SbsSource) -> AsyncIterator[Followed]:
    followed = Followed(settings)
    task = asyncio.create_task(followed.collect())
    try:
        if isinstance(settings, BeastSource) and not settings.connect:
            await until(lambda: bool(followed.port) or task.done())
        yield followed
        assert not task.done()
    finally:
        for writer in followed.writers:
            writer.transport.abort()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.sleep(0)


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)
