"""A FlightTracker → a Compose file, as plain data. Pure but for a look at the names of the Secrets' files.

It is for Docker Compose 1.29 and newer: it has no `configs` with content, and no `name` unless asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from flighttracker.plan import SECRETS_DIRECTORY
from flighttracker.spec import FlightTracker
from flighttracker.spec.quantities import in_units
from flighttracker.spec.servers import BuiltinKafka, BuiltinRedis
from flighttracker_cli.compose.containers import BACKEND, OUTSIDE, Made, Service, services_of
from flighttracker_cli.compose.inputs import (
    Options,
    behind_page,
    compose_facts,
    images_of_options,
    password_names,
    placeholder,
)
from flighttracker_cli.compose.mounts import FileVolume
from flighttracker_cli.compose.settings_text import short_settings
from flighttracker_cli.compose.unsupported import is_page_served, reject
from flighttracker_operator.manifests import desired, files, without_templates
from flighttracker_operator.model.names import GATEWAY_PORT

SETUP: Final = "setup"
PASSWORDS: Final = "passwords"
TLS_PORT: Final = 8443
WEB_PORT: Final = 8080
SERVERS: Final[dict[str, tuple[str, ...]]] = {
    "generator": ("kafka", "redis", "schema-registry"),
    "gateway": ("kafka", "redis", "schema-registry"),
    "historian": ("kafka", "schema-registry"),
    "schema-registry": ("kafka",),
}
"""The servers that each component talks to."""


def compose_document(tracker: FlightTracker, options: Options) -> dict[str, Any]:
    """Return the content of a Compose file that runs this tracker; `$` is not escaped yet.

    Raises:
        StartError: the tracker needs Kubernetes, or an image of the options does not exist.
    """
    reject(tracker)
    with_page = is_page_served(tracker)
    prefix = f"{tracker.metadata.name}-"
    facts = compose_facts(tracker, options)
    plain = without_templates(tracker)
    objects = desired(behind_page(plain) if with_page else plain, facts)
    made = _each_topic_once(entry for entry in services_of(objects, prefix) if entry.component != "web" or with_page)
    services: dict[str, Service] = {SETUP: _setup(made, options)}
    for entry in made:
        service = dict(entry.service)
        if entry.component == "web":
            _in_front(service, tracker)
        if entry.component == ("web" if with_page else "gateway"):
            inside = _inner_port(tracker, with_page=with_page)
            service["ports"] = [f"${{FLIGHTTRACKER_PORT:-{options.port}}}:{inside}"]
            service.pop("scale", None)
        _limit_cores(service, entry, tracker)
        service["depends_on"] = _needs(entry, made)
        networks = _networks(entry, tracker)
        aliases = {"aliases": list(entry.aliases)}
        service["networks"] = dict.fromkeys(networks, aliases) if entry.aliases else networks
        services[entry.name] = service
    document: dict[str, Any] = {"name": options.project} if options.project else {}
    document |= {
        "services": services,
        "networks": {BACKEND: {"internal": True}, OUTSIDE: {}},
        "volumes": {name: {} for name in _volumes(made)},
    }
    own = sorted({secret["source"] for service in services.values() for secret in service.get("secrets", ())})
    if own:
        document["secrets"] = {name: {"file": _file_of(name, services, options)} for name in own}
    return document


def _setup(made: Sequence[Made], options: Options) -> Service:
    """Return the service that fills the volumes."""
    filled = _filled(made)
    owners = {name: entry.service["user"].partition(":")[0] for entry in made for name in entry.mounts.data}
    packaged, environment = [], {}
    for volume in filled:
        for name, text in volume.files.items():
            path = f"/files/{volume.name}/{name}"
            if _is_packaged(name, text):
                packaged.append(path)
            else:
                environment[path] = short_settings(name, text)
    command = ["--passwords", f"/{PASSWORDS}"]
    words = [word for word in map(placeholder, password_names()) if any(word in text for text in environment.values())]
    for option, values in (
        ("--password", words),
        ("--own", [f"{user}:/data/{name}" for name, user in owners.items()]),
        ("--packaged", packaged),
    ):
        command += [option, *values] if values else []
    return {
        "image": images_of_options(options).services,
        "entrypoint": ["python", "-m", "flighttracker_cli.compose.setup"],
        "command": command,
        "environment": environment,
        "user": "0:0",
        "read_only": True,
        "cap_drop": ["ALL"],
        "cap_add": ["CHOWN"],
        "security_opt": ["no-new-privileges:true"],
        "network_mode": "none",
        "volumes": [
            f"{PASSWORDS}:/{PASSWORDS}",
            *(f"{volume.name}:/files/{volume.name}" for volume in filled),
            *(f"{name}:/data/{name}" for name in owners),
        ],
        "mem_limit": "256m",
        "healthcheck": {"disable": True},
        "restart": "no",
    }


def _filled(made: Sequence[Made]) -> list[FileVolume]:
    """Return the volumes that `setup` fills, each once; two containers may mount different keys of one Secret."""
    volumes: dict[str, FileVolume] = {}
    for entry in made:
        for volume in entry.mounts.filled:
            volumes.setdefault(volume.name, volume)
    return list(volumes.values())


def _is_packaged(name: str, text: str) -> bool:
    try:
        return files.read(name) == text
    except FileNotFoundError:
        return False


def _each_topic_once(made: Iterable[Made]) -> list[Made]:
    """Return the services without those that end and have the name of an earlier one (one for each generator)."""
    return list({entry.name: entry for entry in made}.values())


def _in_front(service: Service, tracker: FlightTracker) -> None:
    """Make the page's nginx the door, which may end TLS."""
    environment = {name: value for name, value in service["environment"].items() if name != "FLIGHTTRACKER_EDGE"}
    if not tracker.spec.gateway.trusted_proxies:
        environment["FLIGHTTRACKER_EDGE"] = "1"
    secret = _certificate(tracker)
    if secret:
        directory = f"{SECRETS_DIRECTORY}/{secret}"
        environment["FLIGHTTRACKER_TLS"] = directory
        service["secrets"] = [
            {"source": f"{secret}.{key}", "target": f"{directory}/{key}"} for key in ("tls.crt", "tls.key")
        ]
    service["environment"] = environment


