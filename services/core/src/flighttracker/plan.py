"""The resource → the settings of each role. Pure: the same resource always gives the same plan.

The operator writes each struct into a file that a pod mounts; `flighttracker local` passes the same structs to the same
`run(settings, bus, clock)`. The resource does not say where a pod listens or mounts its secrets: the caller passes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from flighttracker.bounding_box import BoundingBox
from flighttracker.plan_history import plan_history
from flighttracker.plan_page import plan_attribution, plan_base_maps, plan_overlays, plan_photos, plan_receiver
from flighttracker.settings import (
    ALL_ADDRESSES,
    AircraftTableSettings,
    AuthSettings,
    BeastSource,
    GatewaySettings,
    GeneratorSettings,
    HistorianSettings,
    HttpAccessSettings,
    LimitSettings,
    OpenSkySource,
    ReadsbSource,
    SbsSource,
    ServerSettings,
    SimulatedSource,
    SourceSettings,
    SourceSummary,
    TlsSettings,
    TracingSettings,
    VatsimSource,
    VirtualRadarSource,
)
from flighttracker.spec.aircraft_table import AircraftTableSpec
from flighttracker.spec.feeds import Beast, Listen, Sbs
from flighttracker.spec.gateway import Auth, Gateway
from flighttracker.spec.http_access import HttpAccess, HttpAccount
from flighttracker.spec.source import NamedSource, OpenSky, Readsb, Simulated, Vatsim, VirtualRadar
from flighttracker.spec.tracker import FlightTracker

SECRETS_DIRECTORY: Final = "/etc/flighttracker/secrets"
"""Where a pod mounts the Secrets that the resource names, each in a directory with its name."""

HS256_KEY: Final = "secret"
"""Key of the Secret with the signing secret of HS256 tokens."""

CONNECTIONS_PER_SUBJECT: Final = 100
"""Default limit of connections for one token's subject: a household and its forgotten tabs."""


TABLE_DIRECTORY: Final = "/etc/flighttracker/aircraft-table"
"""Where a pod mounts the volume with the table of aircraft."""

SILENT_INTERVALS: Final = 3
"""After this many intervals without any position the map is stale: one answer may be late or lost."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the roles listen.

    Attributes:
        host: address of the gateway.
        port: port of the gateway.
        metrics_port: port of /metrics and the probes of each role. 0: the generator serves none, the gateway has them
            on its public port.
    """

    host: str
    port: int
    metrics_port: int


POD_LISTENING: Final = Listening(host=ALL_ADDRESSES, port=8080, metrics_port=9100)


@dataclass(frozen=True, slots=True)
class Plan:
    """Settings of all roles of one tracker.

    Attributes:
        tracker: name of the tracker.
        shards: partitions of the position log.
        generator: settings of the generators; each pod puts its own number in `replica`.
        gateway: settings of every gateway.
        historian: settings of every historian; None if the tracker keeps no history.
    """

    tracker: str
    shards: int
    generator: GeneratorSettings
    gateway: GatewaySettings
    historian: HistorianSettings | None = None


