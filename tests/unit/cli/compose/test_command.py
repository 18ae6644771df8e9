"""`flighttracker compose` as users run it: output, warnings, errors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
COMMAND = str(Path(sys.executable).with_name("flighttracker"))


def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [COMMAND, "compose", *arguments]
    return subprocess.run(command, cwd=ROOT, input=stdin, capture_output=True, text=True, timeout=60, check=False)


def test_the_command_prints_the_file_of_the_repository() -> None:
    answer = run()
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == (ROOT / "compose.yaml").read_text(encoding="utf-8")


def test_warnings_are_not_in_the_file() -> None:
    answer = run("examples/autoscaling.yaml")
    assert answer.returncode == 0
    assert answer.stderr.startswith("warning: spec.gateway.autoscaling: Compose does not scale by itself")
    assert answer.stdout.startswith("# yaml\n# FlightTracker 'autoscaling'")


def test_the_comment_repeats_the_options(tmp_path: Path) -> None:
    target = tmp_path / "map.yaml"
    options = ("--port", "8001", "--project-name", "flights", "--image", "services=own:1")
    assert run("examples/europe.yaml", *options, "--output", str(target)).stdout == ""
    assert "flighttracker compose examples/europe.yaml --port 8001 --project-name flights --image services=own:1 >" in (
        target.read_text(encoding="utf-8")
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("examples/strimzi.yaml",), "error: spec.kafka.provider: strimzi needs Kubernetes: use builtin"),
        (("missing.yaml",), "error: missing.yaml: cannot be read: No such file or directory"),
        (("examples",), "error: examples: is a directory"),
        (("--output", "missing/compose.yaml"), "error: --output missing/compose.yaml: cannot be written: No such file"),
        (("--image", "services"), "error: --image services must be NAME=IMAGE"),
        (("--image", "page=x"), "error: --image page does not exist: choose one of services, web"),
        (("--project-name", "My Map"), "error: --project-name My Map must have only small letters"),
    ],
)
def test_a_mistake_is_one_line(arguments: tuple[str, ...], words: str) -> None:
    answer = run(*arguments)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith(words)
    assert answer.stderr.count("\n") == 1


def test_mistakes_of_the_resource_are_reported() -> None:
    answer = run("-", stdin="apiVersion: flighttracker.io/v1alpha1\nkind: FlightTracker\nspec: {}\n")
    assert answer.returncode == 2
    assert answer.stderr.startswith("-:1: metadata.name is missing")
