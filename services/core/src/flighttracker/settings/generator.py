"""Settings of a generator."""

from __future__ import annotations

import msgspec

from flighttracker.bounding_box import BoundingBox
from flighttracker.settings.base import Settings, TracingSettings
from flighttracker.settings.servers import ServerSettings


class HttpAccessSettings(Settings, frozen=True):
    """HTTP requests of a source: headers, account and certificates.

    Passwords and keys are never in this struct, only the names of their files (mounted Secrets). The files are read for
    each request, so a change takes effect without a restart.
    """

    user_agent: str = ""
    """`User-Agent`; empty: flighttracker and its version."""
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    """Additional headers, without secrets."""
    username_file: str = ""
    """File with the user name of basic authentication; empty: none."""
    password_file: str = ""
    """File with the password of basic authentication; empty: none."""
    token_file: str = ""
    """File with a bearer token; empty: none."""
    api_key_file: str = ""
    """File with an API key; empty: none."""
    api_key_header: str = ""
    """Header with the API key."""
    api_key_query: str = ""
    """Query parameter with the API key."""
    ca_file: str = ""
    """Trusted certificates, PEM; empty for those of the system."""
    certificate_file: str = ""
    """Our client certificate, PEM; empty for none."""
    key_file: str = ""
    """The key of `certificate_file`, PEM, without a passphrase."""
    state_directory: str = ""
    """Directory that stores a pause requested by the server, for the next start; empty: only in memory."""
    is_private_forbidden: bool = False
    """Whether only addresses of the public internet are allowed."""


class SimulatedSource(Settings, frozen=True, tag="simulated"):
    """Simulated traffic."""

    name: str = "simulated"
    """Name of the source in positions, metrics and logs, unique in a tracker. Each kind of source has it."""
    aircraft: int = 10_000
    """Number of aircraft, on the ground and in the air; 1 to 100,000."""
    countries: dict[str, float] = msgspec.field(default_factory=dict)
    """Weight of the traffic by country (ISO 3166-1 alpha-2); empty for worldwide traffic with realistic weights."""
    seed: int = 1
    """The same seed gives the same fleet and the same flights."""
    interval_s: float = 15.0
    """Seconds between two positions of one aircraft, at least 1. Aircraft are spread over the interval."""


class OpenSkySource(Settings, frozen=True, tag="opensky"):
    """OpenSky's REST state vectors."""

    name: str = "opensky"
    """Name of the source, unique in its tracker."""
    url: str = "https://opensky-network.org/api/states/all"
    """Address of the state vectors."""
    token_url: str = "https://auth.opensky-network.org/auth/realms/opensky-network/protocol/openid-connect/token"  # noqa: S105
    """Address that exchanges client id and secret for a token."""
    credentials_directory: str = ""
    """Directory with the files `client_id` and `client_secret` (a mounted Secret); empty for anonymous requests."""
    bounding_box: BoundingBox | None = None
    """Part of the world that is requested; None for all of it."""
    interval_s: float = 90.0
    """Seconds between two requests. An account without a feeder has 4,000 credits a day: about 86 s for the world."""
    request_timeout_s: float = 30.0
    """How long one request may take, including its answer."""
    max_answer_bytes: int = 32 * 1024 * 1024
    """Larger answers are rejected; the whole world is about 1.5 MB."""
    vehicles: bool = False
    """Whether surface vehicles and obstacles are shown too."""
    access: HttpAccessSettings = msgspec.field(default_factory=HttpAccessSettings)
    """Headers and certificates of the requests."""


class ReadsbSource(Settings, frozen=True, tag="readsb"):
    """`aircraft.json` of readsb, dump1090 or a tar1090 site."""

    url: str
    """Address of `aircraft.json`."""
    name: str = "readsb"
    """Name of the source, unique in its tracker."""
    interval_s: float = 1.0
    """Seconds between two requests."""
    request_timeout_s: float = 10.0
    """How long one request may take, including its answer."""
    max_answer_bytes: int = 32 * 1024 * 1024
    """Larger answers are rejected."""
    vehicles: bool = False
    """Whether surface vehicles and obstacles are shown too."""
    non_icao_addresses: bool = False
    """Whether targets whose address is not ICAO's are shown too."""
    access: HttpAccessSettings = msgspec.field(default_factory=HttpAccessSettings)
    """Headers, account and certificates of the requests."""


class VirtualRadarSource(Settings, frozen=True, tag="virtualRadar"):
    """`AircraftList.json` of Virtual Radar Server."""

    url: str
    """Address of the list."""
    name: str = "virtualRadar"
    """Name of the source in positions, metrics and logs."""
    interval_s: float = 1.0
    """Seconds between two requests."""
    request_timeout_s: float = 10.0
    """Seconds that a request may take."""
    max_answer_bytes: int = 32 * 1024 * 1024
    """Larger answers are rejected."""
    vehicles: bool = False
    """Whether surface vehicles and obstacles are shown too."""
    non_icao_addresses: bool = False
    """Whether targets whose address is not ICAO's are shown too."""
    access: HttpAccessSettings = msgspec.field(default_factory=HttpAccessSettings)
    """Account, headers and certificates."""


