"""Places of trackers during an upgrade: at most a number, none after a failure, the same after a restart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flighttracker_operator.objects.store import TrackerKey
from flighttracker_operator.reconcile.waves import Waves, WaveSettings
from flighttracker_operator.status import State, with_upgrade
from flighttracker_operator.status.upgrade import FAILED, HELD, ROLLING, ROLLING_UNREADY, WAITING

A, B, C = (TrackerKey("sky", name) for name in "abc")
START = datetime(2026, 1, 1, tzinfo=UTC)
READY = State("True", "Ready", "the map is up")
BROKEN = State("False", "ContainerCrashes", "Gateway: exited with code 2")
RELEASE = "0.2.0-12345678"


class World:
    """Waves with two places, and what they did."""

    def __init__(self, trackers: int = 2) -> None:
        self.woken: list[tuple[TrackerKey, float]] = []
        self.counts: Mapping[str, int] = {}
        self.waves = Waves(WaveSettings(trackers, 600.0), lambda *call: self.woken.append(call), self._show)

    def _show(self, counts: Mapping[str, int]) -> None:
        self.counts = {state: count for state, count in counts.items() if count}

    def start(self, *keys: TrackerKey, was_ready: bool = True) -> list[bool]:
        return [self.waves.start(key, START, was_ready=was_ready) for key in keys]

    def reason(self, key: TrackerKey, ready: State | None = BROKEN, *, after_s: float = 0.0) -> str:
        state = self.waves.state(key, RELEASE, ready, START + timedelta(seconds=after_s))
        return state.reason if state is not None else ""


@pytest.fixture
def world() -> World:
    return World()


def test_places_are_limited_and_the_next_tracker_is_woken(world: World) -> None:
    assert world.start(A, B, C) == [True, True, False]
    assert [world.reason(key) for key in (A, B, C)] == [ROLLING, ROLLING, WAITING]
    assert world.counts == {"rolling": 2, "waiting": 1}
    assert world.reason(A, READY) == ""
    assert world.woken[-1] == (C, 0.0)
    assert world.start(C) == [True]
    assert world.counts == {"rolling": 2}


def test_without_a_limit_every_tracker_starts() -> None:
    assert World(trackers=0).start(A, B, C) == [True] * 3


def test_a_tracker_that_is_not_ready_in_time_stops_the_others_until_it_is(world: World) -> None:
    world.start(A, B)
    assert world.reason(A, after_s=599) == ROLLING
    assert world.woken[-1] == (A, 1.0)
    assert world.reason(A, after_s=600) == FAILED
    assert world.reason(B, READY, after_s=601) == ""  # what has begun may finish
    assert world.start(C) == [False]
    assert world.reason(C) == HELD
    assert world.counts == {"failed": 1, "held": 1}
    assert world.reason(A, READY, after_s=3600) == ""
    assert world.woken[-1] == (C, 0.0)
    assert world.start(C) == [True]


def test_a_tracker_that_is_paused_does_not_count_as_ready(world: World) -> None:
    world.start(A)
    assert world.reason(A, State("True", "Paused", "")) == ROLLING


def test_a_tracker_that_was_not_ready_before_stops_nobody(world: World) -> None:
    assert world.start(A, was_ready=False) == [True]
    assert world.reason(A, after_s=1) == ROLLING_UNREADY
    assert world.reason(A, after_s=600) == ""
    assert world.start(B, C) == [True, True]


def test_a_failed_tracker_gets_the_next_release_first(world: World) -> None:
    world.start(A)
    world.reason(A, after_s=600)
    assert world.start(B) == [False]
    assert world.start(A) == [True]
    assert world.reason(A) == ROLLING
    assert world.reason(B) == WAITING


@pytest.mark.parametrize("after_s", [10, 700])
def test_a_restarted_operator_has_the_same_places(world: World, after_s: float) -> None:
    world.start(A, B)
    statuses = {key: _status(world.waves.state(key, RELEASE, BROKEN, START)) for key in (A, B)}
    again = World()
    for key, status in statuses.items():
        again.waves.resume(key, status)
    assert again.start(C) == [False]
    assert again.reason(A, after_s=after_s) == (ROLLING if after_s < 600 else FAILED)


def test_a_restarted_operator_knows_who_failed(world: World) -> None:
    world.start(A)
    status = _status(world.waves.state(A, RELEASE, BROKEN, START + timedelta(seconds=600)))
    again = World()
    again.waves.resume(A, status)
    again.waves.resume(B, {"conditions": []})
    assert again.counts == {"failed": 1}
    assert again.start(B) == [False]


def test_a_tracker_that_leaves_frees_its_place(world: World) -> None:
    world.start(A, B, C)
    world.waves.leave(B)
    assert world.woken[-1] == (C, 0.0)
    world.waves.leave(C)
    assert world.counts == {"rolling": 1}


def _status(state: State | None) -> dict[str, Any]:
    return with_upgrade({}, state, {}, 1, START.strftime("%Y-%m-%dT%H:%M:%SZ"))
