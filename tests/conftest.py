"""Rules for every test: none may hang or know another's secrets, and in CI none may be skipped."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest

from flighttracker import known_secrets

os.environ.setdefault("FLIGHTTRACKER_HISTORY", "off")  # of every `flighttracker local` that a test starts

pytest_plugins = ["tests.time_limit", "tests.browser.browser_fixtures"]


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter is not None else 0
    if skipped and os.environ.get("FAIL_ON_SKIP") == "1":
        print(f"\nerror: {skipped} tests were skipped, and FAIL_ON_SKIP=1 allows none")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def secrets_of_one_test() -> Iterator[None]:
    """Forget the secrets that a test has read: "x" * 32 would be removed from the text of every later one."""
    before = dict(known_secrets._spellings)
    yield
    known_secrets._spellings.clear()
    known_secrets._spellings.update(before)


def pytest_collection_finish() -> None:
    """Keep what the collected tests import out of every later run of the garbage collector."""
    gc.collect()
    gc.freeze()