def plan(
    tracker: FlightTracker,
    *,
    servers: ServerSettings | None = None,
    secrets_directory: str = SECRETS_DIRECTORY,
    listening: Listening = POD_LISTENING,
    page_directory: str = "",
    is_private_forbidden: bool = False,
    state_directory: str = "",
    table_directory: str = TABLE_DIRECTORY,
    history_url: str = "",
) -> Plan:
    """Return the settings of every role.

    Args:
        tracker: the resource.
        servers: how to reach Kafka, Redis and the registry, from the operator or the command line; None for the bus in
            memory.
        secrets_directory: directory with one directory for each Secret, and in it one file for each key.
        listening: where the roles listen.
        page_directory: the built page that the gateway serves at /; empty for none.
        is_private_forbidden: whether sources and key servers must be on the public internet.
        state_directory: directory that the generator may write to; empty for none.
        table_directory: directory that the path of a table of aircraft is relative to; empty for the current one.
        history_url: where gateways ask the historians; empty if the tracker keeps no history.
    """
    name, spec = tracker.metadata.name, tracker.spec
    endpoint, sample_ratio = spec.monitoring.otlp_endpoint, spec.monitoring.trace_sample_ratio
    tracing = None if endpoint is None else TracingSettings(otlp_endpoint=endpoint, sample_ratio=sample_ratio)
    gateway, web = spec.gateway, spec.web
    requests = HttpAccessSettings(is_private_forbidden=is_private_forbidden, state_directory=state_directory)
    return Plan(
        tracker=name,
        shards=spec.kafka.partitions,
        generator=GeneratorSettings(
            tracker=name,
            sources=tuple(_source(source, secrets_directory, requests) for source in spec.used_sources),
            aircraft_table=_aircraft_table(spec.aircraft_table, table_directory, secrets_directory, requests),
            replicas=spec.generator.replicas,
            metrics_port=listening.metrics_port,
            servers=servers,
            tracing=tracing,
        ),
        gateway=GatewaySettings(
            tracker=name,
            sources=tuple(
                SourceSummary(name=source.name, kind=source.kind_name, interval_s=source.chosen.interval_seconds)
                for source in spec.used_sources
            ),
            host=listening.host,
            port=listening.port,
            metrics_port=listening.metrics_port,
            tick_s=gateway.tick_seconds,
            key_frame_interval_s=gateway.key_frame_seconds,
            time_to_live_s=gateway.time_to_live_seconds,
            stale_after_silence_s=SILENT_INTERVALS * max(spec.longest_interval_seconds, gateway.tick_seconds),
            allowed_origins=_origins(tracker),
            page_directory=page_directory if web.enabled else "",
            base_path=web.base_path,
            tiles_url=web.tiles_url,
            tiles_attribution=plan_attribution(web),
            base_maps=plan_base_maps(web),
            overlays=plan_overlays(web),
            default_view=(web.default_view.latitude, web.default_view.longitude, web.default_view.zoom),
            receiver=plan_receiver(web),
            photos=plan_photos(web),
            drain_s=gateway.drain_seconds,
            auth=_auth(gateway.auth, secrets_directory, is_private_forbidden),
            tls=_tls(gateway, secrets_directory),
            trusted_proxies=gateway.trusted_proxies,
            limits=_limits(gateway),
            history_url=history_url,
            servers=servers,
            tracing=tracing,
        ),
        historian=plan_history(
            tracker, servers, secrets_directory, host=listening.host, metrics_port=listening.metrics_port
        ),
    )


def _source(source: NamedSource, secrets_directory: str, requests: HttpAccessSettings) -> SourceSettings:
    name, chosen = source.name, source.chosen
    match chosen:
        case Simulated():
            return SimulatedSource(
                name=name,
                aircraft=chosen.aircraft,
                countries=dict(chosen.countries),
                seed=chosen.seed,
                interval_s=chosen.interval_seconds,
            )
        case OpenSky():
            box, secret = chosen.bbox, chosen.credentials_secret
            return OpenSkySource(
                name=name,
                url=chosen.url,
                credentials_directory=f"{secrets_directory}/{secret}" if secret else "",
                bounding_box=BoundingBox.of_edges(box.west, box.south, box.east, box.north) if box else None,
                interval_s=chosen.interval_seconds,
                vehicles=chosen.vehicles,
                access=_access(chosen, secrets_directory, requests),
            )
        case Vatsim():
            access = _access(chosen, secrets_directory, requests)
            return VatsimSource(name=name, url=chosen.url, interval_s=chosen.interval_seconds, access=access)
        case Beast():
            place, listen = chosen.receiver, chosen.listen or Listen()
            return BeastSource(
                name=name,
                connect=chosen.connect or "",
                listen_port=listen.port,
                max_feeders=listen.max_feeders,
                allowed_networks=listen.allowed_networks,
                receiver_deg=(place.latitude, place.longitude) if place else None,
                interval_s=chosen.interval_seconds,
                vehicles=chosen.vehicles,
                non_icao_addresses=chosen.non_icao_addresses,
                is_private_forbidden=requests.is_private_forbidden,
            )
        case Sbs():
            return SbsSource(
                name=name,
                connect=chosen.connect,
                interval_s=chosen.interval_seconds,
                non_icao_addresses=chosen.non_icao_addresses,
                is_private_forbidden=requests.is_private_forbidden,
            )
        case VirtualRadar():
            return VirtualRadarSource(
                name=name,
                url=chosen.url,
                interval_s=chosen.interval_seconds,
                vehicles=chosen.vehicles,
                non_icao_addresses=chosen.non_icao_addresses,
                access=_account_access(chosen, secrets_directory, requests),
            )
        case Readsb():
            return ReadsbSource(
                name=name,
                url=chosen.url,
                interval_s=chosen.interval_seconds,
                vehicles=chosen.vehicles,
                non_icao_addresses=chosen.non_icao_addresses,
                access=_account_access(chosen, secrets_directory, requests),
            )


