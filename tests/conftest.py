"""CI's rule that no test is skipped, and the mark of the tests that need a real Kafka."""

from __future__ import annotations

import os

import pytest


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter is not None else 0
    if skipped and os.environ.get("FAIL_ON_SKIP") == "1":
        print(f"\nerror: {skipped} tests were skipped, and FAIL_ON_SKIP=1 allows none")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts a broker: `make test-kafka` runs it, `make test` leaves it out."""
    for item in items:
        names = getattr(item, "fixturenames", ())
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        if "kafka_server" in names or parameters.get("bus") == "servers":
            item.add_marker("kafka")
