"""An audit that could not reach an index does not report success."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from scripts import audit
from scripts.audit import AWAY, FOUND, Flaw, Report, accepted_flaws, of_npm, of_pip_audit

FLAW = {"id": "PYSEC-2024-1", "fix_versions": ["3.10.2"], "aliases": [], "description": "…"}


def test_a_vulnerability_of_a_python_package_is_reported_with_the_fixed_version() -> None:
    answer = {"dependencies": [{"name": "aiohttp", "version": "3.9", "vulns": [FLAW]}]}
    assert of_pip_audit(answer) == Report(1, [Flaw("PYSEC-2024-1", "aiohttp 3.9: PYSEC-2024-1, fixed in 3.10.2")], "")


def test_packages_that_could_not_be_checked_are_not_reported_as_safe() -> None:
    answer = {
        "dependencies": [
            {"name": "aiohttp", "skip_reason": "not found on PyPI"},
            {"name": "click", "version": "8.2", "vulns": []},
        ]
    }
    assert of_pip_audit(answer) == Report(1, [], "1 of 2 packages: not found on PyPI")


def test_an_audit_without_a_report_has_checked_nothing() -> None:
    assert of_pip_audit({"message": "no network"}) == Report(0, [], "no network")


def test_npm_reports_each_advisory_once_with_its_severity() -> None:
    answer = {
        "vulnerabilities": {
            "leaflet": {
                "name": "leaflet",
                "via": [{"url": "https://github.com/advisories/GHSA-1", "severity": "high"}],
            },
            "react-leaflet": {"name": "react-leaflet", "via": ["leaflet"]},
        },
        "metadata": {"dependencies": {"total": 21}},
    }
    assert of_npm(answer) == Report(21, [Flaw("GHSA-1", "leaflet: GHSA-1, high")], "")


def test_an_error_of_npm_counts_as_not_checked() -> None:
    assert of_npm({"message": "405 Method Not Allowed", "statusCode": 405}) == Report(0, [], "405 Method Not Allowed")


@pytest.mark.parametrize(
    ("report", "arguments", "code"),
    [
        (Report(3, [], ""), [], 0),
        (Report(3, [Flaw("GHSA-1", "leaflet: GHSA-1, high")], ""), ["--may-be-away"], FOUND),
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


@pytest.mark.parametrize(
    ("identifier", "until", "code", "printed"),
    [
        ("GHSA-1", "2999-01-31", 0, "accepted until 2999-01-31: no fix yet"),
        ("GHSA-1", "2020-01-31", FOUND, "its exception ended on 2020-01-31"),
        ("GHSA-2", "2999-01-31", FOUND, "GHSA-2 was not found"),
    ],
)
def test_an_exception_accepts_its_vulnerability_until_its_date(
    identifier: str,
    until: str,
    code: int,
    printed: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    exceptions = tmp_path / "audit_exceptions.toml"
    exceptions.write_text(f'[[exception]]\nid = "{identifier}"\nuntil = {until}\nreason = "no fix yet"\n')
    monkeypatch.setattr(audit, "EXCEPTIONS", exceptions)
    report = Report(3, [Flaw("GHSA-1", "leaflet: GHSA-1, high")], "")
    monkeypatch.setattr(audit, "audit", lambda: {"a lock file": report})
    monkeypatch.setattr(sys, "argv", ["audit"])
    assert audit.main() == code
    assert printed in capsys.readouterr().out


@pytest.mark.parametrize(
    "entry", ['id = "GHSA-1"\nreason = "r"', 'id = "GHSA-1"\nuntil = "soon"\nreason = "r"', "until = 2999-01-31"]
)
def test_an_exception_without_id_date_and_reason_is_an_error(entry: str) -> None:
    with pytest.raises(ValueError, match="an exception needs id, until"):
        accepted_flaws(f"[[exception]]\n{entry}\n")
