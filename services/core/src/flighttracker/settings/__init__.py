"""Settings of each role: frozen structs with everything that a role needs to run. `plan` derives them from a resource.

A pod reads its struct from a mounted file (`read_settings`); `flighttracker local` passes the same struct to the same
`run(settings, bus, clock)`. Only `read_settings` does I/O.
"""

from flighttracker.settings.base import ALL_ADDRESSES, TracingSettings
from flighttracker.settings.files import read_settings, write_settings
from flighttracker.settings.gateway import (
    AuthSettings,
    BaseMapSettings,
    GatewaySettings,
    LimitSettings,
    OverlaySettings,
    PhotoSettings,
    SourceSummary,
    TlsSettings,
)
from flighttracker.settings.generator import (
    AircraftTableSettings,
    BeastSource,
    GeneratorSettings,
    HttpAccessSettings,
    OpenSkySource,
    ReadsbSource,
    SbsSource,
    SimulatedSource,
    SourceSettings,
    VatsimSource,
    VirtualRadarSource,
)
from flighttracker.settings.historian import HistorianSettings, S3Settings
from flighttracker.settings.servers import KafkaSettings, RedisSettings, RegistrySettings, ServerSettings

__all__ = [
    "ALL_ADDRESSES",
    "AircraftTableSettings",
    "AuthSettings",
    "BaseMapSettings",
    "BeastSource",
    "GatewaySettings",
    "GeneratorSettings",
    "HistorianSettings",
    "HttpAccessSettings",
    "KafkaSettings",
    "LimitSettings",
    "OpenSkySource",
    "OverlaySettings",
    "PhotoSettings",
    "ReadsbSource",
    "RedisSettings",
    "RegistrySettings",
    "S3Settings",
    "SbsSource",
    "ServerSettings",
    "SimulatedSource",
    "SourceSettings",
    "SourceSummary",
    "TlsSettings",
    "TracingSettings",
    "VatsimSource",
    "VirtualRadarSource",
    "read_settings",
    "write_settings",
]
