"""An audit that could not reach an index does not report success."""

from __future__ import annotations

import sys

import pytest
from scripts import audit
from scripts.audit import AWAY, FOUND, Report, of_npm, of_pip_audit

FLAW = {"id": "PYSEC-2024-1", "fix_versions": ["3.10.2"], "aliases": [], "description": "…"}


def test_a_flaw_of_a_python_package_is_told_with_what_mends_it() -> None:
    answer = {"dependencies": [{"name": "aiohttp", "version": "3.9", "vulns": [FLAW]}]}
    assert of_pip_audit(answer) == Report(1, ["aiohttp 3.9: PYSEC-2024-1, mended in 3.10.2"], "")


def test_packages_that_nobody_could_be_asked_about_are_no_good_news() -> None:
    answer = {
        "dependencies": [
            {"name": "aiohttp", "skip_reason": "not found on PyPI"},
            {"name": "click", "version": "8.2", "vulns": []},
        ]
    }
    assert of_pip_audit(answer) == Report(1, [], "1 of 2 packages: not found on PyPI")


def test_an_audit_that_ended_without_a_report_has_asked_nobody() -> None:
    assert of_pip_audit({"message": "no network"}) == Report(0, [], "no network")


def test_npm_tells_the_packages_and_how_bad_it_is() -> None:
    answer = {
        "vulnerabilities": {"leaflet": {"name": "leaflet", "severity": "high"}},
        "metadata": {"dependencies": {"total": 21}},
    }
    assert of_npm(answer) == Report(21, ["leaflet: high"], "")


def test_npm_that_answers_with_an_error_has_not_been_asked() -> None:
    assert of_npm({"message": "405 Method Not Allowed", "statusCode": 405}) == Report(0, [], "405 Method Not Allowed")


@pytest.mark.parametrize(
    ("report", "arguments", "code"),
    [
        (Report(3, [], ""), [], 0),
        (Report(3, ["leaflet: high"], ""), ["--may-be-away"], FOUND),
        (Report(0, [], "405"), [], AWAY),
        (Report(0, [], "405"), ["--may-be-away"], 0),
    ],
)
def test_the_exit_code_says_what_was_found(
    report: Report, arguments: list[str], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "audit", lambda: {"a lock file": report})
    monkeypatch.setattr(sys, "argv", ["audit", *arguments])
    assert audit.main() == code
