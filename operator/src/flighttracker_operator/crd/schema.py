"""Converts pydantic models to a structural schema, which a CustomResourceDefinition requires.

A structural schema has no references, no null, no `additionalProperties: false` (the API server prunes unknown fields,
and kubectl rejects them), and one type for each value. An object whose fields have defaults also gets a default itself,
with all of them: the API server only fills in fields of objects that exist, and validates a default before it does.
`definition.py` is the only caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel

from flighttracker_operator.crd.rules import RULES

Schema = dict[str, Any]

_KEPT = (
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "maxProperties",
    "pattern",
    "format",
    "x-kubernetes-int-or-string",
    "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
)
"""Keywords with the same meaning in both schemas."""

_ABRIDGED: Final = ("PodTemplate", "Container")
"""Models of which the schema has only what rules read; the operator validates the others. Six copies of all fields,
which `spec.podTemplate` describes, would be a third of the definition, whose size `kubectl apply` limits."""
_READ_BY_RULES: Final = ("containers", "initContainers", "name", "image", "command", "args")
_BOUNDS_OF_RULES: Final = (
    "type",
    "items",
    "maxItems",
    "maxLength",
    "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
)


def structural_schema(model: type[BaseModel]) -> Schema:
    """Return the structural schema of a model, with the `RULES` of the model and its parts."""
    root = model.model_json_schema(by_alias=True)
    return _structural(root, root.get("$defs", {}), model.__name__)


def _structural(node: Mapping[str, Any], parts: Mapping[str, Any], name: str = "") -> Schema:
    node, name = _resolved(node, parts, name)
    schema: Schema = {}
    if "description" in node:
        schema["description"] = " ".join(node["description"].split())
    if "x-kubernetes-int-or-string" not in node:
        schema["type"] = node["type"]
    if "const" in node or "enum" in node:
        schema["enum"] = node.get("enum", [node.get("const")])
        if node["type"] == "string":  # CEL can only concatenate strings of bounded length
            schema["maxLength"] = max(map(len, schema["enum"]))
    schema |= {key: node[key] for key in _KEPT if key in node}
    if "exclusiveMinimum" in node:  # a boolean in OpenAPI 3.0
        schema |= {"minimum": node["exclusiveMinimum"], "exclusiveMinimum": True}
    if "items" in node:
        schema["items"] = _structural(node["items"], parts)
    if node.get("x-kubernetes-preserve-unknown-fields"):
        schema["x-kubernetes-preserve-unknown-fields"] = True
    elif isinstance(node.get("additionalProperties"), Mapping):
        schema["additionalProperties"] = _structural(node["additionalProperties"], parts)
    if name in _ABRIDGED:
        fields = {
            key: _structural(node["properties"][key], parts) for key in _READ_BY_RULES if key in node["properties"]
        }
        schema |= {
            "x-kubernetes-preserve-unknown-fields": True,
            "properties": {
                key: {word: value for word, value in field.items() if word in _BOUNDS_OF_RULES}
                for key, field in fields.items()
            },
        }
        if name != "PodTemplate":
            del schema["description"]  # an item of a list, which spec.podTemplate describes
    elif "properties" in node:
        schema["properties"] = {key: _structural(value, parts) for key, value in node["properties"].items()}
    if "required" in node:
        schema["required"] = node["required"]
    if node.get("default") is not None:
        schema["default"] = _without_nulls(node["default"])
    if name in RULES:
        schema["x-kubernetes-validations"] = [rule.manifest() for rule in RULES[name]]
    return schema


def _resolved(node: Mapping[str, Any], parts: Mapping[str, Any], name: str) -> tuple[Mapping[str, Any], str]:
    """Return a node with its reference resolved and without null, and the name of its model."""
    if "anyOf" in node:
        options = [option for option in node["anyOf"] if option.get("type") != "null"]
        if len(options) != 1:
            raise TypeError(f"a structural schema allows one type for each value, but this node has several: {node}")
        node = {**options[0], **{key: value for key, value in node.items() if key != "anyOf"}}
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        node = {**parts[name], **{key: value for key, value in node.items() if key != "$ref"}}
    return node, name


def _without_nulls(default: Any) -> Any:
    if not isinstance(default, dict):
        return default
    return {key: _without_nulls(value) for key, value in default.items() if value is not None}
