"""The generated reference is complete: a field, setting, metric, command or condition without a description fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Counter
from scripts.reference import avro, commands, http_api, metrics, resource, settings, status

from flighttracker.settings.base import Settings
from flighttracker_schemas import flight_position_schema

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("part", ["spec", "status"])
def test_every_field_of_the_resource_has_a_description_and_a_row(part: str) -> None:
    page = resource.page()
    fields = resource.fields_of(part)
    assert len(fields) > 10
    assert [field.path for field in fields if not field.schema.get("description")] == []
    for field in fields[1:]:
        assert f"`{field.path.rpartition('.')[2]}`" in page


def test_a_field_has_its_range_its_default_and_an_example() -> None:
    (row,) = [line for line in resource.page().splitlines() if line.startswith("| `intervalSeconds`") and "45" in line]
    assert "number, " in row
    assert "OpenSky" in row or "requests" in row


def test_a_field_that_is_required_says_so() -> None:
    (row,) = [line for line in resource.page().splitlines() if line.startswith("| `bootstrapServers`")]
    assert "| required |" in row


def test_every_link_to_a_part_of_the_resource_has_its_heading() -> None:
    page = resource.page()
    fields = resource.fields_of("spec")
    described = [field for field in fields if "x-kubernetes-preserve-unknown-fields" not in field.schema]
    nested = [field for field in described if field.schema.get("properties") and field.path != "spec.source"]
    assert len(nested) > 20
    for field in nested:
        assert f"{{ #{resource.anchor(field.path)} }}" in page


def _undescribed(structs: list[type[Settings]]) -> Iterator[str]:
    for struct in structs:
        yield from (f"{struct.__name__}.{name}" for name, text in settings.docs_of(struct).items() if not text)


def test_every_setting_has_a_description() -> None:
    structs = settings.structs()
    assert len(structs) > 10
    assert list(_undescribed(structs)) == []


def test_a_setting_without_a_description_is_found() -> None:
    assert list(_undescribed([_Undescribed])) == ["_Undescribed.silent"]


class _Undescribed(Settings, frozen=True):
    """Settings of which one has no description."""

    said: int = 1
    """Described."""
    silent: int = 2


def test_every_metric_has_a_description_and_a_row() -> None:
    page = metrics.page()
    for registry in metrics.registries().values():
        described = list(metrics.metrics_of(registry))
        assert len(described) > 5
        for metric in described:
            assert metric.text.endswith("."), metric
            assert f"| `{metric.name}` |" in page


def test_the_metrics_of_the_page_are_those_that_a_role_exports() -> None:
    registry = CollectorRegistry()
    Counter("things", "Things.", ["kind"], registry=registry)
    assert list(metrics.metrics_of(registry)) == [metrics.Metric("things_total", "counter", ("kind",), "Things.")]


def test_every_command_has_its_help() -> None:
    page = commands.page()
    for name in commands.command_names():
        assert f"\n## {name}\n" in page
        assert f"Usage: flighttracker {name}" in page


def test_every_condition_has_a_description() -> None:
    assert set(status.CONDITIONS) == set(status.conditions())


def test_the_reasons_of_the_code_are_found_with_their_messages() -> None:
    found = status.reasons()
    names = {reason.name for reason in found}
    assert {"SecretMissing", "PolicyViolation", "Unreachable", "HostTaken", "SpecInvalid", "Paused", "Ready"} <= names
    assert status.Reason("Paused", "spec.paused is true: the operator changes nothing until it is false again") in found
    (held,) = [reason.message for reason in found if reason.name == "HostTaken"]
    assert held == (
        "host … already belongs to tracker …: choose another spec.ingress.host, or another spec.web.basePath below the "
        "same host"
    )


def test_reasons_that_the_documentation_names_exist() -> None:
    names = {reason.name for reason in status.reasons()}
    operations = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    table = operations.partition("| reason | meaning |")[2].partition("\n\n")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.count("|") > 2]
    named = {word for row in rows for word in row.split("`") if word.isalpha()}
    assert len(named) > 15
    assert named - names == set()


def test_every_route_of_the_api_has_a_section() -> None:
    page, document = http_api.page(), http_api.document()
    assert len(document["paths"]) > 5
    for path, item in document["paths"].items():
        for method in item:
            assert f"## {method.upper()} {path}\n" in page
            assert item[method].get("summary"), (method, path)


def test_every_field_of_a_position_has_a_row() -> None:
    page = avro.page()
    for field in flight_position_schema()["fields"]:
        assert f"| `{field['name']}` |" in page
