"""`make audit`: checks the locked packages for known vulnerabilities in the advisories of PyPI and npm.

Without a connection pip-audit reports "none" and npm prints nothing. Both are therefore read as JSON, and only packages
that were checked count. Exit codes: 0 without known vulnerabilities, 1 with some, 3 if an index was unreachable (0 with
`--may-be-away`, for machines without internet access; the message is printed all the same).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT: Final = Path(__file__).parents[1]
LOCKS: Final = ("requirements.lock", "requirements-operator.lock", "requirements-dev.lock")
PIP_AUDIT: Final = "pip-audit==2.10.1"
LONGEST_S: Final = 300.0
FOUND, AWAY = 1, 3


class Report(NamedTuple):
    """Result of one index.

    Attributes:
        asked: how many packages it was asked about.
        found: vulnerabilities, one a line.
        trouble: why something could not be asked, empty when all was.
    """

    asked: int
    found: list[str]
    trouble: str


def of_pip_audit(answer: dict[str, Any]) -> Report:
    """Read the JSON of pip-audit."""
    packages = answer.get("dependencies") or []
    if not packages:
        return Report(0, [], str(answer.get("message") or "pip-audit gave no report"))
    skipped = [package["skip_reason"] for package in packages if "skip_reason" in package]
    found = [
        f"{package['name']} {package['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or 'none'}"
        for package in packages
        for flaw in package.get("vulns", ())
    ]
    trouble = f"{len(skipped)} of {len(packages)} packages: {skipped[0]}" if skipped else ""
    return Report(len(packages) - len(skipped), found, trouble)


def of_npm(answer: dict[str, Any]) -> Report:
    """Read the JSON of `npm audit`."""
    if "vulnerabilities" not in answer:
        return Report(0, [], str(answer.get("message") or answer.get("error") or "npm gave no report"))
    found = [f"{name}: {flaw['severity']}" for name, flaw in answer["vulnerabilities"].items()]
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


def main() -> int:
    """Check, print the results, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--may-be-away", action="store_true", help="an unreachable index is not an error")
    is_away_fine = parser.parse_args().may_be_away
    reports = audit()
    for name, report in reports.items():
        print(f"{name}: {report.asked} packages asked about, {len(report.found)} vulnerabilities known")
        for line in report.found:
            print(f"  {line}")
        if report.trouble:
            print(f"  not asked: {report.trouble}")
    if any(report.found for report in reports.values()):
        return FOUND
    return AWAY if any(report.trouble for report in reports.values()) and not is_away_fine else 0


if __name__ == "__main__":
    sys.exit(main())
