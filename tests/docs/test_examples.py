"""Every example is a valid resource, alone in its file, and starts with its purpose."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from flighttracker_cli.tracker_file import minimal_tracker, read_tracker_file

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
EXPECTED = {
    "adsb-lol",
    "aircraft-table",
    "autoscaling",
    "base-path",
    "beast",
    "beast-feeders",
    "busy",
    "dump1090-fa",
    "europe",
    "external",
    "history",
    "maps",
    "minimal",
    "opensky",
    "opensky-account",
    "readsb",
    "readsb-password",
    "sbs",
    "pods",
    "strimzi",
    "tls",
    "two-receivers",
    "vatsim",
    "virtual-radar",
}  # fmt: skip


def test_there_is_an_example_for_each_scenario() -> None:
    assert {path.stem for path in EXAMPLES} == EXPECTED


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_valid(path: Path) -> None:
    assert read_tracker_file(str(path)).kind == "FlightTracker"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_begins_with_its_purpose(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("# ")


def test_examples_have_different_names() -> None:
    names = [read_tracker_file(str(path)).metadata.name for path in EXAMPLES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_secret_of_an_example_comes_with_its_command(path: Path) -> None:
    """Each `…Secret: NAME` has a `kubectl create secret … NAME` in the comments, and is offered to trackers."""
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"^ *(?:# )?\w*[sS]ecret: ([a-z0-9-]+)$", text, re.M))
    made = set(re.findall(r"kubectl create secret (?:generic|tls) ([a-z0-9-]+)", text))
    assert named <= made
    labelled = {
        name
        for line in re.findall(r"kubectl label secret (.+) flighttracker.io/use=true", text)
        for name in line.split()
    }
    assert made == labelled


def test_the_minimal_example_sets_nothing() -> None:
    document = yaml.safe_load((ROOT / "examples/minimal.yaml").read_text(encoding="utf-8"))
    assert document["spec"] == {}


def test_without_a_file_a_command_uses_the_minimal_example() -> None:
    assert minimal_tracker() == read_tracker_file(str(ROOT / "examples/minimal.yaml"))
