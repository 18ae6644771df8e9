"""The `FlightTracker` resource: what a person writes, parsed, defaulted and checked.

`tracker.py` holds the whole, one module beside it each part; `parse.py` turns text or an object of the API server into
it and reports every mistake at once. The CRD is generated from these models, so that a file which `flighttracker
validate` accepts is one that a cluster accepts.
"""

from flighttracker.spec.fields import SpecModel
from flighttracker.spec.gateway import Gateway
from flighttracker.spec.page import Ingress, Web
from flighttracker.spec.parse import parse_tracker, read_tracker, write_tracker
from flighttracker.spec.servers import Kafka, Redis, SchemaRegistrySpec
from flighttracker.spec.source import OpenSky, Readsb, Simulated, Source
from flighttracker.spec.tracker import API_VERSION, GROUP, KIND, VERSION, FlightTracker, FlightTrackerSpec, Metadata

__all__ = [
    "API_VERSION",
    "GROUP",
    "KIND",
    "VERSION",
    "FlightTracker",
    "FlightTrackerSpec",
    "Gateway",
    "Ingress",
    "Kafka",
    "Metadata",
    "OpenSky",
    "Readsb",
    "Redis",
    "SchemaRegistrySpec",
    "Simulated",
    "Source",
    "SpecModel",
    "Web",
    "parse_tracker",
    "read_tracker",
    "write_tracker",
]
