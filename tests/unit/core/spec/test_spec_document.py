"""Tests of YAML that is read as `kubectl` reads it, and of the errors for text that is not a tracker."""

from __future__ import annotations

from typing import Any

import pytest

from flighttracker.spec import parse_tracker
from tests.unit.core.spec.mistakes import HEAD, lines_of, lines_of_spec

BEGINS = "apiVersion: flighttracker.io/v1beta1, kind: FlightTracker, metadata: {name: …}, spec: {}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", f"the document is empty: a tracker begins with {BEGINS}"),
        ("# nothing but a comment\n---\n", f"the document is empty: a tracker begins with {BEGINS}"),
        ("- a\n- b\n", f'the document is ["a", "b"], but must begin with {BEGINS}'),
        ("hello", f'the document is "hello", but must begin with {BEGINS}'),
        (
            HEAD + "---\n" + HEAD,
            "the document has 2 FlightTrackers (the second begins on line 5): put each in its own file",
        ),
        ("a: &a [*a]", "the document is nested too deeply or repeats too much with anchors"),
        ("[" * 5000, "the document is nested too deeply or repeats too much with anchors"),
        ("spec: {a: 0x" + "f" * 20_000 + "}", "spec.a has a number that no field can have"),
        ("spec: {a: " + ":".join(["59"] * 5_000) + "}", "spec.a has a number that no field can have"),
        ("a" * 1_048_577, "the document is longer than 1,048,576 characters"),
        (HEAD + "spec:", "spec has no value: give it one ({} takes its defaults), or leave the field out"),
        (
            HEAD + "spec: !!python/object:os.system {}",
            "spec has the YAML tag tag:yaml.org,2002:python/object:os.system, but only the types of JSON are supported",
        ),
        (
            "apiVersion: flighttracker.io/v1alpha1\nkind: Pod\nspec: {containers: []}",
            'kind is "Pod", but must be FlightTracker',
        ),
        ("apiVersion: flighttracker.io/v1alpha1\nspec: {}", "kind is missing: write kind: FlightTracker"),
        (
            HEAD.replace("v1alpha1", "v2"),
            'apiVersion is "flighttracker.io/v2", but must be flighttracker.io/v1beta1 or flighttracker.io/v1alpha1',
        ),
        (
            "apiVersion: flighttracker.io/v1alpha1\nkind: FlightTracker\n",
            "metadata.name is missing: name of the tracker, and the prefix of the names of all its objects",
        ),
        (
            HEAD.replace("name: a", "name: My Map"),
            "metadata.name is \"My Map\", but must be lower-case letters, digits and '-', with a letter first and "
            "a letter or digit at the end",
        ),
        (
            HEAD.replace("name: a", "name: 9to5"),
            "metadata.name is \"9to5\", but must be lower-case letters, digits and '-', with a letter first and "
            "a letter or digit at the end",
        ),
        (
            HEAD.replace("name: a", f"name: {'a' * 41}"),
            f"metadata.name is \"{'a' * 41}\", but must be lower-case letters, digits and '-', "
            "with a letter first and a letter or digit at the end, at most 40 characters",
        ),
        (HEAD + "sepc: {}", "sepc is not a field: did you mean spec?"),
    ],
)
def test_a_document_that_is_not_a_tracker_is_reported(text: str, line: str) -> None:
    assert lines_of(text) == [line]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "spec:\n\tsource: {}",
            "line 2, column 1 (source: {}) begins with a tab: indent YAML with spaces",
        ),
        (
            "spec:\n  web: a: b",
            "line 2, column 9 (web: a: b) has an unexpected ':': check the indentation, or quote the value",
        ),
        (
            "spec:\n  web:\n    enabled: true\n   kafka: {}",
            "line 4, column 4 (kafka: {}) is not aligned with the lines before it: check the indentation",
        ),
        (
            "spec:\n  web: {enabled: true\n",
            "line 2, column 8 (web: {enabled: true) opens a bracket that is never closed, or has no ',' inside",
        ),
        ("spec:\n  host: 'abc\n", "line 2, column 9 (host: 'abc) opens a quote that is never closed"),
        ("spec: *nowhere", "line 1, column 7 (spec: *nowhere) is not YAML: found undefined alias 'nowhere'"),
        (
            "spec:\n  a\n  b: 1",
            "line 3, column 4 (b: 1) has an unexpected ':': check the indentation, or quote the value",
        ),
        ("a: !!int abc", "the document is not YAML: invalid literal for int() with base 10: 'abc'"),
        (
            "a: \0",
            "the document is not YAML: unacceptable character #x0000: special characters are not allowed in "
            '"<unicode string>", position 3',
        ),
    ],
)
def test_text_that_is_not_yaml_names_line_and_column(text: str, line: str) -> None:
    assert lines_of(text) == [line]


def test_a_bare_no_among_the_countries_is_reported() -> None:
    assert lines_of_spec("source: {simulated: {countries: {DE: 1, NO: 1}}}") == [
        'spec.source.simulated.countries has the key NO, which YAML reads as false: write "NO", in quotes'
    ]


def test_a_field_that_is_set_twice_is_reported_with_both_lines() -> None:
    assert lines_of(HEAD + "spec:\n  paused: true\n  web: {}\n  paused: false\n") == [
        "spec.paused is set twice: first on line 5, again on line 7"
    ]


@pytest.mark.parametrize("value", ["2024-01-01", "1:30:00"])
def test_values_are_those_that_kubectl_would_send(value: str) -> None:
    tracker = parse_tracker(HEAD + f"spec: {{podTemplate: {{labels: {{a: '{value}'}}}}}}", source="test")
    assert tracker.spec.pod_template.labels == {"a": value}


def test_a_date_without_quotes_is_text() -> None:
    tracker = parse_tracker(HEAD + "spec: {web: {tilesAttribution: 2024-01-01}}", source="test")
    assert tracker.spec.web.tiles_attribution == "2024-01-01"


def test_anchors_and_merges_are_read_as_kubectl_reads_them() -> None:
    spec: dict[str, Any] = {"web": "&small {replicas: 3}", "generator": "{<<: *small}"}
    text = HEAD + "spec:\n" + "".join(f"  {name}: {value}\n" for name, value in spec.items())
    assert parse_tracker(text, source="test").spec.generator.replicas == 3
