"""`spec.history` → the settings of the historians. Pure; `plan` calls it.

A folder is that of a pod: `flighttracker local` replaces it by one of the user.
"""

from __future__ import annotations

from typing import Final

from flighttracker.settings import HistorianSettings, S3Settings, ServerSettings
from flighttracker.spec.history import History, HistoryBucket
from flighttracker.spec.quantities import in_seconds, in_units
from flighttracker.spec.tracker import FlightTracker

HISTORY_DIRECTORY: Final = "/var/lib/flighttracker/history"
"""Where a historian's pod mounts the volume with its files."""
HISTORY_SHARE: Final = 0.85
"""Part of the volume that files may fill by default; the rest is for files that are being written or compacted."""
HISTORIAN_PORT: Final = 8090
"""Port at which gateways ask a historian in a pod."""
ACCESS_KEY: Final = "AWS_ACCESS_KEY_ID"
SECRET_KEY: Final = "AWS_SECRET_ACCESS_KEY"  # noqa: S105 - the key of a Secret, not its value


def plan_history(
    tracker: FlightTracker, servers: ServerSettings | None, secrets_directory: str, *, host: str, metrics_port: int
) -> HistorianSettings | None:
    """Return the settings of every historian; None if the tracker keeps no history.

    Args:
        tracker: the resource.
        servers: how to reach Kafka and the registry; None for the bus in memory.
        secrets_directory: directory with one directory for each Secret.
        host: address to listen on.
        metrics_port: port of the probes and /metrics.
    """
    history = tracker.spec.history
    if not history.enabled:
        return None
    bucket = history.storage.s3
    return HistorianSettings(
        tracker=tracker.metadata.name,
        host=host,
        port=HISTORIAN_PORT,
        metrics_port=metrics_port,
        folder="" if bucket else HISTORY_DIRECTORY,
        s3=_bucket(tracker, bucket, secrets_directory) if bucket else None,
        retention_hours=in_seconds(history.retention) / 3600,
        max_bytes=_most_bytes(history),
        time_to_live_s=tracker.spec.gateway.time_to_live_seconds,
        servers=servers,
    )


def history_prefix(tracker: FlightTracker, bucket: HistoryBucket) -> str:
    """Return the prefix of the files in a bucket."""
    return bucket.prefix or f"{tracker.metadata.namespace or 'default'}/{tracker.metadata.name}"


def _most_bytes(history: History) -> int:
    """Return how many bytes the files may have; 0 for no limit."""
    if history.size_limit is not None:
        return int(in_units(history.size_limit))
    return int(float(in_units(history.volume.size)) * HISTORY_SHARE) if history.volume else 0


def _bucket(tracker: FlightTracker, bucket: HistoryBucket, secrets_directory: str) -> S3Settings:
    credentials = f"{secrets_directory}/{bucket.credentials_secret}" if bucket.credentials_secret else ""
    return S3Settings(
        bucket=bucket.bucket,
        prefix=history_prefix(tracker, bucket),
        endpoint=bucket.endpoint or "",
        region=bucket.region or S3Settings(bucket="").region,
        access_key_file=f"{credentials}/{ACCESS_KEY}" if credentials else "",
        secret_key_file=f"{credentials}/{SECRET_KEY}" if credentials else "",
        ca_file=f"{secrets_directory}/{bucket.ca_secret}/ca.crt" if bucket.ca_secret else "",
    )
