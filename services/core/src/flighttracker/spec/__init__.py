"""The `FlightTracker` resource as typed models: parsed, defaulted and validated.

`tracker.py` has the resource itself, and each of the other modules one part of it. `parse.py` builds it from a text or
from an object of the API server and reports every mistake at once. The CRD is generated from the same models: a
cluster accepts what `flighttracker validate` accepts.
"""

from flighttracker.spec.advice import warnings_of
from flighttracker.spec.feeds import Beast, Sbs
from flighttracker.spec.fields import SpecModel
from flighttracker.spec.gateway import Gateway
from flighttracker.spec.history import History
from flighttracker.spec.page import Ingress, Web
from flighttracker.spec.parse import ParsedResource, parse_resources, parse_tracker, read_tracker, write_tracker
from flighttracker.spec.servers import Kafka, Redis, SchemaRegistrySpec
from flighttracker.spec.source import (
    AnySource,
    NamedSource,
    OpenSky,
    Readsb,
    Simulated,
    Source,
    Vatsim,
    VirtualRadar,
)
from flighttracker.spec.tracker import (
    API_VERSION,
    API_VERSIONS,
    GROUP,
    KIND,
    STORED_API_VERSION,
    STORED_VERSION,
    VERSIONS,
    FlightTracker,
    FlightTrackerSpec,
    Metadata,
)

__all__ = [
    "API_VERSION",
    "API_VERSIONS",
    "GROUP",
    "KIND",
    "STORED_API_VERSION",
    "STORED_VERSION",
    "VERSIONS",
    "AnySource",
    "Beast",
    "FlightTracker",
    "FlightTrackerSpec",
    "Gateway",
    "History",
    "Ingress",
    "Kafka",
    "Metadata",
    "NamedSource",
    "OpenSky",
    "ParsedResource",
    "Readsb",
    "Redis",
    "Sbs",
    "SchemaRegistrySpec",
    "Simulated",
    "Source",
    "SpecModel",
    "Vatsim",
    "VirtualRadar",
    "Web",
    "parse_resources",
    "parse_tracker",
    "read_tracker",
    "warnings_of",
    "write_tracker",
]
