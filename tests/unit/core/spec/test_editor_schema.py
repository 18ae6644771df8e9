"""The JSON Schema for editors: it accepts what the models accept, and says what is wrong with the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from flighttracker.spec.editor_schema import editor_schema

ROOT = Path(__file__).parents[4]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
SCHEMA = editor_schema()


def errors_of(resource: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft7Validator(SCHEMA).iter_errors(resource)]


def tracker(**spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "flighttracker.io/v1alpha1",
        "kind": "FlightTracker",
        "metadata": {"name": "a", "uid": "1", "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": spec,
    }


def test_the_schema_is_valid() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_valid(path: Path) -> None:
    assert errors_of(yaml.safe_load(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"gatway": {}}, "'gatway' was unexpected"),
        ({"gateway": {"replicas": "two"}}, "'two' is not of type 'integer'"),
        ({"gateway": {"replicas": 1000}}, "1000 is greater than the maximum"),
        ({"kafka": {"provider": "pulsar"}}, "'pulsar' is not one of"),
        ({"source": {"readsb": {"url": None}}}, "None is not of type 'string'"),
        ({"ingress": {"host": None}}, "None is not of type 'string'"),
    ],
)
def test_what_the_models_reject_is_an_error(spec: dict[str, Any], words: str) -> None:
    assert any(words in error for error in errors_of(tracker(**spec))), errors_of(tracker(**spec))


@pytest.mark.parametrize("cpu", [2, "500m"])
def test_a_quantity_is_a_number_or_text(cpu: object) -> None:
    assert errors_of(tracker(generator={"resources": {"requests": {"cpu": cpu}}})) == []


def test_another_kind_is_an_error() -> None:
    assert errors_of({**tracker(), "kind": "Pod"}) == ["'FlightTracker' was expected"]


def test_editors_can_show_a_description_of_every_field() -> None:
    silent = [
        f"{name}.{field}"
        for name, part in SCHEMA["$defs"].items()
        for field, schema in part.get("properties", {}).items()
        if not schema.get("description")
    ]
    assert silent == []
