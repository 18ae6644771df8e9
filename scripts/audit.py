"""`make audit`: checks the locked packages for known vulnerabilities in the advisories of PyPI and npm.

Without a connection pip-audit reports "none" and npm prints nothing. Both are therefore read as JSON, and only packages
that were checked count. A vulnerability listed in `audit_exceptions.toml` is accepted until the date there.

Exit codes: 0 without known vulnerabilities, 1 with some, 3 if an index was unreachable (0 with `--may-be-away`, for
machines without internet access; the message is printed all the same).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT: Final = Path(__file__).parents[1]
LOCKS: Final = ("requirements.lock", "requirements-operator.lock", "requirements-dev.lock")
PIP_AUDIT: Final = "pip-audit==2.10.1"
LONGEST_S: Final = 300.0
EXCEPTIONS: Final = Path(__file__).with_name("audit_exceptions.toml")
FOUND, AWAY = 1, 3


class Flaw(NamedTuple):
    """A known vulnerability of a locked package: the id of its advisory, and a line that describes it."""

    id: str
    line: str


class Report(NamedTuple):
    """Result of one index.

    Attributes:
        asked: number of packages that were checked.
        found: vulnerabilities of these packages.
        trouble: why packages could not be checked; empty if all were.
    """

    asked: int
    found: list[Flaw]
    trouble: str


class Accepted(NamedTuple):
    """An entry of `audit_exceptions.toml`: the id of an advisory, the last day of the exception, and its reason."""

    id: str
    until: date
    reason: str


def of_pip_audit(answer: dict[str, Any]) -> Report:
    """Read the JSON of pip-audit."""
    packages = answer.get("dependencies") or []
    if not packages:
        return Report(0, [], str(answer.get("message") or "pip-audit gave no report"))
    skipped = [package["skip_reason"] for package in packages if "skip_reason" in package]
    found = [
        Flaw(
            flaw["id"],
            f"{package['name']} {package['version']}: {flaw['id']}, "
            + (f"fixed in {', '.join(flaw['fix_versions'])}" if flaw["fix_versions"] else "without a fixed version"),
        )
        for package in packages
        for flaw in package.get("vulns", ())
    ]
    trouble = f"{len(skipped)} of {len(packages)} packages: {skipped[0]}" if skipped else ""
    return Report(len(packages) - len(skipped), found, trouble)


def of_npm(answer: dict[str, Any]) -> Report:
    """Read the JSON of `npm audit`."""
    if "vulnerabilities" not in answer:
        return Report(0, [], str(answer.get("message") or answer.get("error") or "npm gave no report"))
    # A package that is only affected through another one names that package in `via`, which has its own entry.
    found = [
        Flaw(identifier := advisory["url"].rpartition("/")[2], f"{name}: {identifier}, {advisory['severity']}")
        for name, package in answer["vulnerabilities"].items()
        for advisory in package["via"]
        if isinstance(advisory, dict)
    ]
    return Report(answer["metadata"]["dependencies"]["total"], found, "")


def ask(command: Sequence[str], folder: Path) -> dict[str, Any]:
    """Run a command and return the JSON that it prints; only a `message` if it prints none."""
    try:
        answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LONGEST_S, check=False)
    except subprocess.TimeoutExpired:
        return {"message": f"{command[0]} took longer than {LONGEST_S:.0f} s"}
    try:
        loaded: dict[str, Any] = json.loads(answer.stdout)
    except json.JSONDecodeError:
        lines = (answer.stderr or answer.stdout).strip().splitlines()
        return {"message": lines[-1] if lines else f"exit code {answer.returncode}"}
    return loaded


def audit() -> dict[str, Report]:
    """Check every lock file."""
    uv = [str(Path(sys.executable).with_name("uv")), "tool", "run", PIP_AUDIT, "--disable-pip", "--require-hashes"]
    reports = {}
    for lock in LOCKS:
        command = [*uv, "--progress-spinner=off", "--format=json", "--requirement", str(ROOT / lock)]
        reports[lock] = of_pip_audit(ask(command, ROOT))
    reports["web/package-lock.json"] = of_npm(ask(["npm", "audit", "--omit=dev", "--json"], ROOT / "web"))
    return reports


def accepted_flaws(text: str) -> list[Accepted]:
    """Read `audit_exceptions.toml`.

    Raises:
        ValueError: an exception lacks its id, a date or a reason.
    """
    exceptions = tomllib.loads(text).get("exception", [])
    for entry in exceptions:
        if not (entry.get("id") and type(entry.get("until")) is date and entry.get("reason")):
            raise ValueError(f"an exception needs id, until (a date such as 2027-01-31) and reason: {entry}")
    return [Accepted(entry["id"], entry["until"], entry["reason"]) for entry in exceptions]


def main() -> int:
    """Check, print the results, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--may-be-away", action="store_true", help="an unreachable index is not an error")
    is_away_fine = parser.parse_args().may_be_away
    today = datetime.now(UTC).date()
    accepted = {entry.id: entry for entry in accepted_flaws(EXCEPTIONS.read_text(encoding="utf-8"))}
    reports = audit()
    is_flawed = False
    for name, report in reports.items():
        print(f"{name}: {report.asked} packages checked, {len(report.found)} known vulnerabilities")
        for flaw in report.found:
            entry = accepted.get(flaw.id)
            if entry is None:
                print(f"  {flaw.line}")
            elif entry.until < today:
                print(f"  {flaw.line}; its exception ended on {entry.until}")
            else:
                print(f"  {flaw.line}; accepted until {entry.until}: {entry.reason}")
            is_flawed |= entry is None or entry.until < today
        if report.trouble:
            print(f"  not checked: {report.trouble}")
    for unused in accepted.keys() - {flaw.id for report in reports.values() for flaw in report.found}:
        print(f"{EXCEPTIONS.name}: {unused} was not found")
    if is_flawed:
        return FOUND
    return AWAY if any(report.trouble for report in reports.values()) and not is_away_fine else 0


if __name__ == "__main__":
    sys.exit(main())