def _aircraft_table(
    chosen: AircraftTableSpec | None, table_directory: str, secrets_directory: str, requests: HttpAccessSettings
) -> AircraftTableSettings | None:
    if chosen is None:
        return None
    file = chosen.file or ""
    if file and table_directory:
        file = f"{table_directory}/{file.lstrip('/')}"
    return AircraftTableSettings(
        url=chosen.url or "",
        file=file,
        directory=table_directory if file else "",
        interval_s=chosen.interval_seconds,
        access=_account_access(chosen, secrets_directory, requests),
    )


def _account_access(chosen: HttpAccount, secrets_directory: str, requests: HttpAccessSettings) -> HttpAccessSettings:
    access = _access(chosen, secrets_directory, requests)
    if not chosen.credentials_secret:
        return access
    directory = f"{secrets_directory}/{chosen.credentials_secret}"
    if chosen.api_key is not None:
        return msgspec.structs.replace(
            access,
            api_key_file=f"{directory}/api_key",
            api_key_header=chosen.api_key.header or "",
            api_key_query=chosen.api_key.query or "",
        )
    if chosen.auth == "bearer":
        return msgspec.structs.replace(access, token_file=f"{directory}/token")
    return msgspec.structs.replace(access, username_file=f"{directory}/username", password_file=f"{directory}/password")


def _access(chosen: HttpAccess, secrets_directory: str, requests: HttpAccessSettings) -> HttpAccessSettings:
    certificate = chosen.client_certificate_secret
    return msgspec.structs.replace(
        requests,
        user_agent=chosen.user_agent,
        headers=dict(chosen.headers),
        ca_file=f"{secrets_directory}/{chosen.ca_secret}/ca.crt" if chosen.ca_secret else "",
        certificate_file=f"{secrets_directory}/{certificate}/tls.crt" if certificate else "",
        key_file=f"{secrets_directory}/{certificate}/tls.key" if certificate else "",
    )


def _origins(tracker: FlightTracker) -> tuple[str, ...]:
    """Return the allowed origins of the resource, or else of its ingress host; empty: only the request's own host."""
    spec = tracker.spec
    host = spec.ingress.host
    # Other hosts of a wildcard may belong to other trackers, whose pages may not connect to this one.
    if spec.gateway.allowed_origins or not spec.ingress.enabled or host is None or host.startswith("*."):
        return spec.gateway.allowed_origins
    return (f"https://{host}", f"http://{host}")


def _auth(auth: Auth, secrets_directory: str, is_private_forbidden: bool) -> AuthSettings:
    token = auth.token
    if auth.mode == "none" or token is None:
        return AuthSettings()
    return AuthSettings(
        mode="token",
        hs256_secret_file=f"{secrets_directory}/{token.hs256_secret}/{HS256_KEY}" if token.hs256_secret else "",
        jwks_url=token.jwks_url or "",
        is_private_forbidden=is_private_forbidden,
        audience=token.audience,
        issuer=token.issuer,
        leeway_s=token.leeway_seconds,
        refresh_s=token.refresh_seconds,
    )


def _tls(gateway: Gateway, secrets_directory: str) -> TlsSettings | None:
    if gateway.tls is None:
        return None
    directory = f"{secrets_directory}/{gateway.tls.secret_name}"
    return TlsSettings(certificate_file=f"{directory}/tls.crt", key_file=f"{directory}/tls.key")


def _limits(gateway: Gateway) -> LimitSettings:
    limits = gateway.limits
    per_user = limits.max_connections_per_user
    if per_user is None and gateway.auth.mode == "token":
        per_user = CONNECTIONS_PER_SUBJECT
    return LimitSettings(
        max_connections=limits.max_connections,
        max_connections_per_user=per_user,
        max_connects_per_s=limits.max_connects_per_second,
        max_connects_per_address_per_s=limits.max_connects_per_address_per_second,
        max_requests_per_address_per_s=limits.max_requests_per_address_per_second,
        max_concurrent_requests_per_address=limits.max_concurrent_requests_per_address,
        max_message_bytes=limits.max_message_bytes,
        max_messages_per_s=limits.max_messages_per_second,
        slow_client_s=limits.slow_client_seconds,
        write_buffer_bytes=limits.write_buffer_bytes,
        ping_interval_s=limits.ping_interval_seconds,
        ping_timeout_s=limits.ping_timeout_seconds,
        max_request_bytes=limits.max_request_bytes,
        request_head_s=limits.request_head_seconds,
        answer_s=limits.answer_seconds,
        max_slots_per_shard=limits.max_slots_per_shard,
    )
