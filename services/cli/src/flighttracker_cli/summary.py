"""A resource in a few lines, for `validate` and `local`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flighttracker.redaction import redacted
from flighttracker.spec import AnySource, Beast, FlightTracker, OpenSky, Readsb, Sbs, Simulated, Vatsim, VirtualRadar
from flighttracker.spec.aircraft_table import AircraftTableSpec
from flighttracker.spec.source import HttpSource

_SHOWN_COUNTRIES = 6


def describe_source(source: AnySource) -> str:
    """Return the source of positions and its interval, in one line."""
    every = f"every {source.interval_seconds:g} s"
    match source:
        case Simulated():
            return f"{source.aircraft:,} simulated aircraft{_where(source)}, each reports {every}"
        case OpenSky():
            box = source.bbox
            part = (
                f"{box.south:g} to {box.north:g} north, {box.west:g} to {box.east:g} east" if box else "the whole world"
            )
            account = (
                f"with the account in Secret {source.credentials_secret}"
                if source.credentials_secret
                else "without an account"
            )
            return f"OpenSky, {part}, asked {every} {account}"
        case Beast():
            if source.listen is not None:
                return f"feeders on port {source.listen.port}, at most {source.listen.max_feeders}, a position {every}"
            return f"Mode S Beast from {source.connect}, a position {every}"
        case Sbs():
            return f"BaseStation from {source.connect}, a position {every}"
        case Vatsim():
            return f"VATSIM, flights of simulators, asked {every}"
        case Readsb() | VirtualRadar():
            account = f" with the account in Secret {source.credentials_secret}" if source.credentials_secret else ""
            return f"{redacted(source.url)}, asked {every}{account}"


def describe_sources(tracker: FlightTracker) -> str:
    """Return all sources in one line."""
    used = tracker.spec.used_sources
    if len(used) == 1:
        return describe_source(used[0].chosen)
    return "; ".join(f"{source.name}: {describe_source(source.chosen)}" for source in used)


def source_cautions(source: AnySource) -> Iterator[str]:
    """Yield what is allowed but shows the account of a source to others."""
    if isinstance(source, Readsb | VirtualRadar) and source.credentials_secret and source.url.startswith("http://"):
        yield "http:// sends the account readable for everybody on the way: use https:// outside your own network"
    if isinstance(source, HttpSource) and redacted(source.url) != source.url:
        yield "the address has a key in it, which ConfigMaps show: use credentialsSecret and apiKey"


def describe_table(table: AircraftTableSpec) -> str:
    """Return the table of aircraft, in one line."""
    if table.url is None:
        volume = f" in the volume of {table.volume_claim}" if table.volume_claim else ""
        return f"identified by {table.file}{volume}"
    account = f" with the account in Secret {table.credentials_secret}" if table.credentials_secret else ""
    return f"identified by {redacted(table.url)}, asked every {_period(table.interval_seconds)}{account}"


def _period(seconds: float) -> str:
    if seconds < 3600:
        return f"{seconds / 60:.3g} min"
    return f"{seconds / 3600:.3g} h"


def table_cautions(table: AircraftTableSpec, sources: Sequence[AnySource]) -> Iterator[str]:
    """Yield why a table of aircraft has no effect, and what shows its account to others."""
    if all(isinstance(source, Simulated) for source in sources):
        yield "the table of aircraft is not used: simulated aircraft are made up"
    if table.file is not None and table.volume_claim is None:
        yield "in a cluster, aircraftTable.file needs aircraftTable.volumeClaim"
    if table.credentials_secret and (table.url or "").startswith("http://"):
        yield "http:// sends the account readable for everybody on the way: use https:// outside your own network"
    if table.url is not None and redacted(table.url) != table.url:
        yield "the address of the table has a key in it, which ConfigMaps show: use credentialsSecret and apiKey"


def _where(source: Simulated) -> str:
    codes = sorted(
        (code for code, weight in source.countries.items() if weight), key=lambda code: (-source.countries[code], code)
    )
    if not codes:
        return ", the whole world"
    more = f" and {len(codes) - _SHOWN_COUNTRIES} more" if len(codes) > _SHOWN_COUNTRIES else ""
    return f" from {', '.join(codes[:_SHOWN_COUNTRIES])}{more}"


def _count(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or one + 's'}"


def summarize(tracker: FlightTracker) -> Iterator[tuple[str, str]]:
    """Yield the parts of a tracker, each with its settings in a few words."""
    spec = tracker.spec
    gateway, kafka = spec.gateway, spec.kafka
    scale = gateway.autoscaling
    count = f"{scale.min_replicas} to {scale.max_replicas}" if scale else str(gateway.replicas)
    for source in spec.used_sources:
        yield (f"source {source.name}" if spec.sources else "source"), describe_source(source.chosen)
        yield from (("caution", words) for words in source_cautions(source.chosen))
    if spec.aircraft_table:
        yield "aircraft", describe_table(spec.aircraft_table)
        sources = [source.chosen for source in spec.used_sources]
        yield from (("caution", words) for words in table_cautions(spec.aircraft_table, sources))
    yield (
        "log",
        f"{kafka.provider} Kafka, {_count(kafka.partitions, 'shard')}, kept {kafka.retention_minutes} min, "
        f"{_count(kafka.copies, 'copy', 'copies')} of each record",
    )
    access = "clients need a token" if gateway.auth.mode == "token" else "open to everybody"
    yield "gateways", f"{count}, an update every {gateway.tick_seconds:g} s, {access}"
    if spec.history.enabled:
        bucket = spec.history.storage.s3
        yield "history", f"{spec.history.retention} {f'in bucket {bucket.bucket}' if bucket else 'on a volume'}"
    if spec.web.enabled:
        yield "page", f"tiles from {redacted(spec.web.tiles_url)}" if spec.web.tiles_url else "built-in world map"
    if spec.ingress.enabled:
        scheme = "https" if spec.ingress.tls else "http"
        yield "ingress", f"{scheme}://{spec.ingress.host or '(any host)'}"
    if spec.paused:
        yield "paused", "the operator does not reconcile it"


def only_in_a_cluster(tracker: FlightTracker, *, has_servers: bool = False) -> Iterator[str]:
    """Yield the settings that `local` ignores; `has_servers` when it runs on real servers."""
    spec = tracker.spec
    for name, provider in (
        ("kafka", spec.kafka.provider),
        ("redis", spec.redis.provider),
        ("schemaRegistry", spec.schema_registry.provider),
    ):
        if provider != "builtin" and not has_servers:
            yield f"spec.{name}.provider {provider} is ignored: this process keeps it in memory"
