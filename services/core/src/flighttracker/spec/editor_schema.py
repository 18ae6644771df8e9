"""The JSON Schema of a FlightTracker for editors: completion, descriptions and mistakes while one types.

It comes from the same models as the CRD. Rules over several fields cannot be expressed in it; `flighttracker validate`
checks those too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flighttracker.spec.tracker import API_VERSIONS, KIND, FlightTracker

DIALECT: Final = "http://json-schema.org/draft-07/schema#"
"""The version that editors support best; every keyword in use has the same meaning in later ones."""
_QUANTITY: Final = "x-kubernetes-int-or-string"


def editor_schema() -> dict[str, Any]:
    """Return the schema."""
    schema = FlightTracker.model_json_schema(by_alias=True)
    schema = {"$schema": DIALECT, "title": KIND, **_readable(schema, schema["$defs"])}
    schema["properties"]["apiVersion"] = {"enum": list(API_VERSIONS), "description": "Version of the resource."}
    schema["properties"]["kind"] = {"const": KIND, "description": "Kind of the resource."}
    schema["required"] = ["apiVersion", "kind", "metadata"]
    return schema


def _readable(node: Any, parts: Mapping[str, Any]) -> Any:
    """Return a schema without null, which Kubernetes drops, and with numbers where a quantity may be one."""
    if isinstance(node, list):
        return [_readable(each, parts) for each in node]
    if not isinstance(node, dict):
        return node
    if "anyOf" in node:
        options = [option for option in node["anyOf"] if option.get("type") != "null"]
        if len(options) == 1:
            outer = {key: value for key, value in node.items() if key not in ("anyOf", "default")}
            # Draft 7 ignores what stands beside a reference.
            inner = {"allOf": options} if "$ref" in options[0] else options[0]
            return _readable({**inner, **outer}, parts)
    if "allOf" not in node and "$ref" in node and len(node) > 1:
        node = {"allOf": [{"$ref": node["$ref"]}], **{key: node[key] for key in node if key != "$ref"}}
    if "allOf" in node and "description" not in node:  # the same as that of its model
        name = node["allOf"][0]["$ref"].rpartition("/")[2]
        node = {**node, "description": parts[name].get("description", "")}
    plain = {key: _readable(value, parts) for key, value in node.items() if not key.startswith("x-kubernetes-")}
    if ("type" in node or "allOf" in node) and isinstance(node.get("default"), dict):
        del plain["default"]  # repeats the defaults of the fields inside
    if node.get(_QUANTITY):
        plain["type"] = ["string", "integer"]
    return plain
