"""The CRD matches the models: the file is up to date, and every rule has the same message in CEL and Python."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from scripts.make_crd import TARGET, crd_text

from flighttracker.errors import SpecError
from flighttracker.spec import read_tracker
from flighttracker_operator.crd import RULES, Rule, custom_resource_definition, deprecated_fields
from tests.apiserver.rule_example import Example
from tests.apiserver.rule_examples import EXAMPLES

CRD = custom_resource_definition()
SCHEMAS = {version["name"]: version["schema"]["openAPIV3Schema"] for version in CRD["spec"]["versions"]}
SCHEMA = SCHEMAS["v1beta1"]
ANNOTATION_BYTES = 262_144
"""Most that all annotations of an object may have; `kubectl apply` writes the whole definition into one."""

OF_A_TEMPLATE = re.compile(r"spec\.\w+\.podTemplate\.|spec\.podTemplate\.(containers|initContainers)\[\]")


def rule_of(example: Example) -> Rule:
    found = [
        rule
        for rule in RULES[example.model]
        if rule.path == example.path and example.words in rule.allowed.replace("<<oldSelf.provider>>", "builtin")
    ]
    assert len(found) == 1, f"{example} stands for {len(found)} rules"
    return found[0]


def nodes(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield path, schema
    for name, member in schema.get("properties", {}).items():
        yield from nodes(member, f"{path}.{name}".lstrip("."))
    for word in ("items", "additionalProperties"):
        if word in schema:
            yield from nodes(schema[word], f"{path}[]")


def resource(spec: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "flighttracker.io/v1alpha1",
        "kind": "FlightTracker",
        "metadata": {"name": "example"},
        "spec": spec,
    }


def test_the_crd_in_the_chart_is_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == crd_text(), "stale: run `make generate`"


def test_every_rule_has_an_example() -> None:
    with_example = {(example.model, rule_of(example)) for example in EXAMPLES}
    assert {(model, rule) for model, rules in RULES.items() for rule in rules} == with_example


@pytest.mark.parametrize("example", [example for example in EXAMPLES if example.before is None], ids=str)
def test_a_file_that_breaks_a_rule_is_rejected_with_the_same_message(example: Example) -> None:
    with pytest.raises(SpecError) as caught:
        read_tracker(resource(example.bad))
    (mistake,) = caught.value.mistakes
    assert mistake.path.startswith(f"{example.at}.{example.path}")
    assert "s3cret" not in str(mistake)
    without_values = re.sub(r'(,| of) [\d.]+( s)?|; "[^"]*" is neither', "", mistake.allowed)
    words = rule_of(example).allowed.replace("<<self.provider>>", provider(example))
    # The command line names the one that is set; CEL lists all that may be.
    one, several = (re.sub(r"(?<=combined with )\w+( or \w+)*(?=:)", "…", text) for text in (without_values, words))
    assert one == several


def provider(example: Example) -> str:
    part = example.bad.get(example.at.removeprefix("spec."), {})
    return str(part.get("provider", "builtin"))


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_similar_file_that_keeps_the_rule_is_accepted(example: Example) -> None:
    read_tracker(resource(example.good))


def test_every_model_with_rules_is_in_the_schema() -> None:
    found = [rule["rule"] for _, node in nodes(SCHEMA["properties"]["spec"]) for rule in _rules(node)]
    assert {rule.condition for rules in RULES.values() for rule in rules} == set(found)


def _rules(node: Mapping[str, Any]) -> list[dict[str, str]]:
    return list(node.get("x-kubernetes-validations", []))


def test_every_version_has_the_same_fields_defaults_and_rules() -> None:
    """The API server converts by changing `apiVersion` only: it would drop a field that one version lacks."""
    assert list(SCHEMAS) == ["v1beta1", "v1alpha1"]
    first, *others = (dict(_without_descriptions(nodes(schema))) for schema in SCHEMAS.values())
    assert others == [first] * len(others)
    assert [version["name"] for version in CRD["spec"]["versions"] if version["storage"]] == ["v1alpha1"]


def _without_descriptions(found: Iterator[tuple[str, Mapping[str, Any]]]) -> Iterator[tuple[str, dict[str, Any]]]:
    nested = ("description", "properties", "items", "additionalProperties")
    for path, node in found:
        yield path, {key: value for key, value in node.items() if key not in nested}


def test_kubectl_apply_can_store_the_definition_in_an_annotation() -> None:
    size = len(json.dumps(CRD, separators=(",", ":"), ensure_ascii=False).encode())
    assert size < ANNOTATION_BYTES * 0.95, (
        f"{size:,} bytes: shorten descriptions, or reuse a part instead of repeating it"
    )


def test_every_field_has_a_description() -> None:
    for version, schema in SCHEMAS.items():
        fields = [path for path, node in nodes(schema["properties"]["spec"], "spec") if "description" not in node]
        missing = [path for path in fields if not path.endswith("[]") and not OF_A_TEMPLATE.match(path)]
        assert [path for path in missing if version == "v1alpha1" or not path.startswith("spec.source.")] == []


def test_a_deprecated_field_says_what_to_use() -> None:
    assert deprecated_fields() == ["source"]
    for schema in SCHEMAS.values():
        description = schema["properties"]["spec"]["properties"]["source"]["description"]
        assert description.startswith("Deprecated: list the source in `sources`")


def test_every_string_list_and_map_has_a_maximum_size() -> None:
    """The API server estimates the cost of CEL rules from these bounds, and rejects a CRD without them."""
    endless = []
    for path, node in nodes(SCHEMA["properties"]["spec"], "spec"):
        kind = node.get("type")
        bounded = (
            kind not in ("string", "array", "object")
            or "maxLength" in node
            or "maxItems" in node
            or "maxProperties" in node
            or "properties" in node
            or node.get("x-kubernetes-preserve-unknown-fields")
        )
        if not bounded:
            endless.append(path)
    assert endless == []


def test_the_default_of_spec_contains_the_defaults_of_its_fields() -> None:
    default = SCHEMA["properties"]["spec"]["default"]
    assert default["kafka"]["partitions"] == 6
    assert default["gateway"]["replicas"] == 2


def test_columns_and_subresources_use_existing_fields() -> None:
    version = CRD["spec"]["versions"][0]
    known = {path for path, _ in nodes(SCHEMA, "")}
    paths = [column["jsonPath"] for column in version["additionalPrinterColumns"]]
    scale = version["subresources"]["scale"]
    paths += [scale["specReplicasPath"], scale["statusReplicasPath"], scale["labelSelectorPath"]]
    plain = [re.sub(r"\[.*\]", "[]", path).lstrip(".") for path in paths]
    assert [path for path in plain if path not in known and path != "metadata.creationTimestamp"] == []
