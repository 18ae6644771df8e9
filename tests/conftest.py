"""Rules for every test: none may hang, and in CI none may be skipped."""

from __future__ import annotations

import gc
import os

import pytest

os.environ.setdefault("FLIGHTTRACKER_HISTORY", "off")  # of every `flighttracker local` that a test starts

pytest_plugins = ["tests.time_limit", "tests.browser.browser_fixtures"]


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter is not None else 0
    if skipped and os.environ.get("FAIL_ON_SKIP") == "1":
        print(f"\nerror: {skipped} tests were skipped, and FAIL_ON_SKIP=1 allows none")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_collection_finish() -> None:
    """Keep what the collected tests import out of every later run of the garbage collector."""
    gc.collect()
    gc.freeze()
