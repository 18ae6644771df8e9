"""The CustomResourceDefinition of FlightTracker, generated from the pydantic models of the resource.

`schema.py` converts the models to a structural schema, `rules.py` has the CEL rules over several fields, and
`status.py` is the model of `status`. `scripts/make_crd.py` writes the result to the chart; CI fails if that file is
stale.
"""

from flighttracker_operator.crd.definition import PLURAL, custom_resource_definition, deprecated_fields
from flighttracker_operator.crd.rule import Rule
from flighttracker_operator.crd.rules import RULES
from flighttracker_operator.crd.status import Condition, GatewayNumbers, HistoryStatus, TrackerStatus

__all__ = [
    "PLURAL",
    "RULES",
    "Condition",
    "GatewayNumbers",
    "HistoryStatus",
    "Rule",
    "TrackerStatus",
    "custom_resource_definition",
    "deprecated_fields",
]
