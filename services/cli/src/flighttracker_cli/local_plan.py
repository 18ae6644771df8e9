"""The plan of a tracker that runs on this computer, without the Secrets and servers of a cluster.

`local.py` runs it, and `follow.py` shows one of its aircraft.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from flighttracker.errors import StartError
from flighttracker.plan import Listening, Plan, plan
from flighttracker.settings import (
    GatewaySettings,
    HistorianSettings,
    KafkaSettings,
    RedisSettings,
    RegistrySettings,
    ServerSettings,
)
from flighttracker.spec import FlightTracker

_logger = logging.getLogger(__name__)

LOCALHOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8000

LOOPBACK_NAMES: Final = ("localhost", "*.localhost", "host.docker.internal", "host.containers.internal")
"""Names of this computer that no public name server can give to others; containers know it by the last two."""

LOCAL_HISTORY_HOURS: Final = 24.0
LOCAL_HISTORY_BYTES: Final = 2_000_000_000
LOCAL_FLUSH_S: Final = 30.0
"""Shorter than in a cluster: the bus in memory loses what no file has when the process is killed."""

_DRAIN_S: Final = 0.5
"""Short, because a person who presses Ctrl-C waits for it; in a cluster the resource sets it."""


def plan_local(
    tracker: FlightTracker,
    *,
    secrets: str | None,
    host: str = LOCALHOST,
    port: int = DEFAULT_PORT,
    page_directory: str = "",
    servers: ServerSettings | None = None,
) -> Plan:
    """Return the plan with the settings that pods get, except for one generator and a short drain.

    Args:
        tracker: the resource.
        secrets: directory with one folder for each Secret; None without one.
        host: address to listen on.
        port: port to listen on.
        page_directory: the built page; empty serves none.
        servers: Kafka, Redis and registry to run on; None for the bus in memory.

    Raises:
        StartError: a Secret that the resource names is missing.
    """
    listening = Listening(host=host, port=port, metrics_port=0)
    made = plan(
        tracker,
        servers=servers,
        secrets_directory=secrets or "",
        listening=listening,
        page_directory=page_directory,
        table_directory="",
    )
    for secret, keys in tracker.spec.generator_secrets.items():
        _check_secret(Path(secrets or "") / secret, sorted(keys), secrets)
    return Plan(
        tracker=made.tracker,
        shards=made.shards,
        generator=msgspec.structs.replace(made.generator, replicas=1),
        gateway=msgspec.structs.replace(
            made.gateway, drain_s=min(made.gateway.drain_s, _DRAIN_S), allowed_hosts=tuple(_hosts(tracker, host))
        ),
    )


def _hosts(tracker: FlightTracker, host: str) -> Iterator[str]:
    """Yield the names by which a gateway is reached that only this computer reaches; none if it can have any name."""
    gateway, ingress = tracker.spec.gateway, tracker.spec.ingress
    if not _is_loopback(host) or gateway.trusted_proxies or "*" in gateway.allowed_origins:
        return
    yield from LOOPBACK_NAMES
    yield host
    yield from (urlsplit(origin).netloc.rpartition("@")[2].partition(":")[0] for origin in gateway.allowed_origins)
    if ingress.host:
        yield ingress.host


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def local_servers(tracker: FlightTracker, kafka: str, redis: str, registry: str) -> ServerSettings:
    """Return the settings of servers that need only an address.

    Args:
        tracker: sets partitions, retention and copies of topics that do not exist yet.
        kafka: bootstrap servers, HOST:PORT.
        redis: address of Redis.
        registry: address of the registry's Confluent API.
    """
    spec = tracker.spec
    return ServerSettings(
        kafka=KafkaSettings(
            bootstrap_servers=kafka,
            partitions=spec.kafka.partitions,
            retention_minutes=spec.kafka.retention_minutes,
            replication_factor=spec.kafka.replication_factor or 1,
        ),
        redis=RedisSettings(url=redis, prefix=f"flights:{tracker.metadata.name}"),
        registry=RegistrySettings(url=registry, compatibility=spec.schema_registry.compatibility),
    )


def local_history(
    tracker: FlightTracker, history: str | None, servers: ServerSettings | None
) -> HistorianSettings | None:
    """Return the settings of a history on this computer; None without one, or if there is no folder for it.

    Args:
        tracker: names the default folder.
        history: the folder; `off` for none, None for a folder of the tracker in the user's data directory.
        servers: Kafka, Redis and registry; None for the bus in memory.
    """
    if history == "off":
        return None
    try:
        folder = Path(history) if history else history_folder(tracker.metadata.name)
    except StartError as error:
        report_no_history(error)
        return None
    return HistorianSettings(
        tracker=tracker.metadata.name,
        port=0,
        folder=str(folder),
        retention_hours=LOCAL_HISTORY_HOURS,
        max_bytes=LOCAL_HISTORY_BYTES,
        flush_s=LOCAL_FLUSH_S,
        time_to_live_s=tracker.spec.gateway.time_to_live_seconds,
        servers=servers,
    )


def report_no_history(error: StartError) -> None:
    """Log why no history is kept, and how to run without one."""
    _logger.warning(
        "no history is kept: %s. To run without a history, set FLIGHTTRACKER_HISTORY=off, or add --history off", error
    )


def history_folder(tracker: str) -> Path:
    """Return the default folder of a tracker's history.

    Raises:
        StartError: it is in the user's home folder, and the user has none.
    """
    return _data_directory() / "history" / tracker


def _data_directory() -> Path:
    """Return the folder for data of this program: XDG's, or what stands for it on macOS."""
    # The specification ignores relative paths.
    data = os.environ.get("XDG_DATA_HOME", "")
    if data.startswith("/") and sys.platform != "darwin":
        return Path(data) / "flighttracker"
    try:
        home = Path.home()
    except RuntimeError as error:
        raise StartError("this user has no home folder: name a folder for the history with --history DIR") from error
    return home / ("Library/Application Support" if sys.platform == "darwin" else ".local/share") / "flighttracker"


def check_secrets(gateway: GatewaySettings, secrets: str | None) -> None:
    """Check that the Secrets of a gateway exist: that of its tokens and that of its certificate.

    Raises:
        StartError: one is missing; the message says which file to write.
    """
    if gateway.auth.hs256_secret_file:
        file = Path(gateway.auth.hs256_secret_file)
        _check_secret(file.parent, (file.name,), secrets)
    if gateway.tls is not None:
        certificate, key = Path(gateway.tls.certificate_file), Path(gateway.tls.key_file)
        _check_secret(certificate.parent, (certificate.name, key.name), secrets)


def _check_secret(directory: Path, keys: Sequence[str], secrets: str | None) -> None:
    if secrets is None:
        files = " and ".join(f"DIR/{directory.name}/{key}" for key in keys)
        raise StartError(f"the resource needs the Secret {directory.name}: write {files}, and add --secrets DIR")
    for key in keys:
        if not (directory / key).is_file():
            raise StartError(f"{directory / key} is missing: write that key of the Secret {directory.name} to it")
