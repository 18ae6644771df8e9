"""What a generator needs to run."""

from __future__ import annotations

import msgspec

from flighttracker.bounding_box import BoundingBox
from flighttracker.settings.base import Settings, TracingSettings
from flighttracker.settings.servers import ServerSettings


class SimulatedSource(Settings, frozen=True, tag="simulated"):
    """Simulated traffic."""

    aircraft: int = 10_000
    """How many aircraft exist, on the ground or in the air; 1 to 100,000."""
    countries: dict[str, float] = msgspec.field(default_factory=dict)
    """Weight of the traffic by ISO 3166 alpha-2 code; empty means the whole world, as busy as it is."""
    seed: int = 1
    """The same seed gives the same fleet and the same flights."""
    interval_s: float = 15.0
    """Seconds between two positions of one aircraft; 1 is the least. Aircraft are spread over the interval."""


class OpenSkySource(Settings, frozen=True, tag="opensky"):
    """OpenSky's REST state vectors."""

    url: str = "https://opensky-network.org/api/states/all"
    token_url: str = "https://auth.opensky-network.org/auth/realms/opensky-network/protocol/openid-connect/token"  # noqa: S105
    credentials_directory: str = ""
    """Directory with the files `client_id` and `client_secret` (a mounted Secret); empty asks without an account."""
    bounding_box: BoundingBox | None = None
    interval_s: float = 90.0
    """Seconds between two requests. An account without a feeder has 4,000 credits a day: about 86 s for the world."""
    request_timeout_s: float = 30.0
    max_answer_bytes: int = 32 * 1024 * 1024
    """A larger answer is refused: the whole world is about 1.5 MB."""


class ReadsbSource(Settings, frozen=True, tag="readsb"):
    """`aircraft.json` of readsb, dump1090 or a tar1090 site."""

    url: str
    interval_s: float = 1.0
    request_timeout_s: float = 10.0
    max_answer_bytes: int = 32 * 1024 * 1024


SourceSettings = SimulatedSource | OpenSkySource | ReadsbSource


class GeneratorSettings(Settings, frozen=True):
    """Everything the generator needs."""

    tracker: str = "local"
    """Name of the FlightTracker; a label on metrics and part of channel names."""
    source: SourceSettings = msgspec.field(default_factory=SimulatedSource)
    replica: int = 0
    """Which part of the fleet this process produces: `hash(icao24) % replicas == replica`."""
    replicas: int = 1
    max_buffered_records: int = 100_000
    """Records that wait while the bus is away, about 300 bytes each; when there are more, the oldest are dropped."""
    metrics_port: int = 9100
    """Port of /metrics and /health; 0 serves none (local mode: the gateway's /metrics has everything)."""
    tracing: TracingSettings | None = None
    """Where traces go; None makes none."""
    servers: ServerSettings | None = None
    """Where Kafka and the schema registry are; None in one process with the gateway, on the bus in memory."""
