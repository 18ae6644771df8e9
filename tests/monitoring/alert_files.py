"""The alerts of the product as files, and promtool, for the tests of this folder."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from flighttracker_operator.manifests.alert import EVERYTHING, Alert, Selection, rule_group
from flighttracker_operator.manifests.operator_alerts import operator_alerts
from flighttracker_operator.manifests.tracker_alerts import tracker_alerts

FILES: Final = Path(__file__).parents[2] / "charts/flighttracker/files"
PROMTOOL_S: Final = 150.0
"""All rules with all faults take 6 s; a machine with ten times as much to do as it has cores was seen to need 60."""


def program(name: str) -> str:
    """Return the path of `prometheus` or `promtool`, or skip."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: on Debian and Ubuntu, apt-get install prometheus")
    return found


def all_alerts(of: Selection = EVERYTHING) -> list[Alert]:
    """Return the alerts of a tracker and those of the operator."""
    return [*tracker_alerts(of), *operator_alerts()]


def write_rules(path: Path, of: Selection) -> None:
    """Write the rules of a tracker and of the operator into one file."""
    groups = [rule_group("tracker", tracker_alerts(of), of.labels), rule_group("operator", operator_alerts(), {})]
    path.write_text(yaml.safe_dump({"groups": groups}), encoding="utf-8")


def promtool(*arguments: str) -> tuple[int, str]:
    """Run promtool, and return its exit code and what it prints."""
    command = [program("promtool"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PROMTOOL_S, check=False)
    return done.returncode, done.stdout + done.stderr


def run_rule_tests(folder: Path, rules: Path, tests: list[dict[str, Any]]) -> tuple[int, str]:
    """Run `promtool test rules` with unit tests in Prometheus' own format."""
    file = folder / "tests.yaml"
    document = {"rule_files": [str(rules)], "evaluation_interval": "1m", "tests": tests}
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return promtool("test", "rules", str(file))
