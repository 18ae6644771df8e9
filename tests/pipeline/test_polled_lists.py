"""Virtual Radar Server and VATSIM against a real HTTP server: through `source_for`, from answers to positions."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from flighttracker.flight import FlightPosition, refuse_out_of_range
from flighttracker.settings import GeneratorSettings, HttpAccessSettings, VatsimSource, VirtualRadarSource
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.sources import source_for
from tests.answer_server import RestlessClock, Server, saying

pytest_plugins = ["tests.answer_fixtures"]

NOW_MS = 1_750_588_115_000
AIRCRAFT = {"Icao": "4CA1A1", "Lat": 52.25, "Long": 4.5, "PosTime": NOW_MS - 1_000, "Call": "EIN12K", "CMsgs": 5}
PILOT = {
    "cid": 1234567, "callsign": "KLM1017", "latitude": 52.3, "longitude": 4.7, "altitude": 31000, "groundspeed": 440,
    "heading": 90, "transponder": "2713", "last_updated": "2025-06-22T10:28:34Z",
}  # fmt: skip


def list_of(*records: dict[str, Any], stm: int = NOW_MS) -> dict[str, Any]:
    return {"acList": records, "stm": stm}


def feed(*pilots: dict[str, Any]) -> dict[str, Any]:
    return {"general": {"update_timestamp": "2025-06-22T10:28:35Z"}, "pilots": pilots}


async def batches(
    source: VatsimSource | VirtualRadarSource, number: int, metrics: GeneratorMetrics
) -> list[list[FlightPosition]]:
    clock = RestlessClock(NOW_MS)
    made: list[list[FlightPosition]] = []
    async with aclosing(source_for(GeneratorSettings(sources=(source,)), clock, metrics).batches()) as heard:
        async with asyncio.timeout(20):
            async for batch in heard:
                for position in batch:
                    refuse_out_of_range(position, clock.now_ms())
                made.append(list(batch))
                if len(made) == number:
                    break
    return made


async def test_virtual_radar(answers: Server) -> None:
    answers.handlers = [
        saying("<html>"),
        saying(list_of(AIRCRAFT, {"Icao": "4CA1A2"})),
        saying(list_of(AIRCRAFT, stm=NOW_MS + 1_000)),
        saying(list_of(AIRCRAFT | {"PosTime": NOW_MS + 2_000, "Lat": 52.26}, stm=NOW_MS + 2_000)),
    ]
    metrics = GeneratorMetrics()
    source = VirtualRadarSource(url=f"{answers.url}/answer")
    first, same, moved = await batches(source, 3, metrics)
    assert [(one.icao24, one.callsign, one.source) for one in first] == [("4ca1a1", "EIN12K", "virtualRadar")]
    assert (first[0].position_time, same, moved[0].latitude_deg) == (NOW_MS - 1_000, [], 52.26)
    labels = {"source": "virtualRadar", "reason": "no_position"}
    assert metrics.registry.get_sample_value("flights_source_skipped_total", labels) == 1
    assert metrics.registry.get_sample_value("flights_source_errors_total", labels | {"reason": "not_json"}) == 1


async def test_account_of_virtual_radar_is_sent(answers: Server, tmp_path: Any) -> None:
    (tmp_path / "username").write_text("me")
    (tmp_path / "password").write_text("s3cret")
    answers.handlers = [saying(list_of(AIRCRAFT))]
    access = HttpAccessSettings(username_file=str(tmp_path / "username"), password_file=str(tmp_path / "password"))
    await batches(VirtualRadarSource(url=f"{answers.url}/answer", access=access), 1, GeneratorMetrics())
    assert answers.requests[0].headers["Authorization"].startswith("Basic ")


async def test_vatsim(answers: Server) -> None:
    answers.handlers = [saying(feed(PILOT, PILOT | {"cid": 0}))]
    metrics = GeneratorMetrics()
    ((position,), repeated) = await batches(VatsimSource(url=f"{answers.url}/answer"), 2, metrics)
    assert (position.callsign, position.address_type, position.source) == ("KLM1017", "non_icao", "vatsim")
    assert position.position_time == pytest.approx(NOW_MS - 1_000, abs=1)
    assert repeated == []
    labels = {"source": "vatsim", "reason": "malformed"}
    assert metrics.registry.get_sample_value("flights_source_skipped_total", labels) == 2
