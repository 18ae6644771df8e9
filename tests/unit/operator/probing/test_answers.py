"""What pods answer, read: metrics by name, and numbers that do not flicker."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from flighttracker_operator.probing.answers import RATE_S, Rate, by_label, steady, total, waits_for


def metrics() -> str:
    registry = CollectorRegistry()
    Gauge("flights_aircraft", "Aircraft.", registry=registry).set(9984)
    Gauge("flights_aircraft_heard", "A longer name.", registry=registry).set(1)
    errors = Counter("flights_source_errors", "Errors.", ["reason", "source"], registry=registry)
    errors.labels("timeout", 'a "b"').inc(2)
    errors.labels("timeout", "c").inc()
    errors.labels("unauthorized", "c").inc()
    return generate_latest(registry).decode()


def test_a_metric_is_added_up_over_its_labels() -> None:
    assert total(metrics(), "flights_aircraft") == 9984
    assert total(metrics(), "flights_source_errors_total") == 4
    assert total(metrics(), "flights_viewers") is None
    assert by_label(metrics(), "flights_source_errors_total", "reason") == {"timeout": 3, "unauthorized": 1}


@pytest.mark.parametrize("text", ["flights_aircraft many", "flights_aircraft{ 1", "<html>"])
def test_what_is_no_metric_says_nothing(text: str) -> None:
    assert total(text, "flights_aircraft") is None


def test_a_rate_is_counted_over_long_enough_and_told_until_the_next() -> None:
    rate = Rate()
    assert rate.of({"a": 10_000}, 0.0) is None
    assert rate.of({"a": 20_000}, 1.0) is None, "a burst says nothing"
    assert rate.of({"a": 22_000}, RATE_S) == 600
    assert rate.of({"a": 32_000}, RATE_S + 1) == 600
    assert rate.of({"a": 32_000}, 2 * RATE_S) == 500
    assert rate.of({}, 3 * RATE_S) is None, "nobody answers"


def test_a_rate_is_that_of_all_generators_together() -> None:
    rate = Rate()
    rate.of({"a": 0}, 0.0)
    rate.of({"a": 100, "b": 0}, 10.0)
    assert rate.of({"a": 200, "b": 100}, 20.0) is None, "of one of them it is not known yet"
    assert rate.of({"a": 300, "b": 200}, 30.0) == 20
    assert rate.of({"a": 5, "b": 300}, 60.0) == 20, "one has started anew"
    assert rate.of({"a": 105, "b": 400}, 80.0) == 10


def test_a_generator_tells_what_it_waits_for() -> None:
    assert waits_for(b'{"status": "alive", "waits_for": {"kafka": "no broker"}}') == {"kafka": "no broker"}


@pytest.mark.parametrize("text", [b'{"status": "alive"}', b'{"waits_for": 1}', b"[]", b"\xff"])
def test_another_answer_tells_of_no_server(text: bytes) -> None:
    assert waits_for(text) == {}


@pytest.mark.parametrize(
    ("value", "before", "shown"),
    [
        (0.0, None, 0.0),
        (7.0, None, 7.0),
        (1234.0, None, 1200.0),
        (1260.0, 1200.0, 1200.0),
        (1400.0, 1200.0, 1400.0),
        (0.2, 5.0, 0.0),
    ],
)
def test_numbers_are_rounded_and_steady(value: float, before: float | None, shown: float) -> None:
    assert steady(value, before) == shown
