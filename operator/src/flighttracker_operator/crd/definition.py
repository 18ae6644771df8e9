"""The definition around the schema: names, subresources and the columns of `kubectl get ft`."""

from __future__ import annotations

from typing import Any, Final

from flighttracker.spec import GROUP, KIND, VERSION, FlightTracker
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


def custom_resource_definition() -> dict[str, Any]:
    """Return the definition as a JSON object; always the same."""
    resource = structural_schema(FlightTracker)
    properties = resource["properties"]
    schema = {
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
            "versions": [
                {
                    "name": VERSION,
                    "served": True,
                    "storage": True,
                    "subresources": {
                        "status": {},
                        "scale": {
                            "specReplicasPath": ".spec.gateway.replicas",
                            "statusReplicasPath": ".status.gateways.replicas",
                            "labelSelectorPath": ".status.gateways.selector",
                        },
                    },
                    "additionalPrinterColumns": [
                        {"name": name, "type": kind, "jsonPath": path, "description": description}
                        for name, kind, path, description in COLUMNS
                    ],
                    "schema": {"openAPIV3Schema": schema},
                }
            ],
        },
    }
