"""Shared parts of the roles, generator, gateway and historian: settings file, mounted Secrets, command.

A role reads one JSON file, which `flighttracker.plan` makes from the resource. Its pods restart if the file changes, or
a Secret that the role does not reload by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec

from flighttracker.plan import Plan, plan
from flighttracker.plan_history import ACCESS_KEY, SECRET_KEY
from flighttracker.settings import HistorianSettings, RedisSettings, write_settings
from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests import outgoing, pods
from flighttracker_operator.manifests.credentials import kafka_mark, redis_mark
from flighttracker_operator.manifests.metadata import config_map
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import child_name, redis_secret
from flighttracker_operator.model.servers import (
    CONFIG_DIRECTORY,
    USERNAME_KEY,
    SecretKeys,
    history_url,
    kafka_access,
    kafka_names,
    server_settings,
)

USER: Final = 65532
"""User of the services' image."""

STATE_DIRECTORY: Final = "/tmp"  # noqa: S108 - inside the pod
"""Containers that restart keep it."""

Role = Literal["generator", "gateway", "historian"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleParts:
    """Parts of a role's pods and its ConfigMap.

    Attributes:
        config_map: the ConfigMap with the settings.
        command: command of the container.
        mounts: mounts of settings and Secrets.
        volumes: the volumes of these mounts.
        annotations: annotations of the pod template whose change restarts the pods.
        environment: environment variables of the container.
    """

    config_map: Manifest
    command: list[str]
    mounts: list[dict[str, Any]]
    volumes: list[dict[str, Any]]
    annotations: dict[str, str]
    environment: list[dict[str, Any]]


def role_parts(tracker: FlightTracker, facts: Facts, role: Role) -> RoleParts:
    """Return the ConfigMap, command, mounts, volumes and annotations of a role."""
    made = plan(
        tracker,
        servers=server_settings(tracker, facts),
        state_directory=STATE_DIRECTORY,
        is_private_forbidden=not facts.policy.outgoing.private_targets,
        history_url=history_url(tracker, facts),
    )
    chosen = {"generator": made.generator, "gateway": made.gateway, "historian": _historian(made, tracker, facts)}[role]
    assert chosen is not None, "a tracker without history has no historian"
    settings = write_settings(chosen).decode()
    access = kafka_access(tracker, facts)
    data = {f"{role}.json": settings}
    if isinstance(access.username, str) and access.username:
        data[USERNAME_KEY] = access.username
    secrets = role_secrets(tracker, facts, role)
    return RoleParts(
        config_map=config_map(tracker, facts, role, data),
        command=["flighttracker", role, "--config", f"{CONFIG_DIRECTORY}/{role}.json", "--log-format", "json"],
        mounts=[
            {"name": "config", "mountPath": CONFIG_DIRECTORY, "readOnly": True},
            *pods.secret_mounts(secrets),
            *outgoing.ca_mounts(tracker, facts),
        ],
        volumes=[
            pods.config_volume("config", child_name(tracker, role)),
            *pods.secret_volumes(secrets),
            *outgoing.ca_volumes(tracker, facts),
        ],
        annotations=pods.roll_annotations(
            facts,
            {
                **data,
                **kafka_mark(tracker, facts),
                **(redis_mark(tracker, facts) if role != "historian" else {}),
                **outgoing.ca_mark(tracker, facts),
            },
            secrets,
            reloaded=_reloaded_secrets(tracker, role),
        ),
        environment=outgoing.environment(tracker, facts),
    )


def _historian(made: Plan, tracker: FlightTracker, facts: Facts) -> HistorianSettings | None:
    """Return the settings of a historian, with its consumer group and without the address of Redis, which it needs not.

    Its pods do not mount the Secret of Redis.
    """
    if made.historian is None or made.historian.servers is None:
        return None
    servers = msgspec.structs.replace(made.historian.servers, redis=RedisSettings())
    return msgspec.structs.replace(made.historian, group=kafka_names(tracker, facts).historians, servers=servers)


def role_secrets(tracker: FlightTracker, facts: Facts, role: Role) -> SecretKeys:
    """Return the keys that the pods of a role mount; an optional key is mounted if the Secret has it."""
    spec = tracker.spec
    needed = [kafka_access(tracker, facts).files()]

    def need(secret: str | None, *keys: str, optional: str = "") -> None:
        if secret:
            needed.append({secret: frozenset(keys) | ({optional} & facts.keys_of(secret))})

    if role != "historian" and spec.redis.external:
        need(spec.redis.external.url_secret, "url", optional="ca.crt")
    elif role != "historian":
        need(redis_secret(tracker), "url")
    if spec.schema_registry.external:
        need(spec.schema_registry.external.credentials_secret, "username", "password", optional="ca.crt")
    gateway = spec.gateway
    if role == "generator":
        needed.append(spec.generator_secrets)
    if role == "historian" and spec.history.storage.s3:
        need(spec.history.storage.s3.credentials_secret, ACCESS_KEY, SECRET_KEY)
        need(spec.history.storage.s3.ca_secret, "ca.crt")
    if role == "gateway":
        need(gateway.tls.secret_name if gateway.tls else None, "tls.crt", "tls.key")
        need(gateway.auth.token.hs256_secret if gateway.auth.token else None, "secret")
    names = {secret for part in needed for secret in part}
    return {name: frozenset().union(*(part.get(name, frozenset()) for part in needed)) for name in names}


def _reloaded_secrets(tracker: FlightTracker, role: Role) -> frozenset[str]:
    """Return the Secrets that a role reloads when they change, such as a renewed certificate."""
    gateway = tracker.spec.gateway
    if role == "generator":
        return frozenset(tracker.spec.generator_secrets)
    if role == "historian":
        bucket = tracker.spec.history.storage.s3
        return frozenset({bucket.credentials_secret} if bucket and bucket.credentials_secret else ())
    secrets = {gateway.tls.secret_name} if gateway.tls else set()
    if gateway.auth.token and gateway.auth.token.hs256_secret:
        secrets.add(gateway.auth.token.hs256_secret)
    return frozenset(secrets)
