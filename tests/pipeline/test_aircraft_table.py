"""A table of aircraft from a real server or from files: read, kept, renewed, and used for the positions of a source."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import random
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from flighttracker.flight import FlightPosition
from flighttracker.settings import (
    AircraftTableSettings,
    GeneratorSettings,
    HttpAccessSettings,
    ReadsbSource,
    SimulatedSource,
)
from flighttracker_generator.aircraft_table.identified import identified
from flighttracker_generator.aircraft_table.keeper import FILE_CHECK_MS, TableKeeper
from flighttracker_generator.aircraft_table.table import Identity
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.sources import source_for
from tests.manual_clock import ManualClock
from tests.source_server import NO_ENVIRONMENT, NOW_MS, secret

CSV = "3C6444;D-AIBD;A319;00;AIRBUS A-319;2010;Lufthansa;\n4CA2D1;EI-DYM;B738;00;;;Ryanair;\n"
OTHER_CSV = "3C6444;D-AIBE;A319;00;AIRBUS A-319;2010;Lufthansa;\n"
DAY_MS = 86_400_000


class TableServer:
    """A server with a table and a receiver; `answer` replaces the table."""

    def __init__(self) -> None:
        self.body = gzip.compress(CSV.encode())
        self.etag = '"one"'
        self.answer: web.Response | None = None
        self.cut_bytes: int | None = None
        self.requests: list[web.Request] = []
        self.now_s = NOW_MS / 1000
        self.url = ""

    async def table(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        if self.answer is not None:
            answer, self.answer = self.answer, None
            return answer
        if request.headers.get("If-None-Match") == self.etag:
            return web.Response(status=304)
        headers = {"ETag": self.etag, "Last-Modified": "Sun, 22 Jun 2025 10:00:00 GMT"}
        if self.cut_bytes is None:
            return web.Response(body=self.body, headers=headers)
        response = web.StreamResponse(headers={**headers, "Content-Length": str(len(self.body))})
        await response.prepare(request)
        await response.write(self.body[: self.cut_bytes])
        assert request.transport is not None
        request.transport.close()
        return response

    async def receiver(self, _: web.Request) -> web.StreamResponse:
        self.now_s += 1
        aircraft = [
            {"hex": icao24, "lat": 50.0 + self.now_s % 100 / 1000, "lon": 8.0, "seen_pos": 0, "messages": self.now_s}
            for icao24 in ("3c6444", "400001", "~4ca2d1")
        ]
        return web.json_response({"now": self.now_s, "aircraft": aircraft})


@pytest.fixture
async def server() -> AsyncIterator[TableServer]:
    made = TableServer()
    application = web.Application()
    application.router.add_get("/table", made.table)
    application.router.add_get("/aircraft.json", made.receiver)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


class Kept:
    """A keeper that runs, with its clock and metrics."""

    def __init__(self, settings: AircraftTableSettings) -> None:
        self.clock, self.metrics = ManualClock(NOW_MS), GeneratorMetrics()
        self.keeper = TableKeeper(settings, self.clock, self.metrics, environment=NO_ENVIRONMENT)
        self.running = asyncio.create_task(self.keeper.run())

    async def settle(self) -> None:
        """Wait until the keeper waits for its clock."""
        async with asyncio.timeout(20):
            while not self.clock.sleepers:
                assert not self.running.done()
                await asyncio.sleep(0.001)

    async def advance(self, by_ms: int) -> None:
        await self.clock.advance(by_ms)
        await asyncio.sleep(0)
        await self.settle()

    def value(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(f"flights_aircraft_table_{name}", labels) or 0.0


@asynccontextmanager
async def kept(settings: AircraftTableSettings) -> AsyncIterator[Kept]:
    made = Kept(settings)
    try:
        await made.settle()
        yield made
    finally:
        made.running.cancel()
        await asyncio.gather(made.running, return_exceptions=True)


async def test_the_positions_of_a_receiver_are_identified(server: TableServer) -> None:
    settings = GeneratorSettings(
        sources=(
            ReadsbSource(url=f"{server.url}/aircraft.json", non_icao_addresses=True),
            SimulatedSource(aircraft=5),
        ),
        aircraft_table=AircraftTableSettings(url=f"{server.url}/table"),
    )
    clock, metrics = ManualClock(NOW_MS), GeneratorMetrics()
    source = identified(source_for(settings, clock, metrics), settings, clock, metrics)
    known: dict[str, FlightPosition] = {}
    async with aclosing(source.batches()) as batches, asyncio.timeout(20):
        while not known.get("3c6444") or not known["3c6444"].registration:
            task = asyncio.ensure_future(anext(batches))
            while not task.done():
                await clock.advance(1000)
                await asyncio.sleep(0.005)
            known |= {position.icao24: position for position in await task}
    found = known["3c6444"]
    assert (found.registration, found.aircraft_type, found.operator) == ("D-AIBD", "A319", "Lufthansa")
    assert known["400001"].registration == ""
    # ~4ca2d1 is no aircraft of Ryanair: only its TIS-B track has that number.
    assert known["4ca2d1"].registration == ""


async def test_simulated_aircraft_are_not_looked_up(server: TableServer) -> None:
    settings = GeneratorSettings(
        sources=(SimulatedSource(aircraft=5),), aircraft_table=AircraftTableSettings(url=f"{server.url}/table")
    )
    clock, metrics = ManualClock(NOW_MS), GeneratorMetrics()
    source = source_for(settings, clock, metrics)
    assert identified(source, settings, clock, metrics) is source
    assert server.requests == []


async def test_an_unchanged_table_is_not_sent_again(server: TableServer) -> None:
    async with kept(AircraftTableSettings(url=f"{server.url}/table", interval_s=3600)) as made:
        table = made.keeper.table
        assert table.find("4ca2d1") == Identity("EI-DYM", "B738", "Ryanair")
        assert (made.value("rows"), made.value("timestamp_seconds")) == (2, NOW_MS / 1000)
        await made.advance(3_599_000)
        assert len(server.requests) == 1
        await made.advance(1_000)
        assert server.requests[1].headers["If-None-Match"] == '"one"'
        assert server.requests[1].headers["If-Modified-Since"] == "Sun, 22 Jun 2025 10:00:00 GMT"
        assert made.keeper.table is table
        assert made.value("timestamp_seconds") == NOW_MS / 1000 + 3600
        server.body, server.etag = OTHER_CSV.encode(), '"two"'
        await made.advance(3_600_000)
        assert (len(server.requests), made.value("rows")) == (3, 1)
        assert made.keeper.table.find("3c6444") == Identity("D-AIBE", "A319", "Lufthansa")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (web.Response(status=503), "server_error"),
        (web.Response(status=404), "http_status"),
        (web.Response(status=401), "unauthorized"),
        (web.Response(text="<html>maintenance</html>", content_type="text/html"), "wrong_shape"),
        (web.Response(text="icao24,registration\n"), "wrong_shape"),
        (web.Response(body=gzip.compress(CSV.encode() * 9)[:-30]), "truncated"),
        (web.Response(text=""), "wrong_shape"),
        (web.Response(status=302, headers={"Location": "http://other.example.org/"}), "redirected"),
    ],
)
async def test_a_failure_keeps_the_last_good_table(
    server: TableServer, answer: web.Response, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with kept(AircraftTableSettings(url=f"{server.url}/table")) as made:
        server.etag, server.answer = '"two"', answer
        await made.advance(DAY_MS)
        assert made.value("errors_total", reason=reason) == 1
        assert made.keeper.table.find("3c6444") is not None
        assert f"({reason}): the 2 aircraft of the last one stay in use; next request in" in caplog.text
        # It asks again within a minute, and then for the whole table: the failed one is not what is in use.
        server.body = OTHER_CSV.encode()
        await made.advance(60_000)
        assert made.value("rows") == 1


async def test_a_connection_that_ends_early_keeps_the_last_good_table(server: TableServer) -> None:
    async with kept(AircraftTableSettings(url=f"{server.url}/table")) as made:
        server.etag, server.body, server.cut_bytes = '"two"', CSV.encode() * 20_000, 900_000
        await made.advance(DAY_MS)
        assert made.value("errors_total", reason="truncated") == 1
        assert made.value("rows") == 2


async def test_a_server_says_how_long_to_wait(server: TableServer) -> None:
    server.answer = web.Response(status=429, headers={"Retry-After": "5000"})
    async with kept(AircraftTableSettings(url=f"{server.url}/table")) as made:
        await made.advance(4_999_000)
        assert (len(server.requests), made.value("rows")) == (1, 0)
        await made.advance(1_000)
        assert made.value("rows") == 2


async def test_the_table_is_asked_with_its_own_account(server: TableServer, tmp_path: Path) -> None:
    secret(tmp_path, token="s3cret")
    access = HttpAccessSettings(token_file=f"{tmp_path}/token", headers={"X-Client": "map"})
    async with kept(AircraftTableSettings(url=f"{server.url}/table", access=access)):
        headers = server.requests[0].headers
    assert (headers["Authorization"], headers["X-Client"]) == ("Bearer s3cret", "map")


async def test_a_table_on_the_private_network_needs_permission(server: TableServer) -> None:
    access = HttpAccessSettings(is_private_forbidden=True)
    async with kept(AircraftTableSettings(url=f"{server.url}/table", access=access)) as made:
        assert made.value("errors_total", reason="forbidden_target") == 1
    assert server.requests == []


async def test_a_file_is_read_again_when_it_changes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "aircraft.csv"
    async with kept(AircraftTableSettings(file=str(file))) as made:
        assert made.value("errors_total", reason="file") == 1
        assert f"cannot read {file}: No such file or directory (file): there is none yet" in caplog.text
        file.write_text(CSV)
        await made.advance(FILE_CHECK_MS)
        table = made.keeper.table
        assert len(table) == 2
        await made.advance(FILE_CHECK_MS)
        assert made.keeper.table is table
        assert made.value("timestamp_seconds") == (NOW_MS + 2 * FILE_CHECK_MS) / 1000
        file.write_text("no table")
        for _ in range(3):
            await made.advance(FILE_CHECK_MS)
        assert made.value("errors_total", reason="wrong_shape") == 1
        assert made.keeper.table is table
        file.write_bytes(gzip.compress(OTHER_CSV.encode()))
        await made.advance(FILE_CHECK_MS)
        assert made.keeper.table.find("3c6444") == Identity("D-AIBE", "A319", "Lufthansa")


async def test_a_folder_of_shards_is_one_table(tmp_path: Path) -> None:
    shards = {"3C": {"6444": ["D-AIBD", "A319", "00"], "children": ["3C0"]}, "3C0": {"001": ["D-ABCD", "", "00"]}}
    for name, entries in shards.items():
        (tmp_path / f"{name}.js").write_bytes(gzip.compress(json.dumps(entries).encode()))
    (tmp_path / "icao_aircraft_types.js").write_text('{"A319": ["L2J", "M"]}')
    async with kept(AircraftTableSettings(file=str(tmp_path))) as made:
        assert made.keeper.table.find("3c0001") == Identity("D-ABCD", "", "")
        assert made.value("rows") == 2
        (tmp_path / "40.js").write_text('{"0001": ["G-ABCD", "C172"]}')
        await made.advance(FILE_CHECK_MS)
        assert made.value("rows") == 3


async def test_what_is_no_table_and_no_folder_of_shards_is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").mkdir()
    for name in ("pipe", "empty"):
        async with kept(AircraftTableSettings(file=str(tmp_path / name))) as made:
            assert made.value("errors_total", reason="file") == 1
    assert "pipe is no file" in caplog.text
    assert "empty has 0 shards" in caplog.text


async def test_a_link_does_not_lead_out_of_the_volume(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    volume = tmp_path / "volume"
    (volume / "shards").mkdir(parents=True)
    (tmp_path / "password").write_text("s3cret")
    (volume / "link.csv").symlink_to(tmp_path / "password")
    (volume / "shards/A0.js").symlink_to(tmp_path / "password")
    (volume / "today.csv").write_text(CSV)
    (volume / "latest.csv").symlink_to("today.csv")
    for name, error_count, rows in (("link.csv", 1, 0), ("shards", 1, 0), ("latest.csv", 0, 2)):
        async with kept(AircraftTableSettings(file=str(volume / name), directory=str(volume))) as made:
            assert (made.value("errors_total", reason="file"), made.value("rows")) == (error_count, rows)
    assert "leads out of" in caplog.text
    assert "s3cret" not in caplog.text


async def test_lost_rows_are_counted_and_logged_with_an_example(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "aircraft.csv"
    file.write_text(CSV + "GARBAGE\n400001;G-ABCD;Boeing;00;;;;\n")
    async with kept(AircraftTableSettings(file=str(file))) as made:
        assert made.value("rows") == 3
        assert made.value("rows_lost_total", reason="no_address") == 1
        assert made.value("fields_lost_total", field="aircraft_type") == 1
    assert "1 record lost (no_address), the last 'GARBAGE'" in caplog.text
    assert "'BOEING' of 400001" in caplog.text


async def test_the_event_loop_runs_while_a_large_table_is_read(tmp_path: Path) -> None:
    numbers = random.Random(7)
    rows = (
        f"{address:06X};D-A{address % 10_000:04d};A320;00;TEXT;2010;Owner {address % 9_000};\n"
        for address in numbers.sample(range(1, 0xFFFFFF), 120_000)
    )
    file = tmp_path / "aircraft.csv.gz"
    file.write_bytes(gzip.compress("".join(rows).encode(), 1))
    delays_s = []

    async def watch() -> None:
        while True:
            started_s = time.perf_counter()
            await asyncio.sleep(0.001)
            delays_s.append(time.perf_counter() - started_s)

    watching = asyncio.create_task(watch())
    async with kept(AircraftTableSettings(file=str(file))) as made:
        watching.cancel()
        assert made.value("rows") == 120_000
    # Of 0.5 s and more of reading, the loop waits for a turn of the interpreter, not for a piece.
    assert len(delays_s) > 20
    assert sorted(delays_s)[len(delays_s) * 9 // 10] < 0.05


async def test_a_reading_that_is_cancelled_ends_soon(tmp_path: Path) -> None:
    file = tmp_path / "aircraft.csv"
    file.write_text("".join(f"{address:06X};D-ABCD;A320;00;;;Owner;\n" for address in range(1, 400_000)))
    keeper = TableKeeper(AircraftTableSettings(file=str(file)), ManualClock(NOW_MS), GeneratorMetrics())
    running = asyncio.create_task(keeper.run())
    await asyncio.sleep(0.1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    began_s = time.process_time()  # a busy machine lets the thread wait; the rest of the table takes more than a second
    await asyncio.get_running_loop().shutdown_default_executor()
    assert time.process_time() - began_s < 0.5
    assert len(keeper.table) == 0
