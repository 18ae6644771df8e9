"""Settings of a historian: where it keeps positions, how exactly, and for how long."""

from __future__ import annotations

from flighttracker.settings.base import Settings
from flighttracker.settings.servers import ServerSettings


class S3Settings(Settings, frozen=True):
    """A bucket of an S3-compatible store. The files hold credentials; they are read again when they change."""

    bucket: str
    """Name of the bucket, which exists."""
    prefix: str = ""
    """Path inside the bucket, without a slash at its ends; empty for the bucket itself."""
    endpoint: str = ""
    """URL of the store: `https://s3.example.com`, `http://minio:9000`; empty for AWS."""
    region: str = "us-east-1"
    """Region of the bucket; most other stores accept any."""
    access_key_file: str = ""
    """File with the access key id (a mounted Secret); empty for those of the environment, as AWS gives to pods."""
    secret_key_file: str = ""
    """File with the secret access key (a mounted Secret)."""
    ca_file: str = ""
    """Trusted certificates, PEM; empty for those of the system."""
    timeout_s: float = 20.0
    """How long one request may take."""


class HistorianSettings(Settings, frozen=True):
    """Everything a historian needs. Exactly one of `folder` and `s3` is set."""

    tracker: str = "local"
    """Name of the FlightTracker."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = 8090
    """Port of the history's API, for gateways; 0 serves none."""
    metrics_port: int = 0
    """Port of /health, /ready and /metrics; 0 serves none."""
    folder: str = ""
    """Folder of the files, which one historian writes into."""
    s3: S3Settings | None = None
    """Bucket of the files, which any number of historians write into."""
    retention_hours: float = 7 * 24.0
    """How long positions are kept, counted back from the newest one that is kept."""
    max_bytes: int = 0
    """Most bytes of all files: the oldest hours are removed first. 0: no limit."""
    flush_s: float = 60.0
    """Seconds between two files of a shard: the newest positions are in no file for this long."""
    max_waiting_rows: int = 500_000
    """Most rows that wait for the store, about 100 bytes each. With more, the historian stops reading until it stores
    them."""
    tolerance_m: float = 30.0
    """An aircraft's position is kept if its speed and track since the last kept one lead further from it than this.
    0 keeps every position."""
    max_silence_s: float = 60.0
    """A position is kept at least this often, so that a gap is not mistaken for a straight flight."""
    time_to_live_s: float = 300.0
    """How long an aircraft of the past stays in the sky after its last position, as in the gateways' picture."""
    group: str = "flights-historians"
    """Consumer group of the historians of a tracker, which share the shards."""
    servers: ServerSettings | None = None
    """How to reach Kafka, Redis and the registry; None for the bus in memory, in one process with the generator."""
