"""Tests of what `/health` reports."""

from __future__ import annotations

from flighttracker_operator.reconcile.health import STALE_S, Health


def test_an_operator_is_unhealthy_only_when_a_restart_may_help() -> None:
    health = Health(0.0)
    assert health.report(STALE_S)[0]
    health.answered(STALE_S, "forbidden")
    assert health.report(2 * STALE_S) == (
        True,
        {"status": "alive", "last_success_age_s": None, "trouble": "forbidden"},
    )
    assert not health.report(2 * STALE_S + 1)[0]
    health.succeeded(1000.0)
    assert health.report(1000.5) == (True, {"status": "alive", "last_success_age_s": 0.5})
