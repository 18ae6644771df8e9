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


def test_an_operator_is_ready_when_it_has_read_the_cluster_and_manages_something() -> None:
    health = Health(0.0)
    assert health.readiness(1.0) == (False, {"status": "starting", "last_success_age_s": None, "trouble": "starting"})
    health.succeeded(2.0)
    assert health.readiness(2.0) == (True, {"status": "ready", "last_success_age_s": 0.0})
    health.standby = {"maps": "a/b (version 1)"}
    is_ready, report = health.readiness(2.0)
    assert (is_ready, report["standby"]) == (True, {"maps": "managed by operator a/b (version 1)"})
    health.is_useful = False
    assert health.readiness(2.0)[0] is False
    assert health.readiness(2.0)[1]["status"] == "standby"
    assert health.report(2.0)[0], "a restart would not help"
