"""Tests of texts with several resources, and of the line of each mistake."""

from __future__ import annotations

from textwrap import dedent

import pytest

from flighttracker.errors import SpecError
from flighttracker.spec import parse_resources, parse_tracker
from tests.unit.core.spec.mistakes import HEAD

SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: account}\nstringData: {username: pi}\n"
LIST = dedent("""\
    apiVersion: v1
    kind: List
    items:
      - apiVersion: flighttracker.io/v1alpha1
        kind: FlightTracker
        metadata: {name: a}
        spec: {}
      - apiVersion: flighttracker.io/v1alpha1
        kind: FlightTracker
        metadata: {name: b}
        spec:
          gateway:
            replicas: two
    """)


def mistakes_in(text: str) -> list[tuple[int, str]]:
    return [(mistake.line, mistake.path) for resource in parse_resources(text) for mistake in resource.mistakes]


def test_a_list_has_a_resource_for_each_item_and_the_lines_are_those_of_the_text() -> None:
    first, second = parse_resources(LIST)
    assert (first.name, first.line, first.mistakes) == ("a", 4, ())
    assert first.tracker is not None
    assert (second.name, second.line, second.tracker) == ("b", 8, None)
    assert mistakes_in(LIST) == [(13, "spec.gateway.replicas")]


@pytest.mark.parametrize(
    ("spec", "line", "path"),
    [
        ("spec:\n  gatway: {}", 5, "spec.gatway"),
        ("spec:\n  gateway:\n    allowedOrigins:\n    - '*'\n    - none", 8, "spec.gateway.allowedOrigins[1]"),
        ("spec:\n  podTemplate:\n    labels:\n      example.org/a: 1", 7, 'spec.podTemplate.labels["example.org/a"]'),
        ("spec:\n  source:\n    readsb: {}", 6, "spec.source.readsb.url"),
        ("spec:\n  paused: true\n  web: {}\n  paused: false", 7, "spec.paused"),
        ("spec:\n  source:\n    opensky:", 6, "spec.source.opensky"),
        ("spec:\n  gateway:\n    timeToLiveSeconds: 5", 6, "spec.gateway.timeToLiveSeconds"),
        ("spec:\n  generator: &a\n    replicas: 0\n  web: *a", 6, "spec.generator.replicas"),
    ],
)  # fmt: skip
def test_a_mistake_has_its_line_and_a_missing_field_that_of_the_part_around_it(spec: str, line: int, path: str) -> None:
    assert (line, path) in mistakes_in(HEAD + spec + "\n")


def test_the_lines_of_a_second_document_are_those_of_the_text() -> None:
    assert mistakes_in(HEAD + "---\n" + HEAD + "spec:\n  gatway: {}\n") == [(9, "spec.gatway")]


def test_resources_of_other_kinds_beside_a_tracker_are_neither_checked_nor_in_the_way() -> None:
    text = SECRET + "---\n" + HEAD
    secret, tracker = parse_resources(text)
    assert (secret.kind, secret.name, secret.tracker, secret.mistakes) == ("Secret", "account", None, ())
    assert tracker.tracker is not None
    assert parse_tracker(text, source="test").metadata.name == "a"


def test_a_text_without_a_tracker_is_a_mistake() -> None:
    assert mistakes_in(SECRET) == [(1, "apiVersion"), (2, "kind")]


def test_a_document_without_a_kind_beside_a_tracker_is_a_mistake() -> None:
    assert mistakes_in(HEAD + "---\nspec: {}\n") == [(5, "apiVersion"), (5, "kind")]


def test_two_trackers_cannot_run_in_one_command() -> None:
    with pytest.raises(SpecError, match=r"the document has 2 FlightTrackers \(the second begins on line 8\)"):
        parse_tracker(LIST, source="test")


def test_an_empty_list_is_an_empty_text() -> None:
    with pytest.raises(SpecError, match="the document is empty"):
        parse_resources("apiVersion: v1\nkind: List\nitems: []\n")


def test_many_items_of_one_anchor_are_bounded_together() -> None:
    items = "\n".join("- *a" for _ in range(2000))
    text = f"kind: List\nmetadata: &a {{{', '.join(f'k{n}: 1' for n in range(20))}}}\nitems:\n{items}\n"
    with pytest.raises(SpecError, match="is nested too deeply or repeats too much with anchors"):
        parse_resources(text)
