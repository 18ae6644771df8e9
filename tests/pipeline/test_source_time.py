"""Receivers that die, and receivers whose clock is wrong: real sources against a real HTTP server."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing

import pytest
from aiohttp import web

from flighttracker.flight import FlightPosition
from flighttracker.settings import GeneratorSettings, OpenSkySource, ReadsbSource
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.sources import source_for
from tests.answer_server import RestlessClock, Server, saying
from tests.manual_clock import ManualClock

pytest_plugins = ["tests.answer_fixtures"]

NOW_MS = 1_750_588_115_000


class Receiver:
    """Writes aircraft.json once a second, until it dies and its web server serves the last file forever."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.ahead_ms = 0
        self.east_deg = 0.0
        self.dies_ms = NOW_MS + 86_400_000

    async def answer(self, _: web.Request) -> web.StreamResponse:
        written_ms = min(self.clock.now_ms(), self.dies_ms)
        moved_deg = (written_ms - NOW_MS) / 1000 * 0.002
        aircraft = {
            "hex": "4b1801",
            "lat": 47.0 + moved_deg,
            "lon": 8.0 + self.east_deg,
            "seen": 0.3,
            "seen_pos": 0.5,
            "gs": 250,
        }
        return web.json_response({"now": (written_ms + self.ahead_ms) / 1000, "aircraft": [aircraft]})


@pytest.fixture
async def receiver(answers: Server) -> Receiver:
    receiver = Receiver(RestlessClock(NOW_MS))
    answers.handlers = [receiver.answer]
    return receiver


async def heard(
    answers: Server, receiver: Receiver, seconds: int, metrics: GeneratorMetrics, do: dict[int, Callable[[], None]]
) -> list[tuple[int, list[FlightPosition]]]:
    """Follow a receiver for this many answers; `do` maps a number to what runs before that answer."""
    settings = GeneratorSettings(sources=(ReadsbSource(url=f"{answers.url}/answer"),))
    batches_heard = []
    async with aclosing(source_for(settings, receiver.clock, metrics).batches()) as batches:
        for number in range(seconds):
            do.get(number, lambda: None)()
            positions = await anext(batches)
            batches_heard.append((receiver.clock.now_ms(), list(positions)))
    return batches_heard


async def test_positions_of_a_dead_receiver_age(
    answers: Server, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.dies_ms = NOW_MS + 15_000
    metrics = GeneratorMetrics()
    batches = await heard(answers, receiver, 180, metrics, {})
    assert [len(positions) for _, positions in batches] == [1] * 16 + [0] * 164
    assert max(positions[0].position_time for _, positions in batches if positions) == NOW_MS + 14_500
    assert caplog.text.count("the source has stopped") == 1
    assert metrics.registry.get_sample_value("flights_source_stopped", {"source": "readsb"}) == 1


async def test_clock_of_a_receiver_that_is_set_back_is_followed_and_logged(
    answers: Server, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.ahead_ms = 45_000
    batches = await heard(answers, receiver, 40, GeneratorMetrics(), {10: lambda: setattr(receiver, "ahead_ms", 0)})
    assert {number for number, (_, positions) in enumerate(batches) if not positions} == set(range(10, 25))
    for now_ms, positions in batches:
        assert all(now_ms - position.position_time >= 500 for position in positions)
    assert "its clock is followed: it is 45 s ahead of ours" in caplog.text
    assert "its clock stepped back or its answer is old" in caplog.text
    assert "its clock is followed: it agrees with ours" in caplog.text


async def test_a_receiver_whose_clock_is_days_off_is_shown_while_it_runs(
    answers: Server, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.ahead_ms = -500 * 86_400_000
    metrics = GeneratorMetrics()
    batches = await heard(answers, receiver, 20, metrics, {})
    assert [len(positions) for _, positions in batches] == [0] * 15 + [1] * 5
    assert all(now_ms - positions[0].position_time == 1_500 for now_ms, positions in batches[15:])
    assert caplog.text.count("days behind ours") == 2
    assert (
        metrics.registry.get_sample_value(
            "flights_source_skipped_total", {"source": "readsb", "reason": "clock_behind"}
        )
        == 15
    )


async def test_jump_is_counted_and_logged_with_its_places(
    answers: Server, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    metrics = GeneratorMetrics()
    there = {2: lambda: setattr(receiver, "east_deg", 3.0), 3: lambda: setattr(receiver, "east_deg", 0.0)}
    batches = await heard(answers, receiver, 6, metrics, there)
    assert [len(positions) for _, positions in batches] == [1, 1, 0, 1, 1, 1]
    assert (
        metrics.registry.get_sample_value("flights_source_skipped_total", {"source": "readsb", "reason": "jump"}) == 1
    )
    assert "1 record lost (jump), the last 4b1801 from 47.002, 8.000 to 47.004, 11.000 in 1.0 s" in caplog.text


async def test_a_recording_is_a_source_that_stopped(answers: Server, caplog: pytest.LogCaptureFixture) -> None:
    position_s = NOW_MS // 1000 - 7
    vector = [
        "3c6444",
        "DLH4YA",
        "",
        position_s,
        position_s,
        8.5,
        50.0,
        10668,
        False,
        231,
        301,
        0,
        None,
        None,
        None,
        False,
        0,
    ]
    answers.handlers = [saying({"time": NOW_MS // 1000, "states": [vector]})]
    clock, metrics = RestlessClock(NOW_MS + 500 * 86_400_000), GeneratorMetrics()
    settings = GeneratorSettings(sources=(OpenSkySource(url=f"{answers.url}/answer", interval_s=10.0),))
    async with aclosing(source_for(settings, clock, metrics).batches()) as batches:
        assert [await anext(batches) for _ in range(20)] == [[]] * 20
    assert caplog.text.count("it is 500 days behind ours") == 1
    assert caplog.text.count("the source has stopped") == 1
