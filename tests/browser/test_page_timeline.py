"""The page's timeline in Chromium, against a tracker that keeps a history and one that does not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from flighttracker.flight import FlightPosition
from flighttracker_generator.simulation.fleet import make_fleet
from flighttracker_generator.simulation.traffic import Traffic
from tests.browser.scenario import running_gateway
from tests.history_files import write_history

Run = Callable[..., str]

AIRCRAFT = 200
MINUTE_MS = 60_000
FIRST_MIN, LAST_MIN = 90, 5
GAP_MIN = (60, 45)
INTERVAL_MS = 20_000


def simulated(now_ms: int) -> Iterator[FlightPosition]:
    """Yield what the tracker's own aircraft would have reported."""
    traffic = Traffic(make_fleet(AIRCRAFT, {}, 1))
    rows = np.arange(AIRCRAFT)
    for at in range(now_ms - FIRST_MIN * MINUTE_MS, now_ms - LAST_MIN * MINUTE_MS, INTERVAL_MS):
        if not now_ms - GAP_MIN[0] * MINUTE_MS < at < now_ms - GAP_MIN[1] * MINUTE_MS:
            yield from traffic.positions(rows, at)


def test_any_moment_of_the_history_is_shown_as_it_was(run_at: Run, tmp_path: Path) -> None:
    history = tmp_path / "history"
    history.mkdir()
    write_history(history, simulated(round(1000 * time.time())))
    with running_gateway(tmp_path, AIRCRAFT, interval_s=2, history=history) as (server, url):
        run_at("timeline", server, url)
        run_at("heat", server, url)


def test_a_tracker_without_a_history_has_no_timeline(run: Run) -> None:
    run("no_history")