def _certificate(tracker: FlightTracker) -> str | None:
    """Return the Secret with the certificate that viewers see; None for plain HTTP."""
    spec = tracker.spec
    if spec.ingress.enabled and spec.ingress.tls:
        return spec.ingress.tls.secret_name
    return spec.gateway.tls.secret_name if spec.gateway.tls else None


def _inner_port(tracker: FlightTracker, *, with_page: bool) -> int:
    if not with_page:
        return GATEWAY_PORT
    return TLS_PORT if _certificate(tracker) else WEB_PORT


def _limit_cores(service: Service, entry: Made, tracker: FlightTracker) -> None:
    """Set the limit of CPU that the resource has. Docker rejects defaults that a small computer does not have."""
    spec = tracker.spec
    resources = {
        "kafka": (spec.kafka.builtin or BuiltinKafka()).resources,
        "redis": (spec.redis.builtin or BuiltinRedis()).resources,
        "generator": spec.generator.resources,
        "gateway": spec.gateway.resources,
        "historian": spec.history.resources,
        "web": spec.web.resources,
    }.get(entry.component)
    if resources and resources.limits.cpu and not entry.ends:
        service["cpus"] = float(in_units(resources.limits.cpu))


def _needs(entry: Made, made: Sequence[Made]) -> dict[str, dict[str, str]]:
    """Return `depends_on` of a service: its files, its topics, and the servers that it talks to.

    The roles would wait for their servers themselves. The page starts with the gateways and shows what they wait for.
    """
    ended, healthy = "service_completed_successfully", "service_healthy"
    if entry.component == "web":
        return {SETUP: {"condition": ended}, "gateway": {"condition": "service_started"}}
    wanted = {SETUP: ended}
    servers = _servers_of(entry)
    for other in made:
        if not other.ends and other.component in servers:
            wanted[other.name] = healthy
        # The generators' topics are also those that gateways and historians read.
        of_positions = other.component == "generator" and entry.component in ("gateway", "historian")
        if other.ends and not entry.ends and (other.component == entry.component or of_positions):
            wanted[other.name] = ended
    return {name: {"condition": condition} for name, condition in wanted.items()}


def _servers_of(entry: Made) -> tuple[str, ...]:
    return ("kafka",) if entry.ends else SERVERS.get(entry.component, ())


def _networks(entry: Made, tracker: FlightTracker) -> list[str]:
    if entry.ends:
        return [BACKEND]
    if entry.component == "web":
        return [OUTSIDE]
    spec = tracker.spec
    is_kafka_outside = spec.kafka.provider == "external"
    reaches_out = {
        "generator": True,
        "gateway": True,
        "schema-registry": is_kafka_outside,
        "historian": is_kafka_outside or spec.schema_registry.provider == "external" or spec.history.volume is None,
    }
    return [BACKEND, OUTSIDE] if reaches_out.get(entry.component, False) else [BACKEND]


def _volumes(made: Sequence[Made]) -> list[str]:
    data = [name for entry in made for name in entry.mounts.data]
    return [*data, PASSWORDS, *(volume.name for volume in _filled(made))]


def _file_of(source: str, services: dict[str, Service], options: Options) -> str:
    """Return the file of a Secret's key, which both may contain dots."""
    target = next(
        secret["target"]
        for service in services.values()
        for secret in service.get("secrets", ())
        if secret["source"] == source
    )
    path = f"{options.secrets}{target.removeprefix(SECRETS_DIRECTORY)}"
    return path if path.startswith(("/", "./", "../")) else f"./{path}"
