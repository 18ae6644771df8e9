"""The definition around the schema: names, versions, subresources and the columns of `kubectl get ft`.

Every version has the same fields, types, defaults and rules, so the API server converts objects by changing their
`apiVersion` (docs/adr/0005 says why and what follows). Only descriptions may differ.
"""

from __future__ import annotations

from typing import Any, Final

from flighttracker.spec import GROUP, KIND, STORED_VERSION, VERSIONS, FlightTracker, FlightTrackerSpec
from flighttracker_operator.crd.rules import NAME_RULES
from flighttracker_operator.crd.schema import structural_schema
from flighttracker_operator.crd.status import TrackerStatus

PLURAL: Final = "flighttrackers"

COLUMNS: Final = (
    (
        "Ready",
        "string",
        '.status.conditions[?(@.type=="Ready")].status',
        "Whether the map shows live flights and every part of the tracker is ready.",
    ),
    (
        "Reason",
        "string",
        '.status.conditions[?(@.type=="Ready")].reason',
        "Reason of the condition Ready, in one word.",
    ),
    ("Gateways", "string", ".status.gateways.summary", "Ready and desired gateways."),
    ("Aircraft", "integer", ".status.aircraft", "Aircraft on the map, rounded."),
    ("Clients", "integer", ".status.viewers", "Connected viewers, rounded."),
    ("Flights/s", "number", ".status.flightsPerSecond", "Positions a second that the generators write, rounded."),
    ("URL", "string", ".status.url", "Address of the map."),
    ("Age", "date", ".metadata.creationTimestamp", "Time since the tracker was created."),
)
"""Name, type, path and description of each column of `kubectl get ft`."""


OLDEST_VERSION: Final = "v1alpha1"
"""The version in which deprecated fields are described."""


def custom_resource_definition() -> dict[str, Any]:
    """Return the definition as a JSON object; always the same."""
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{PLURAL}.{GROUP}",
            "labels": {"app.kubernetes.io/name": "flighttracker", "app.kubernetes.io/component": "operator"},
        },
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {
                "plural": PLURAL,
                "singular": KIND.lower(),
                "kind": KIND,
                "listKind": f"{KIND}List",
                "shortNames": ["ft"],
            },
            "conversion": {"strategy": "None"},
            "versions": [_version(name) for name in VERSIONS],
        },
    }


def _version(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "served": True,
        "storage": name == STORED_VERSION,
        "subresources": {
            "status": {},
            "scale": {
                "specReplicasPath": ".spec.gateway.replicas",
                "statusReplicasPath": ".status.gateways.replicas",
                "labelSelectorPath": ".status.gateways.selector",
            },
        },
        "additionalPrinterColumns": [
            {"name": column, "type": kind, "jsonPath": path, "description": description}
            for column, kind, path, description in COLUMNS
        ],
        "schema": {"openAPIV3Schema": _schema(name)},
    }


def _schema(version: str) -> dict[str, Any]:
    resource = structural_schema(FlightTracker)
    properties = resource["properties"]
    if version != OLDEST_VERSION:
        for field in deprecated_fields():
            _remove_descriptions(properties["spec"]["properties"][field])
    return {
        "type": "object",
        "description": resource["description"],
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"type": "object"},
            "spec": properties["spec"],
            "status": structural_schema(TrackerStatus),
        },
        "x-kubernetes-validations": [rule.manifest() for rule in NAME_RULES],
    }


def deprecated_fields() -> list[str]:
    """Return the fields of `spec` that a later version will not have, by their names in YAML."""
    spec = FlightTrackerSpec.model_json_schema(by_alias=True)["properties"]
    return [name for name, schema in spec.items() if schema.get("deprecated")]


def _remove_descriptions(schema: dict[str, Any]) -> None:
    """Remove the descriptions inside a deprecated field: `kubectl apply` needs the whole definition in 256 KiB."""
    inside = [*schema.get("properties", {}).values()]
    inside += [schema[word] for word in ("items", "additionalProperties") if word in schema]
    for member in inside:
        member.pop("description", None)
        _remove_descriptions(member)
