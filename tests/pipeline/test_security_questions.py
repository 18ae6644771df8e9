"""Floods of questions about names, tiles and the past: bounded, and the live map goes on. All through real sockets."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from flighttracker.settings import GatewaySettings, LimitSettings
from flighttracker_gateway.history_client import MAX_ANSWERS, MAX_PER_CLIENT
from flighttracker_historian.reading.reader import MAX_QUESTIONS, HistoryReader
from tests.example_flights import NOW_MS, position
from tests.gateway_server import RunningGateway, Watcher, running_gateway, until
from tests.historian_server import serving_history
from tests.history_files import MINUTE_MS, heard, write_history
from tests.manual_clock import ManualClock

CLIENTS = 64
SLOWEST_S = 1.0
"""A tick until the viewer has it, while all clients and the historian run in the gateway's own process: the limit of
docs/security.md. Measured: 5 to 30 ms."""
UNKNOWN = [",".join(f"{number + 500 * client:06x}" for number in range(500)) for client in range(CLIENTS)]


async def ask(running: RunningGateway, path: str, client: int, *, hangs_up: bool = False) -> int:
    """Ask from an address of its own; return the status, 0 if the connection ended before it or the client hung up."""
    host, port = running.url.removeprefix("http://").split(":")
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        reader, writer = await asyncio.open_connection(host, int(port), local_addr=(f"127.0.1.{client + 1}", 0))
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".encode())
            if hangs_up:
                await asyncio.sleep(0.001 * (client % 8))  # some before, and some after the gateway has begun
                return 0
            status = int((await reader.readuntil(b"\r\n\r\n")).split(b" ")[1])
            while await reader.read(65_536):
                pass
            return status
        finally:
            writer.transport.abort()
    return 0


async def flood(running: RunningGateway, once: Callable[[int, int], Awaitable[int]], rounds: int = 3) -> Counter[int]:
    """Let all clients ask at the same time, round after round, while a viewer watches; return the statuses."""
    statuses: Counter[int] = Counter()

    async def client(number: int) -> None:
        for turn in range(rounds):
            statuses[await once(number, turn)] += 1

    loop = asyncio.get_running_loop()
    async with running.connect() as honest:
        viewer = Watcher(honest)
        await viewer.text()
        asking = asyncio.gather(*[client(number) for number in range(CLIENTS)])
        slowest_s = 0.0
        while not asking.done():
            started_s = loop.time()
            await running.tick(position(position_time=running.clock.now_ms()))
            await viewer.frames()
            slowest_s = max(slowest_s, loop.time() - started_s)
            await asyncio.sleep(0.01)  # a tick comes once a second, not always
        await asking
    assert slowest_s < SLOWEST_S
    return statuses


@asynccontextmanager
async def with_aircraft(settings: GatewaySettings = GatewaySettings()) -> AsyncIterator[RunningGateway]:  # noqa: B008 - frozen
    async with running_gateway(settings) as running:
        await running.tick(*[position(icao24=f"{number:06x}") for number in range(0xA00000, 0xA00000 + 2_000)])
        yield running


async def test_lists_of_unknown_names_are_answered_in_turn() -> None:
    async with with_aircraft() as running:
        statuses = await flood(
            running, lambda client, _: ask(running, f"/api/v1/names?icao24={UNKNOWN[client]}", client)
        )
        assert set(statuses) <= {200, 429, 503}
        assert statuses[200] >= CLIENTS
        # On a busy machine the flood lasts longer than an aircraft is kept: each of its ticks is a second.
        await running.tick(position(icao24="a00000", position_time=running.clock.now_ms()))
        assert (await running.get("/api/v1/names?icao24=a00000"))[1]["icao24"] == ["a00000"]


async def test_one_address_that_asks_for_other_names_each_time_is_refused() -> None:
    limits = LimitSettings(max_requests_per_address_per_s=20)
    async with with_aircraft(GatewaySettings(limits=limits)) as running:
        statuses = await flood(running, lambda client, _: ask(running, f"/api/v1/names?icao24={UNKNOWN[client]}", 0))
        assert statuses[429] + statuses[0] > statuses[200] > 0
        assert (await running.get("/api/v1/names?icao24=a00000"))[0] == 200


@pytest.mark.parametrize(
    "path",
    ["/api/v1/names", "/api/v1/names?since=00000000-{number}", "/api/v1/flights?limit={number}"],
    ids=["the same", "names", "flights"],
)
async def test_questions_that_are_cancelled_at_once_leave_nothing_behind(path: str) -> None:
    async with with_aircraft() as running:

        def once(client: int, turn: int) -> Awaitable[int]:
            return ask(running, path.format(number=1 + client + turn * CLIENTS), client, hangs_up=True)

        assert await flood(running, once) == {0: 3 * CLIENTS}
        await until(lambda: not running.gateway.answers._making)
        assert not running.gateway.answers._waiting_of
        assert (await running.get("/api/v1/names?icao24=a00000"))[0] == 200


@pytest.mark.parametrize("hangs_up", [False, True], ids=["read", "cancelled"])
async def test_whole_days_of_the_past_are_answered_to_few_and_free_their_places(tmp_path: Path, hangs_up: bool) -> None:
    write_history(tmp_path, [heard(minute, icao24=f"{number:06x}") for number in range(1, 16) for minute in range(60)])
    day = f"from={NOW_MS}&to={NOW_MS + 60 * MINUTE_MS}"
    paths = (f"frames?{day}&step_s=30", f"flights?{day}&bbox={quote('-180,-90,180,90')}", f"frames?{day}&step_s=60")
    clock = ManualClock(NOW_MS + 24 * 60 * MINUTE_MS)
    async with (
        serving_history(tmp_path, clock) as url,
        with_aircraft(GatewaySettings(history_url=url)) as running,
    ):

        def once(client: int, turn: int) -> Awaitable[int]:
            return ask(running, "/api/v1/history/" + paths[turn], client, hangs_up=hangs_up)

        statuses = await flood(running, once)
        slots = running.gateway.history.slots
        await until(lambda: slots.taken == 0)
        assert set(statuses) <= ({0} if hangs_up else {200, 429, 503})
        assert hangs_up or statuses[200] > 0
        # Every place is free again, for everybody.
        assert MAX_PER_CLIENT < MAX_ANSWERS
        assert (await running.get(f"/api/v1/history/{paths[1]}"))[0] == 200


@pytest.mark.parametrize("kind", ["flights", "movements"])
async def test_a_question_about_the_past_ends_with_its_client_before_its_answer_begins(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = f"_{'encounters' if kind == 'flights' else 'movements'}"
    compute, computed = getattr(HistoryReader, step), 0

    def slowly(self: HistoryReader, *about: Any) -> Any:
        nonlocal computed
        computed += 1
        time.sleep(0.03)  # as long as a quarter of an hour of many aircraft takes
        return compute(self, *about)

    monkeypatch.setattr(HistoryReader, step, slowly)
    write_history(tmp_path, [heard(minute) for minute in range(60)])
    clock = ManualClock(NOW_MS + 48 * 60 * MINUTE_MS)
    day = f"/api/v1/history/{kind}?from={NOW_MS}&to={NOW_MS + 24 * 60 * MINUTE_MS}"
    async with serving_history(tmp_path, clock) as url, running_gateway(GatewaySettings(history_url=url)) as running:
        for turn in range(2 * MAX_QUESTIONS):
            await ask(running, f"{day}&q=a{turn}", turn % 8, hangs_up=True)
            await until(lambda: running.gateway.history.slots.taken == 0)
        # An abandoned day has 96 steps, and 32 of them would fill the historian for more than a minute.
        async with asyncio.timeout(10):
            while await ask(running, f"/api/v1/history/{kind}?from={NOW_MS}", 9) != 200:
                await asyncio.sleep(0.05)
        assert computed < 4 * MAX_QUESTIONS
