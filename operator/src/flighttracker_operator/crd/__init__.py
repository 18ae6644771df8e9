"""The CustomResourceDefinition of FlightTracker, made from the typed resource.

`schema.py` turns pydantic models into a structural schema, `rules.py` has the rules over several fields in CEL, and
`status.py` is what the operator writes. `scripts/make_crd.py` writes the result into the chart; CI fails when the file
there is another. Pure: nothing here knows a cluster.
"""

from flighttracker_operator.crd.definition import PLURAL, custom_resource_definition
from flighttracker_operator.crd.rules import RULES, Rule
from flighttracker_operator.crd.status import Condition, GatewayNumbers, TrackerStatus

__all__ = ["PLURAL", "RULES", "Condition", "GatewayNumbers", "Rule", "TrackerStatus", "custom_resource_definition"]
