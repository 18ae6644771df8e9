"""The text of a Compose file: deterministic, readable, and without a `$` that Compose would replace."""

from __future__ import annotations

import re

import yaml
from scripts.make_compose import TARGET, content

from flighttracker.spec import parse_tracker
from flighttracker_cli.compose.compose_text import compose_text
from flighttracker_cli.compose.document import compose_document
from flighttracker_cli.compose.inputs import Options
from flighttracker_cli.tracker_file import minimal_tracker


def test_the_file_of_the_repository_is_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == content()


def test_the_text_is_the_document() -> None:
    read = yaml.safe_load(content().replace("$$", "$"))
    assert read == compose_document(minimal_tracker(), Options())


def test_only_the_port_is_a_variable() -> None:
    assert re.findall(r"\$\{?\w+", content().replace("$$", "")) == ["${FLIGHTTRACKER_PORT"]


def test_the_comment_says_how_the_file_was_made_and_where_the_map_is() -> None:
    tracker = parse_tracker(
        "apiVersion: flighttracker.io/v1alpha1\nkind: FlightTracker\nmetadata: {name: safe}\n"
        "spec: {gateway: {tls: {secretName: cert}}}",
        source="test",
    )
    text = compose_text(tracker, Options(port=8443), "flighttracker compose safe.yaml > compose.yaml")
    assert text.startswith("# yaml\n# FlightTracker 'safe' for Docker Compose.")
    assert "\n#   flighttracker compose safe.yaml > compose.yaml\n" in text
    assert "https://localhost:8443" in text
    assert "# Secrets are the files below secrets" in text
    assert "Secrets are" not in content()


def test_numbers_to_the_base_of_sixty_stay_text() -> None:
    """`user: 1:30` would be 90 for a reader of YAML 1.1."""
    assert re.search(r'^    user: "0:0"$', content(), re.MULTILINE)
