"""Responses of pods are parsed to sums of metrics, rates, and numbers that do not flicker."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from flighttracker.source_report import SourceReport
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_historian.metrics import HistorianMetrics
from flighttracker_operator.probing.answers import (
    RATE_S,
    Rate,
    by_label,
    history_numbers,
    history_volume,
    lasting_states,
    nearly_full_volumes,
    source_pauses,
    source_states,
    steady,
    total,
    waits_for,
)
from flighttracker_operator.status import HistoryNumbers


def metrics() -> str:
    registry = CollectorRegistry()
    Gauge("flights_aircraft", "Aircraft.", registry=registry).set(9984)
    Gauge("flights_aircraft_heard", "A longer name.", registry=registry).set(1)
    errors = Counter("flights_source_errors", "Errors.", ["reason", "source"], registry=registry)
    errors.labels("timeout", 'a "b"').inc(2)
    errors.labels("timeout", "c").inc()
    errors.labels("unauthorized", "c").inc()
    return generate_latest(registry).decode()


def test_a_metric_is_summed_over_its_labels() -> None:
    assert total(metrics(), "flights_aircraft") == 9984
    assert total(metrics(), "flights_source_errors_total") == 4
    assert total(metrics(), "flights_viewers") is None
    assert by_label(metrics(), "flights_source_errors_total", "reason") == {"timeout": 3, "unauthorized": 1}


@pytest.mark.parametrize("text", ["flights_aircraft many", "flights_aircraft{ 1", "<html>"])
def test_an_invalid_metric_is_ignored(text: str) -> None:
    assert total(text, "flights_aircraft") is None


def test_a_rate_is_measured_over_a_long_enough_period_and_kept_until_the_next() -> None:
    rate = Rate()
    assert rate.update({"a": 10_000}, 0.0) is None
    assert rate.update({"a": 20_000}, 1.0) is None, "the period is too short"
    assert rate.update({"a": 22_000}, RATE_S) == 600
    assert rate.update({"a": 32_000}, RATE_S + 1) == 600
    assert rate.update({"a": 32_000}, 2 * RATE_S) == 500
    assert rate.update({}, 3 * RATE_S) is None, "no generator responds"


def test_a_rate_is_the_sum_of_all_generators() -> None:
    rate = Rate()
    rate.update({"a": 0}, 0.0)
    rate.update({"a": 100, "b": 0}, 10.0)
    assert rate.update({"a": 200, "b": 100}, 20.0) is None, "the rate of one is not known yet"
    assert rate.update({"a": 300, "b": 200}, 30.0) == 20
    assert rate.update({"a": 5, "b": 300}, 60.0) == 20, "one has restarted"
    assert rate.update({"a": 105, "b": 400}, 80.0) == 10


def test_the_health_of_a_generator_names_the_servers_for_which_it_waits() -> None:
    assert waits_for(b'{"status": "alive", "waits_for": {"kafka": "no broker"}}') == {"kafka": "no broker"}


@pytest.mark.parametrize("text", [b'{"status": "alive"}', b'{"waits_for": 1}', b"[]", b"\xff"])
def test_an_invalid_health_response_names_no_server(text: bytes) -> None:
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


def test_the_present_state_of_each_source_is_read() -> None:
    shown = GeneratorMetrics()
    shown.show(SourceReport("roof", "stopped"))
    shown.show(SourceReport("sky", "fresh"))
    shown.show(SourceReport("sky", "rate_limited"))
    text = generate_latest(shown.registry).decode()
    assert source_states(text) == {"roof": "stopped", "sky": "rate_limited"}
    assert source_states("") == {}


def test_the_end_of_a_pause_is_known_in_whole_minutes_while_it_lasts() -> None:
    text = (
        'flights_source_state{source="sky",state="rate_limited"} 1.0\n'
        'flights_source_state{source="roof",state="fresh"} 1.0\n'
        'flights_source_state{source="odd",state="rate_limited"} 1.0\n'
        'flights_source_next_request_timestamp_seconds{source="sky"} 1.750588115e+09\n'
        'flights_source_next_request_timestamp_seconds{source="roof"} 1.750588115e+09\n'
        'flights_source_next_request_timestamp_seconds{source="odd"} NaN\n'
    )
    assert source_pauses(text) == {"sky": 1_750_588_140}
    assert source_pauses("") == {}


def test_a_problem_of_a_source_counts_when_two_probes_see_it() -> None:
    assert lasting_states({"roof": "refused"}, {}) == {"roof": "refused"}
    assert lasting_states({"roof": "unreachable", "sky": "late"}, {"roof": "fresh", "sky": "unreachable"}) == {
        "roof": "fresh",
        "sky": "late",
    }
    assert lasting_states({"roof": "fresh"}, {"roof": "late"}) == {"roof": "fresh"}


def test_a_volume_counts_from_80_percent_in_steps_that_cause_few_writes() -> None:
    text = "".join(
        f'flights_kafka_volume_size_bytes{{broker="{broker}"}} 1000.0\n'
        f'flights_kafka_volume_free_bytes{{broker="{broker}"}} {free}\n'
        for broker, free in (("0", 201), ("1", 200), ("2", 161), ("3", 9))
    )
    assert nearly_full_volumes(text) == {"1": 80, "2": 80, "3": 95}
    assert nearly_full_volumes("") == {}
    assert nearly_full_volumes('flights_kafka_volume_size_bytes{broker="0"} 1000\n') == {}


@pytest.mark.parametrize(("free", "expected"), [(50, None), (8.1, None), (7, 90), (4, 95), (0, 100)])
def test_how_full_the_volume_of_the_history_is(free: float, expected: int | None) -> None:
    found = HistorianMetrics()
    assert history_volume(generate_latest(found.registry).decode()) is None, "a bucket has no size"
    found.volume_size.set(100)
    found.volume_free.set(free)
    assert history_volume(generate_latest(found.registry).decode()) == expected


def historian(*, oldest_s: float | None = None, size: float = 0, lag: float = 0) -> str:
    found = HistorianMetrics()
    if oldest_s is not None:
        found.oldest.set(oldest_s)
    found.size.set(size)
    found.lag.labels("3").set(lag)
    return generate_latest(found.registry).decode()


def test_historians_report_one_store_and_their_own_shards() -> None:
    texts = [historian(oldest_s=1000.7, size=5e6, lag=70_000), historian(oldest_s=1000.7, size=5e6, lag=55_000)]
    numbers = history_numbers(texts, 1000.0, None, fails_to_write=False)
    assert numbers == HistoryNumbers(since_s=1000, size_bytes=5e6, lag_s=120)
    grown = history_numbers([historian(oldest_s=1000.7, size=5.4e6, lag=59_000)], 1000.0, numbers, fails_to_write=False)
    assert (grown.size_bytes, grown.lag_s) == (5e6, 0), "the status must not change with every probe"


@pytest.mark.parametrize(("lag", "rate", "expected"), [(0, None, 0), (9, None, None), (9, 0.0, None), (0, 5.0, 0)])
def test_a_lag_without_a_rate_is_unknown(lag: float, rate: float | None, expected: int | None) -> None:
    assert history_numbers([historian(lag=lag)], rate, None, fails_to_write=False) == HistoryNumbers(lag_s=expected)