class VatsimSource(Settings, frozen=True, tag="vatsim"):
    """The data feed of VATSIM."""

    url: str = "https://data.vatsim.net/v3/vatsim-data.json"
    """Address of the data feed."""
    name: str = "vatsim"
    """Name of the source in positions, metrics and logs."""
    interval_s: float = 15.0
    """Seconds between two requests."""
    request_timeout_s: float = 30.0
    """Seconds that a request may take."""
    max_answer_bytes: int = 32 * 1024 * 1024
    """Larger answers are rejected."""
    access: HttpAccessSettings = msgspec.field(default_factory=HttpAccessSettings)
    """Account, headers and certificates."""


class BeastSource(Settings, frozen=True, tag="beast"):
    """Mode S Beast over TCP: this process connects to a receiver, or feeders connect to this process."""

    name: str = "beast"
    """Name of the source in positions, metrics and logs."""
    connect: str = ""
    """Address of the receiver, "host:port"; empty: feeders connect."""
    listen_host: str = ""
    """Address for feeders; empty for all of them, which `allowed_networks` restricts."""
    listen_port: int = 30004
    """Port for feeders if `connect` is empty; 0 for a free one."""
    max_feeders: int = 16
    """Most connections at a time."""
    allowed_networks: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    """Networks of feeders."""
    receiver_deg: tuple[float, float] | None = None
    """Latitude and longitude of the receiver, for positions on the surface."""
    interval_s: float = 1.0
    """Seconds between two positions of one aircraft."""
    idle_s: float = 180.0
    """A connection that is silent for longer is closed: receivers send a sign of life every 60 s."""
    vehicles: bool = False
    """Whether surface vehicles and obstacles are shown too."""
    non_icao_addresses: bool = False
    """Whether targets whose address is not ICAO's are shown too."""
    is_private_forbidden: bool = False
    """Whether only addresses of the public internet are allowed."""


class SbsSource(Settings, frozen=True, tag="sbs"):
    """BaseStation lines over TCP."""

    connect: str
    """Address of the receiver, "host:port"."""
    name: str = "sbs"
    """Name of the source in positions, metrics and logs."""
    interval_s: float = 1.0
    """Seconds between two positions of one aircraft."""
    idle_s: float = 180.0
    """A connection that is silent for longer is closed."""
    non_icao_addresses: bool = False
    """Whether targets whose address is not ICAO's are shown too."""
    is_private_forbidden: bool = False
    """Whether only addresses of the public internet are allowed."""


SourceSettings = (
    SimulatedSource | OpenSkySource | ReadsbSource | VirtualRadarSource | VatsimSource | BeastSource | SbsSource
)


class AircraftTableSettings(Settings, frozen=True):
    """Table with registration, type and operator by address."""

    url: str = ""
    """Address of the table; empty for a file."""
    file: str = ""
    """The table, or a folder of shards."""
    directory: str = ""
    """Directory that links in `file` must not lead out of; empty: any."""
    interval_s: float = 86_400.0
    """Seconds between two requests to `url`."""
    request_timeout_s: float = 600.0
    """Longest time that a request and the reading of the table may take."""
    access: HttpAccessSettings = msgspec.field(default_factory=HttpAccessSettings)
    """Headers, account and certificates of the requests."""


class GeneratorSettings(Settings, frozen=True):
    """Everything the generator needs."""

    tracker: str = "local"
    """Name of the FlightTracker; a label on metrics and part of channel names."""
    sources: tuple[SourceSettings, ...] = (SimulatedSource(),)
    """The sources of the tracker, the best one first."""
    replica: int = 0
    """Part of this process: simulated aircraft with `hash(icao24) % replicas == replica`, and each real source whose
    number among the real ones is `replica` modulo `replicas`."""
    replicas: int = 1
    """Number of generators that share the fleet."""
    max_buffered_records: int = 100_000
    """Most records that wait for an unavailable bus, about 300 bytes each; then the oldest are dropped."""
    metrics_port: int = 9100
    """Port of /metrics and /health; 0 for none (in local mode, the gateway's /metrics has everything)."""
    tracing: TracingSettings | None = None
    """Where traces are sent; None turns tracing off."""
    aircraft_table: AircraftTableSettings | None = None
    """Who an aircraft is, for sources that do not know; None without a table."""
    servers: ServerSettings | None = None
    """How to reach Kafka and the schema registry; None for the bus in memory, in one process with the gateway."""
