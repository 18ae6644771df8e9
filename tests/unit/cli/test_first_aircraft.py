"""What `local` and /ready say until the first aircraft is on the map."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Gauge

from flighttracker.spec import read_tracker
from flighttracker_cli.first_aircraft import FirstAircraft
from flighttracker_cli.joined_metrics import JoinedRegistry
from flighttracker_generator.metrics import GeneratorMetrics
from tests.example_flights import NOW_MS
from tests.manual_clock import ManualClock

READSB = {"readsb": {"url": "http://pi/aircraft.json?key=secret"}}


class Map:
    """A map whose metrics the test sets."""

    def __init__(self, source: dict[str, Any]) -> None:
        head = {"apiVersion": "flighttracker.io/v1alpha1", "kind": "FlightTracker", "metadata": {"name": "a"}}
        tracker = read_tracker({**head, "spec": {"source": source}})
        self.generator = GeneratorMetrics()
        registry: CollectorRegistry = JoinedRegistry(self.generator.registry)
        self.aircraft = Gauge("flights_aircraft", "Aircraft.", registry=registry)
        self.first = FirstAircraft(tracker.spec.used_sources, registry)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ({}, "10,000 simulated aircraft are being made."),
        ({"opensky": {}}, "OpenSky has not answered yet."),
        ({"vatsim": {}}, "VATSIM has not answered yet."),
        (READSB, "The receiver has not answered yet."),
        ({"beast": {"connect": "pi:30005"}}, "The receiver has not answered yet."),
        ({"beast": {"listen": {}}}, "The feeder has not answered yet."),
    ],
)
def test_before_the_source_answers(source: dict[str, Any], sentence: str) -> None:
    assert Map(source).first.waiting_for() == sentence


def test_a_source_that_fails_or_lists_nothing_is_named_without_its_address() -> None:
    shown = Map(READSB)
    shown.generator.source_errors.labels(source="readsb", reason="not_json").inc()
    assert shown.first.waiting_for() == "The receiver gives no usable answer, the log says why."
    shown.generator.step_s.observe(0.01)
    assert shown.first.waiting_for() == "The receiver answers, but lists no aircraft."
    shown.generator.source_stopped.labels(source="readsb").set(1)
    assert "repeats the same answer" in shown.first.waiting_for()


@pytest.mark.parametrize(
    ("reasons", "sentence"),
    [
        (("dns", "connection"), "The receiver cannot be reached or does not answer, the log says why."),
        (("unauthorized",), "The receiver rejects our requests, the log says why."),
        (("rate_limited",), "The receiver asked for a pause, the log says when it ends."),
        (("dns", "http_status"), "The receiver gives no usable answer, the log says why."),
    ],
)
def test_failures_of_one_kind_are_named(reasons: tuple[str, ...], sentence: str) -> None:
    shown = Map(READSB)
    for reason in reasons:
        shown.generator.source_errors.labels(source="readsb", reason=reason).inc()
    assert shown.first.waiting_for() == sentence


def test_nothing_is_missing_once_an_aircraft_was_on_the_map() -> None:
    shown = Map({})
    shown.generator.generated.inc()
    assert shown.first.waiting_for() == "Its position is on the way to the map."
    shown.aircraft.set(1)
    assert shown.first.waiting_for() == ""
    shown.aircraft.set(0)
    assert shown.first.waiting_for() == "", "a map that was ready stays ready when its source pauses"


async def settle() -> None:
    """Let the reporting task run until it sleeps again."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_the_wait_is_reported_when_its_reason_changes_and_less_often_otherwise() -> None:
    shown, clock, lines = Map(READSB), ManualClock(NOW_MS), list[str]()
    reporting = asyncio.create_task(shown.first.report(clock, lines.append))
    await settle()
    shown.generator.source_errors.labels(source="readsb", reason="connection").inc()
    for _ in range(4 * 20):
        await clock.advance(250)
        await settle()
    shown.generator.generated.inc()
    await clock.advance(250)
    await settle()
    shown.aircraft.set(3)
    await clock.advance(250)
    await reporting
    failing = "The receiver cannot be reached or does not answer, the log says why."
    assert lines == [
        "Waiting for the first aircraft. The receiver has not answered yet.",
        f"Waiting for the first aircraft. {failing}",
        f"Waiting for the first aircraft (5 s). {failing}",
        f"Waiting for the first aircraft (15 s). {failing}",
        "Waiting for the first aircraft (20 s). Its position is on the way to the map.",
        "The first aircraft is on the map, after 20.5 s.",
    ]
