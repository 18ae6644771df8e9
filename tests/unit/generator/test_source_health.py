"""The state of a source, from its answers and failures."""

from __future__ import annotations

import pytest

from flighttracker.errors import SourceError
from flighttracker.source_report import SILENT_MS, SourceReport, read_report, write_report
from flighttracker_generator.source_health import SHORTEST_LATE_MS, SourceHealth
from tests.example_flights import NOW_MS


def test_a_source_starts_and_becomes_fresh_then_late() -> None:
    health = SourceHealth("roof", 1.0)
    assert health.report(NOW_MS).state == "starting"
    assert health.report(NOW_MS + 5_000).since_ms == NOW_MS
    health.answered(NOW_MS + 6_000, 12, next_request_ms=NOW_MS + 7_000)
    health.answered(NOW_MS + 7_000, 13, next_request_ms=NOW_MS + 8_000)
    fresh = health.report(NOW_MS + 8_000)
    assert (fresh.state, fresh.since_ms, fresh.aircraft) == ("fresh", NOW_MS + 6_000, 13)
    assert (fresh.last_success_ms, fresh.next_request_ms) == (NOW_MS + 7_000, NOW_MS + 8_000)
    late_ms = NOW_MS + 7_000 + SHORTEST_LATE_MS
    assert health.report(late_ms).state == "fresh"
    late = health.report(late_ms + 1)
    assert (late.state, late.since_ms) == ("late", late_ms)
    health.answered(late_ms + 2, 1)
    assert health.report(late_ms + 2).state == "fresh"


def test_a_slow_source_is_late_after_three_intervals() -> None:
    health = SourceHealth("sky", 90.0)
    health.answered(NOW_MS, 1)
    assert health.report(NOW_MS + 270_000).state == "fresh"
    assert health.report(NOW_MS + 270_001).state == "late"


def test_a_source_that_repeats_its_last_answer_is_late_and_then_stopped() -> None:
    """A web server goes on to serve the last file of a receiver that died."""
    health = SourceHealth("roof", 1.0)
    health.answered(NOW_MS, 6, changed_ms=NOW_MS)
    for second in range(1, 60):
        now_ms = NOW_MS + second * 1_000
        health.answered(now_ms, 6, changed_ms=NOW_MS)
        found = health.report(now_ms)
        late_ms = NOW_MS + SHORTEST_LATE_MS
        wanted = ("late", late_ms) if now_ms > late_ms else ("fresh", NOW_MS)
        assert (found.state, found.since_ms) == wanted
    health.answered(NOW_MS + 60_000, 6, is_stopped=True, changed_ms=NOW_MS)
    assert health.report(NOW_MS + 60_000).state == "stopped"
    health.answered(NOW_MS + 61_000, 6, changed_ms=NOW_MS + 61_000)
    assert health.report(NOW_MS + 61_000).state == "fresh"


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (SourceError("401", reason="unauthorized"), "refused"),
        (SourceError("no file", reason="credentials"), "refused"),
        (SourceError("401", reason="token_unauthorized"), "refused"),
        (SourceError("429", reason="rate_limited"), "rate_limited"),
        (SourceError("503", reason="server_error", retry_after_s=60.0), "rate_limited"),
        (SourceError("no such host", reason="dns", was_reached=False), "unreachable"),
        (SourceError("refused", reason="connection", was_reached=False), "unreachable"),
        (SourceError("bad certificate", reason="tls", was_reached=False), "unreachable"),
        (SourceError("slow", reason="timeout"), "unreachable"),
        (SourceError("slow", reason="token_timeout"), "unreachable"),
        (SourceError("closed by the receiver", reason="closed"), "unreachable"),
        (SourceError("nothing for 3 minutes", reason="idle"), "late"),
        (SourceError("500", reason="server_error"), "failing"),
        (SourceError("a web page", reason="not_json"), "failing"),
        (SourceError("10.0.0.1", reason="forbidden_target"), "failing"),
    ],
)
def test_each_failure_has_a_state(error: SourceError, state: str) -> None:
    health = SourceHealth("sky")
    health.answered(NOW_MS, 3)
    health.failed(NOW_MS + 1, error, NOW_MS + 60_000)
    report = health.report(NOW_MS + 100_000)
    assert (report.state, report.since_ms, report.reason) == (state, NOW_MS + 1, error.reason)
    assert (report.last_success_ms, report.next_request_ms, report.aircraft) == (NOW_MS, NOW_MS + 60_000, 3)


def test_a_stopped_source_and_a_pause_from_before_the_start_are_shown() -> None:
    health = SourceHealth("roof")
    health.paused(NOW_MS, NOW_MS + 3_600_000)
    report = health.report(NOW_MS)
    assert (report.state, report.next_request_ms) == ("rate_limited", NOW_MS + 3_600_000)
    health.answered(NOW_MS + 1, 3, is_stopped=True)
    assert health.report(NOW_MS + 2).state == "stopped"


def test_a_report_of_a_dead_generator_looks_old() -> None:
    stored = write_report(SourceReport("roof", "fresh", since_ms=NOW_MS, reported_ms=NOW_MS, last_success_ms=NOW_MS))
    assert read_report("roof", stored, NOW_MS + SILENT_MS).state == "fresh"
    old = read_report("roof", stored, NOW_MS + SILENT_MS + 1)
    assert (old.state, old.since_ms, old.last_success_ms) == ("unknown", NOW_MS, NOW_MS)


@pytest.mark.parametrize(
    "stored", [None, b"", b"\xff", b"[]", b'{"name": "roof", "state": "dancing"}', b'{"more": ' + b"[" * 100_000]
)
def test_a_missing_or_foreign_report_is_unknown(stored: bytes | None) -> None:
    assert read_report("roof", stored, NOW_MS) == SourceReport("roof", "unknown")
