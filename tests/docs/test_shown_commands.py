"""Every command that a page shows is run by a test, at the level that has what it needs.

Those that need nothing but files are run here, as they are written.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@dataclass(frozen=True, slots=True)
class Level:
    """The commands that one file runs: those that `command` matches, and what in the file shows that it runs them."""

    command: str
    file: str
    shown_by: str


HERE = "tests/docs/test_shown_commands.py"
LEVELS = (
    Level(r"flighttracker (schema|validate|examples|compose) ", HERE, "def test_a_command_that_needs_files_only"),
    Level(r"make (run|test-unit|setup-dev|help|images)\b", HERE, "def test_make_knows_the_target_and_its_variables"),
    Level(r"flighttracker history export ", "tests/docs/test_history_analysis.py", 'blocks("sh")'),
    Level(r"flighttracker local", "tests/pipeline/test_cli_local.py", "def test_local_serves_flights"),
    Level(r"flighttracker follow ", "tests/pipeline/test_follow_stream.py", '"follow"'),
    Level(r"curl .*localhost:8000/api/", "tests/pipeline/test_api_guide.py", "test_a_command_is_answered"),
    Level(r"curl .*localhost:8000/metrics", "tests/pipeline/test_gateway_rest.py", "/metrics"),
    Level(r"python3 -m venv ", "tests/install/test_install.py", '"-m", "venv"'),
    Level(r"pip install dist/", "tests/install/test_install.py", '"install"'),
    Level(r"uvx --from dist/", "tests/install/test_install.py", "def test_uvx_shows_the_map"),
    Level(r"docker run ", "tests/compose/test_single_container.py", '"run"'),
    Level(
        r"docker compose (up|down)", "tests/compose/test_compose_project.py", "def test_every_container_is_killed_once"
    ),
    Level(r"helm install ", "tests/cluster/cluster_fixtures.py", "helm"),
    Level(r"helm upgrade ", "tests/cluster/test_release.py", "def test_upgrade_and_rollback"),
    Level(r"kubectl (wait|port-forward)", "tests/cluster/test_live_map.py", '"port-forward"'),
    Level(r"kubectl exec TRACKER-kafka", "tests/workloads/test_builtin_kafka_login.py", "run_documented"),
    Level(r"kubectl|openssl rand", "tests/apiserver/test_documented_commands.py", "def test_commands_work_as_written"),
)

NOT_RUN = {
    "git clone": "the address is the reader's",
    "kind ": "kind needs a Docker that may nest containers, which CI's machines do not allow",
    "cosign verify-blob": "there is no signed release before the first tag",
    "pmtiles extract https://": "it reads from another project's server",
    "sha256sum --check --ignore-missing SHA256SUMS": "as above",
}


def commands(page: Path) -> list[str]:
    """Return the commands of a page, without comments; a line that ends in a backslash goes on in the next."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", page.read_text(encoding="utf-8"), re.M | re.S)
    found = []
    for block in blocks:
        text = re.sub(r" *\\\n *", " ", re.sub(r"<<(\w+)\n.*?^ *\1$", "", block, flags=re.M | re.S))
        found += [line.strip().partition(" #")[0].strip() for line in text.splitlines()]
    return [line.replace(".venv/bin/", "") for line in found if line and not line.startswith("#")]


SHOWN = [(page.relative_to(ROOT).as_posix(), command) for page in PAGES for command in commands(page)]


def of(level: str) -> list[str]:
    """Return the commands that the rule of this file whose proof starts with `level` has, each once."""
    [rule] = [rule for rule in LEVELS if rule.file == HERE and level in rule.shown_by]
    return sorted({command for _, command in SHOWN if re.match(rule.command, command)})


def test_pages_show_commands() -> None:
    assert len(SHOWN) > 60
    for start in (*(rule.command for rule in LEVELS), *(re.escape(start) for start in NOT_RUN)):
        assert any(re.match(start, command) for _, command in SHOWN), f"no page shows {start}: remove the rule"


@pytest.mark.parametrize(("page", "command"), SHOWN)
def test_a_shown_command_is_run_by_a_test(page: str, command: str) -> None:
    if any(command.startswith(start) for start in NOT_RUN):
        return
    rules = [rule for rule in LEVELS if re.match(rule.command, command)]
    assert rules, f"{page}: no test runs {command!r}: run it, and name the test in LEVELS"
    assert rules[0].shown_by in (ROOT / rules[0].file).read_text(encoding="utf-8")


@pytest.mark.parametrize("command", of("needs_files_only"))
def test_a_command_that_needs_files_only(command: str, tmp_path: Path) -> None:
    """In a folder with the two files that pages speak of, and with the program of this environment on the PATH."""
    example = (ROOT / "examples/europe.yaml").read_text(encoding="utf-8")
    for name in ("my.yaml", "europe.yaml"):
        (tmp_path / name).write_text(example, encoding="utf-8")
    program = tmp_path / "bin" / "flighttracker"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\nexec {sys.executable} -c "from flighttracker_cli.main import main; main()" "$@"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    answer = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    target = re.search(r"> (\S+)$", command)
    assert (tmp_path / target[1]).stat().st_size > 100 if target else answer.stdout


@pytest.mark.parametrize("command", of("make_knows"))
def test_make_knows_the_target_and_its_variables(command: str) -> None:
    """What the targets do is tested elsewhere: the images by tests/cluster, the map by tests/install."""
    answer = subprocess.run([*command.split(), "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for variable in re.findall(r"\b([A-Z_]+)=", command):
        assert re.search(rf"\b{variable}\b", makefile), variable
