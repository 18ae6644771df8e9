"""The port of a historian, reached directly by others than gateways, and slow readers behind a gateway."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from flighttracker.settings import GatewaySettings, LimitSettings
from flighttracker_historian.http import bounds
from flighttracker_historian.http.shares import MAX_OF_ADDRESS
from flighttracker_historian.reading import reader
from flighttracker_historian.reading.reader import HistoryReader
from tests.example_flights import NOW_MS
from tests.gateway_server import WAIT_S, running_gateway, until
from tests.historian_server import serving_history
from tests.history_files import MINUTE_MS, heard, write_history
from tests.manual_clock import ManualClock

AIRCRAFT = 600
LONG = f"/api/v1/history/frames?from={NOW_MS}&to={NOW_MS + 399_000}&step_s=1"
"""400 frames of 25 KB: more than sockets buffer."""
SHORT = "/api/v1/history"
SMALL_BUFFER = 4096

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture(scope="module")
def long_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    write_history(folder, [heard(at, icao24=f"{icao24:06x}") for icao24 in range(AIRCRAFT) for at in range(8)])
    return folder


@asynccontextmanager
async def historian(folder: Path) -> AsyncIterator[str]:
    async with serving_history(folder, ManualClock(NOW_MS + 24 * 60 * MINUTE_MS)) as url:
        yield url


class Clients:
    """Connections that a test makes, each from an address of choice and with a small buffer for what is not read."""

    def __init__(self) -> None:
        self._opened: list[Connection] = []

    async def connect(self, url: str, *, client: int = 1) -> Connection:
        """Connect, and send nothing."""
        host, port = url.removeprefix("http://").split(":")
        opened = socket.socket()
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        opened.setblocking(False)
        opened.bind((f"127.0.2.{client}", 0))
        await asyncio.get_running_loop().sock_connect(opened, (host, int(port)))
        self._opened.append(await asyncio.open_connection(sock=opened, limit=SMALL_BUFFER))
        return self._opened[-1]

    async def ask(self, url: str, path: str, *, client: int = 1) -> Connection:
        """Send a request."""
        connection = await self.connect(url, client=client)
        connection[1].write(f"GET {path} HTTP/1.1\r\nHost: test\r\n\r\n".encode())
        return connection

    def abort(self) -> None:
        """End all connections."""
        for _, writer in self._opened:
            writer.transport.abort()


@pytest.fixture
async def clients() -> AsyncIterator[Clients]:
    made = Clients()
    yield made
    made.abort()
    await asyncio.sleep(0)


async def status_of(connection: Connection) -> int:
    async with asyncio.timeout(WAIT_S):
        return int((await connection[0].readuntil(b"\r\n\r\n")).split(b" ")[1])


async def ends(connection: Connection) -> bool:
    """Wait until the other side ends a connection, and return whether anything came before."""
    received = b""
    try:
        async with asyncio.timeout(WAIT_S):
            while part := await connection[0].read(65_536):
                received += part
    except ConnectionError:
        pass
    return bool(received)


async def test_who_sends_no_head_is_disconnected(
    long_history: Path, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "HEAD_S", 0.2)
    async with historian(long_history) as url:
        silent, slow = await clients.connect(url), await clients.connect(url)
        slow[1].write(b"GET /api/v1/history HTTP/1.1\r\nHost:")
        assert not await ends(silent)
        assert not await ends(slow)


async def test_a_head_without_end_is_cut(long_history: Path, clients: Clients) -> None:
    async with historian(long_history) as url:
        connection = await clients.connect(url)
        connection[1].write(b"GET /api/v1/history HTTP/1.1\r\nX: " + b"a" * 2 * bounds.MAX_HEAD_BYTES)
        assert not await ends(connection)


async def test_requests_one_behind_another_are_cut(long_history: Path, clients: Clients) -> None:
    async with historian(long_history) as url:
        connection = await clients.ask(url, LONG)
        connection[1].write(b"GET /api/v1/history HTTP/1.1\r\nHost: test\r\n\r\n" * 2)
        await ends(connection)
        assert await status_of(await clients.ask(url, SHORT)) == 200


async def test_who_does_not_read_leaves_its_place(
    long_history: Path, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "STALL_S", 0.3)
    monkeypatch.setattr(reader, "MAX_QUESTIONS", 3)  # each computes some megabytes until the kernel takes no more
    async with historian(long_history) as url:
        readers = [await clients.ask(url, LONG) for _ in range(3)]
        assert [await status_of(each) for each in readers] == [200] * 3
        assert await status_of(await clients.ask(url, SHORT, client=3)) == 503
        async with asyncio.timeout(WAIT_S):
            while await status_of(await clients.ask(url, SHORT, client=3)) != 200:
                await asyncio.sleep(0.05)


async def test_one_address_gets_most_of_the_places_and_never_all(
    long_history: Path, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = asyncio.Event()

    async def timeline(self: HistoryReader) -> None:
        with self._question():
            await goes_on.wait()

    async with historian(long_history) as url:
        with monkeypatch.context() as slowly:
            slowly.setattr(HistoryReader, "timeline", timeline)
            waiting = [await clients.ask(url, SHORT) for _ in range(MAX_OF_ADDRESS)]
            assert await status_of(await clients.ask(url, SHORT)) == 503
            other = await clients.ask(url, LONG, client=2)
            assert await status_of(other) == 200
        assert len(waiting) == MAX_OF_ADDRESS
        goes_on.set()
        clients.abort()
        async with asyncio.timeout(WAIT_S):
            while await status_of(await clients.ask(url, SHORT)) != 200:
                await asyncio.sleep(0.05)


async def test_one_address_leaves_connections_to_others(long_history: Path, clients: Clients) -> None:
    async with historian(long_history) as url:
        held = [await clients.connect(url) for _ in range(bounds.MAX_CONNECTIONS_PER_ADDRESS)]
        assert not await ends(await clients.connect(url))
        assert await status_of(await clients.ask(url, SHORT, client=2)) == 200
        held.pop()[1].transport.abort()
        async with asyncio.timeout(WAIT_S):
            while (await ends_or_status(await clients.ask(url, SHORT))) != 200:
                await asyncio.sleep(0.05)


async def ends_or_status(connection: Connection) -> int:
    """Return the status of an answer, 0 if the connection is cut before."""
    try:
        return await status_of(connection)
    except (ConnectionError, asyncio.IncompleteReadError):
        return 0


async def test_a_client_of_a_gateway_that_reads_byte_by_byte_is_cut_in_time_and_frees_its_places(
    long_history: Path, clients: Clients
) -> None:
    limits = LimitSettings(answer_s=1)
    async with historian(long_history) as url:
        settings = GatewaySettings(history_url=url, limits=limits)
        async with running_gateway(settings) as running:
            started_s = asyncio.get_running_loop().time()
            slow = [await clients.ask(running.url, LONG) for _ in range(8)]
            assert [await status_of(each) for each in slow] == [200] * 8
            assert running.gateway.history.slots.taken == 8
            assert await status_of(await clients.ask(running.url, LONG)) == 429
            read = 0
            while running.gateway.history.slots.taken:
                for side, _ in slow:
                    read += len(await side.read(1))
                await asyncio.sleep(0.1)
            assert asyncio.get_running_loop().time() - started_s < WAIT_S
            assert read < 8 * SMALL_BUFFER
            assert running.metric("flights_http_cut_total", reason="answer_too_slow") == 8
            await until(lambda: running.gateway.history.slots.taken == 0)
        # The historian has its places back, too: each of these needs one before its answer begins.
        readers = [await clients.ask(url, LONG, client=1 + number % 2) for number in range(reader.MAX_QUESTIONS)]
        assert {await status_of(each) for each in readers} == {200}
