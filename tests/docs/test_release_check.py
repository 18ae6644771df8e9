"""A release: one version in all files, notes from the changelog, and workflows that call targets that exist."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from scripts.release import CHART, NPM_PACKAGES, ReleaseError, mistakes, notes, versions, write

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The files of the repository that have a version, and the changelog."""
    for name in ("pyproject.toml", f"{CHART}/Chart.yaml", *NPM_PACKAGES, "CHANGELOG.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_versions_of_this_repository_agree() -> None:
    assert list(mistakes(ROOT, "")) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "place"),
    [
        (f"{CHART}/Chart.yaml", "\nversion: 0.1.0", "\nversion: 0.2.0", f"{CHART}/Chart.yaml version"),
        (f"{CHART}/Chart.yaml", "appVersion: 0.1.0", "appVersion: 0.2.0", f"{CHART}/Chart.yaml appVersion"),
        ("web/package.json", '"version": "0.1.0"', '"version": "0.2.0"', "web/package.json"),
        ("web/client/package.json", '"version": "0.1.0"', '"version": "0.2.0"', "web/client/package.json"),
    ],
)
def test_a_version_that_differs_is_named(repository: Path, name: str, old: str, new: str, place: str) -> None:
    change(repository / name, old, new)
    assert list(mistakes(repository, "")) == [f"{place} is 0.2.0, but pyproject.toml has 0.1.0: change them together"]


def test_a_tag_needs_its_version_and_its_changes(repository: Path) -> None:
    assert list(mistakes(repository, "v0.2.0")) == [
        "the tag is v0.2.0, but pyproject.toml has 0.1.0: tag v0.1.0, or change the version",
        "CHANGELOG.md has no section '## 0.1.0': rename '## Unreleased', and begin a new one",
    ]
    change(repository / "CHANGELOG.md", "## Unreleased\n", "## Unreleased\n\n## [0.1.0] - 2026-01-01\n")
    assert list(mistakes(repository, "v0.1.0")) == []
    assert notes(repository, "0.1.0").startswith("### Added\n")
    assert list(mistakes(repository, "")) == ["the section '## Unreleased' of CHANGELOG.md is empty: say what changes"]


def test_a_release_without_a_wheel_says_how_to_build_it(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="dist/ must have one wheel and one sdist, but has 0 files: run make dist"):
        write(repository, tmp_path / "out", "Unreleased")
    assert not (tmp_path / "out").exists()


def test_the_workflow_pushes_the_chart_and_publishes_the_npm_package(tmp_path: Path) -> None:
    """Their names begin alike: a pattern for one must not find the other."""
    names = ("flighttracker-0.1.0.tgz", "flighttracker-client-0.1.0.tgz", "flighttracker-0.1.0.tar.gz")
    for name in names:
        (tmp_path / name).touch()
    text = "\n".join(commands_of(ROOT / ".github/workflows/release.yml"))
    patterns = re.findall(r"build/release/(flighttracker-\S+gz)", text)
    assert len(patterns) == 3
    assert [[path.name for path in tmp_path.glob(pattern)] for pattern in patterns] == [
        [name] for name in names[:1] + names[2:] + names[1:2]
    ]


def test_the_version_of_the_installed_package_is_in_the_project() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", versions(ROOT)["pyproject.toml"])


def commands_of(workflow: Path) -> list[str]:
    jobs: dict[str, Any] = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]
    steps = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    matrix = [
        row["run"] for job in jobs.values() for row in job.get("strategy", {}).get("matrix", {}).get("include", ())
    ]
    return [*steps, *matrix]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_targets_of_a_workflow_exist(workflow: Path) -> None:
    called = [
        target
        for command in commands_of(workflow)
        for words in re.findall(r"\bmake ((?:--\w+ )?[a-z][a-z -]*)", command)
        for target in words.split()
        if not target.startswith("-")
    ]
    assert called
    assert set(called) <= TARGETS


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_to_a_commit(workflow: Path) -> None:
    used = re.findall(r"uses: (\S+)", workflow.read_text(encoding="utf-8"))
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action)] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_only_read_unless_it_says_otherwise(workflow: Path) -> None:
    assert yaml.safe_load(workflow.read_text(encoding="utf-8"))["permissions"] == {"contents": "read"}


def test_every_level_of_tests_is_in_the_text_for_contributors() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    levels = {path.parent.relative_to(ROOT).parts[1] for path in ROOT.glob("tests/*/**/test_*.py")}
    assert len(levels) > 8
    assert {level for level in levels if f"](tests/{level})" not in text} == set()


def test_every_level_of_tests_runs_in_a_workflow() -> None:
    ci = "\n".join(commands_of(ROOT / ".github/workflows/ci.yml"))
    contract = {"test-contract", "test-unit", "test-chart"}  # part of `make test`
    levels = {target for target in TARGETS if target == "test" or target.startswith("test-")} - contract
    assert {level for level in levels if not re.search(rf"\b{level}(?![-\w])", ci)} == set()
