"""Several sources over HTTP through the generator: one map, and a state for each of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from flighttracker.avro import LOCAL_SCHEMA_ID, PositionCodec
from flighttracker.bus.base import Records
from flighttracker.bus.memory import MemoryBus
from flighttracker.clock import SystemClock
from flighttracker.errors import StartError
from flighttracker.flight import FlightPosition
from flighttracker.settings import GeneratorSettings, OpenSkySource, ReadsbSource, SimulatedSource
from flighttracker.source_report import SourceReport, read_report
from flighttracker.spec import read_tracker
from flighttracker_cli.follow import run_follow
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.run import run
from flighttracker_generator.sources.base import sources_of

WAIT_S = 20.0


class Receiver:
    """A receiver with a web server: its aircraft fly north, its clock may be wrong, and it may be switched off."""

    def __init__(self, *, ahead_s: float = 0.0, callsign: str = "", registration: str = "") -> None:
        self.ahead_s, self.callsign, self.registration = ahead_s, callsign, registration
        self.addresses = ["3c6444"]
        self.status = 200
        self.requests = 0
        self.url = ""

    async def answer(self, _: web.Request) -> web.Response:
        self.requests += 1
        if self.status != 200:
            return web.Response(status=self.status, headers={"Retry-After": "3600"} if self.status == 429 else {})
        now_s = time.time()
        record: dict[str, Any] = {"lat": 50 + (now_s % 1000) * 0.002, "lon": 8.5, "seen": 0, "seen_pos": 0, "gs": 431}
        names = {"flight": self.callsign, "r": self.registration}
        aircraft = [
            {"hex": icao24, **record, **{member: name for member, name in names.items() if name}}
            for icao24 in self.addresses
        ]
        return web.json_response({"now": now_s + self.ahead_s, "messages": self.requests, "aircraft": aircraft})


@asynccontextmanager
async def serving(receiver: Receiver) -> AsyncIterator[Receiver]:
    app = web.Application()
    app.router.add_get("/aircraft.json", receiver.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/aircraft.json"
    try:
        yield receiver
    finally:
        await runner.cleanup()


class Running:
    """A generator on a bus in memory, and what it wrote."""

    def __init__(self, settings: GeneratorSettings) -> None:
        self.settings = settings
        self.bus = MemoryBus(1)
        self.metrics = GeneratorMetrics()
        self.shown: list[FlightPosition] = []

    async def read(self) -> None:
        codec = PositionCodec(LOCAL_SCHEMA_ID)
        async with self.bus.positions.read(replay_ms=60_000) as events:
            async for event in events:
                if isinstance(event, Records):
                    self.shown += [codec.decode(record.value) for record in event.records]

    async def report(self, name: str) -> SourceReport:
        stored = await self.bus.sources.get([name])
        return read_report(name, stored.get(name), SystemClock().now_ms())

    async def until(self, name: str, state: str) -> SourceReport:
        async with asyncio.timeout(WAIT_S):
            while (report := await self.report(name)).state != state:
                await asyncio.sleep(0.05)
        return report


@asynccontextmanager
async def running(*sources: OpenSkySource | ReadsbSource | SimulatedSource) -> AsyncIterator[Running]:
    made = Running(GeneratorSettings(sources=sources))
    tasks = [
        asyncio.create_task(run(made.settings, made.bus, SystemClock(), metrics=made.metrics)),
        asyncio.create_task(made.read()),
    ]
    try:
        yield made
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_two_receivers_are_one_map_and_one_that_dies_is_replaced() -> None:
    async with serving(Receiver(callsign="DLH4YA")) as roof, serving(Receiver(registration="D-AIBL")) as attic:
        roof.addresses = ["3c6444", "aaaaaa"]
        attic.addresses = ["3c6444", "bbbbbb"]
        sources = (ReadsbSource(name="roof", url=roof.url), ReadsbSource(name="attic", url=attic.url))
        async with running(*sources) as generator, asyncio.timeout(WAIT_S):
            while len([each for each in generator.shown if each.icao24 == "3c6444"]) < 4:
                await asyncio.sleep(0.05)
            assert (await generator.until("roof", "fresh")).aircraft == 2
            assert {(each.icao24, each.source) for each in generator.shown if each.icao24 != "3c6444"} == {
                ("aaaaaa", "roof"),
                ("bbbbbb", "attic"),
            }
            shared = [each for each in generator.shown if each.icao24 == "3c6444"]
            assert (shared[-1].source, shared[-1].callsign, shared[-1].registration) == ("roof", "DLH4YA", "D-AIBL")
            roof.status = 500
            while [each.source for each in generator.shown if each.icao24 == "3c6444"][-1] != "attic":
                await asyncio.sleep(0.05)
            failing = await generator.until("roof", "failing")
            assert (failing.reason, (await generator.report("attic")).state) == ("server_error", "fresh")
            labels = {"source": "roof", "reason": "server_error"}
            assert generator.metrics.registry.get_sample_value("flights_source_errors_total", labels)
            state = {"source": "roof", "state": "failing"}
            assert generator.metrics.registry.get_sample_value("flights_source_state", state) == 1
            shared = [each for each in generator.shown if each.icao24 == "3c6444"]
            assert [each.latitude_deg for each in shared] == sorted(each.latitude_deg for each in shared)


@pytest.mark.parametrize(("status", "state"), [(401, "refused"), (403, "refused"), (429, "rate_limited")])
async def test_a_refused_source_pauses_alone(status: int, state: str) -> None:
    async with serving(Receiver()) as roof, serving(Receiver()) as network:
        network.status = status
        sources = (ReadsbSource(name="roof", url=roof.url), ReadsbSource(name="network", url=network.url))
        async with running(*sources) as generator:
            report = await generator.until("network", state)
            await generator.until("roof", "fresh")
            if state == "rate_limited":
                assert report.next_request_ms is not None
                assert 3_590_000 < report.next_request_ms - SystemClock().now_ms() <= 3_601_000
            before = roof.requests
            async with asyncio.timeout(WAIT_S):
                while roof.requests < before + 2:
                    await asyncio.sleep(0.05)
            if state == "rate_limited":
                assert network.requests == 1


async def test_a_receiver_and_simulated_traffic_share_a_map() -> None:
    async with serving(Receiver()) as roof:
        sources = (ReadsbSource(name="roof", url=roof.url), SimulatedSource(name="fill", aircraft=20, interval_s=1.0))
        async with running(*sources) as generator:
            assert (await generator.until("fill", "fresh")).aircraft == 20
            await generator.until("roof", "fresh")
            assert {each.source for each in generator.shown} == {"roof", "fill"}


async def test_an_unreachable_receiver_delays_nothing() -> None:
    async with serving(Receiver()) as roof:
        sources = (ReadsbSource(name="gone", url="http://127.0.0.1:1/a"), ReadsbSource(name="roof", url=roof.url))
        async with running(*sources) as generator:
            await generator.until("gone", "unreachable")
            await generator.until("roof", "fresh")


def test_each_real_source_runs_on_one_replica_and_simulated_ones_on_all() -> None:
    sources = (
        ReadsbSource(name="a", url="http://a/"),
        SimulatedSource(name="fill"),
        OpenSkySource(name="b"),
        ReadsbSource(name="c", url="http://c/"),
    )
    parts = [
        [source.name for source in sources_of(GeneratorSettings(sources=sources, replica=replica, replicas=2))]
        for replica in range(2)
    ]
    assert parts == [["a", "fill", "c"], ["fill", "b"]]
    alone = GeneratorSettings(sources=(OpenSkySource(),), replica=1, replicas=2)
    assert sources_of(alone) == []


async def test_follow_finds_an_aircraft_of_any_source(capsys: pytest.CaptureFixture[str]) -> None:
    async with serving(Receiver()) as roof, serving(Receiver()) as attic:
        roof.addresses, attic.addresses = ["aaaaaa"], ["bbbbbb"]
        head = {"apiVersion": "flighttracker.io/v1alpha1", "kind": "FlightTracker", "metadata": {"name": "a"}}
        entries = [{"name": name, "readsb": {"url": one.url}} for name, one in (("roof", roof), ("attic", attic))]
        tracker = read_tracker({**head, "spec": {"sources": entries}})
        for icao24 in ("aaaaaa", "bbbbbb"):
            await asyncio.to_thread(run_follow, icao24, tracker, file=None, secrets=None)
            assert icao24 in capsys.readouterr().out
        await asyncio.to_thread(run_follow, None, tracker, file=None, secrets=None)
        listed = capsys.readouterr().out
        assert "aaaaaa" in listed
        assert "bbbbbb" in listed
        with pytest.raises(StartError, match="there is no aircraft cccccc among 2"):
            await asyncio.to_thread(run_follow, "cccccc", tracker, file=None, secrets=None)
