from __future__ import annotations

from pathlib import Path

import pytest

from flighttracker.errors import StartError
from flighttracker.spec import parse_tracker
from flighttracker_cli import packaged_files
from flighttracker_cli.examples import crd_text, example_summaries, example_text
from flighttracker_cli.packaged_files import Folder, find_folder

ROOT = Path(__file__).parents[3]


def test_every_example_is_listed_with_a_sentence() -> None:
    summaries = example_summaries()
    assert set(summaries) == {path.stem for path in (ROOT / "examples").glob("*.yaml")}
    assert [name for name, summary in summaries.items() if len(summary) < 20 or not summary.endswith((".", ":"))] == []


def test_an_example_is_a_valid_resource() -> None:
    assert parse_tracker(example_text("minimal"), source="minimal").metadata.name == "minimal"


def test_an_unknown_example_is_reported_with_the_known_ones() -> None:
    with pytest.raises(
        StartError, match="there is no example nothing: choose one of adsb-lol, aircraft-table, autoscaling, base-path"
    ):
        example_text("nothing")


def test_the_crd_is_that_of_the_chart() -> None:
    assert "name: flighttrackers.flighttracker.io" in crd_text()


def test_the_files_of_the_wheel_come_before_those_of_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tmp_path / "flighttracker_cli/packaged_files.py"
    monkeypatch.setattr(packaged_files, "__file__", str(module))
    assert find_folder(Folder.PAGE) is None
    with pytest.raises(StartError, match="this installation has no examples"):
        example_summaries()
    (tmp_path / "web/out").mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()
    assert find_folder(Folder.PAGE) == tmp_path / "web/out"
    (tmp_path / "flighttracker_cli/files/page").mkdir(parents=True)
    assert find_folder(Folder.PAGE) == tmp_path / "flighttracker_cli/files/page"
