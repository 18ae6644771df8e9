"""The builtin Redis: one pod with a password and an append-only file.

One pod is enough: without Redis, gateways continue on their own, and use it again when it is back. The password is
generated once and stored in a Secret, together with the URL for the roles and the configuration line for Redis. It
appears on no command line and in no environment variable.
"""

from __future__ import annotations

from typing import Final

from flighttracker.plan import SECRETS_DIRECTORY
from flighttracker.spec import FlightTracker
from flighttracker.spec.servers import BuiltinRedis
from flighttracker_operator.manifests import amounts, files, pods
from flighttracker_operator.manifests.credentials import password_secret, redis_mark
from flighttracker_operator.manifests.metadata import child, config_map, service
from flighttracker_operator.manifests.volumes import CLAIM, claim_template, grown_claims
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.images import tracker_images
from flighttracker_operator.model.names import REDIS_PORT, child_name, redis_secret, selector

USER: Final = 999
CONFIG: Final = "/etc/redis"
AUTH_KEY: Final = "redis.conf"
START: Final = "start-redis.sh"
MEMORY_SHARE: Final = 0.6
"""Part of the memory limit; the rest is for buffers, and for copied pages while the append-only file is rewritten."""
GRACE_S: Final = 30


def redis(tracker: FlightTracker, facts: Facts) -> list[Manifest]:
    """Return the builtin Redis; no objects with another provider."""
    if tracker.spec.redis.provider != "builtin":
        return []
    builtin = tracker.spec.redis.builtin or BuiltinRedis()
    secret = redis_secret(tracker)
    memory = int(amounts.memory_limit(amounts.REDIS, builtin.resources) * MEMORY_SHARE)
    config = {
        "redis.conf": files.read("redis.conf").format(auth=f"{SECRETS_DIRECTORY}/{secret}/{AUTH_KEY}", memory=memory),
        START: files.read(START),
    }
    return [
        _secret(tracker, facts),
        config_map(tracker, facts, "redis", config),
        service(tracker, facts, "redis", {"redis": REDIS_PORT}),
        *grown_claims(tracker, facts, "redis", builtin.storage, 1),
        _stateful_set(tracker, facts, builtin, config),
    ]


def _secret(tracker: FlightTracker, facts: Facts) -> Manifest:
    password = facts.redis_password
    url = f"redis://:{password}@{child_name(tracker, 'redis')}.{facts.namespace}.svc:{REDIS_PORT}/0"
    values = {"password": password, "url": url, AUTH_KEY: f"requirepass {password}\n"}
    return password_secret(tracker, facts, "redis", redis_secret(tracker), values)


def _stateful_set(tracker: FlightTracker, facts: Facts, builtin: BuiltinRedis, config: dict[str, str]) -> Manifest:
    secret = redis_secret(tracker)
    # While Redis loads its file, it replies LOADING instead of PONG, and redis-cli still exits with 0.
    ping = f"REDISCLI_AUTH=$(cat {SECRETS_DIRECTORY}/{secret}/password) timeout 4 redis-cli ping | grep -q PONG"
    probe = ["/bin/sh", "-c", ping]
    server = pods.container(
        "redis",
        tracker_images(facts.images, tracker.spec.pod_template.image_overrides).redis,
        amounts.resources(amounts.REDIS, builtin.resources),
        command=["/bin/sh", f"{CONFIG}/{START}", f"{CONFIG}/redis.conf"],
        ports=[{"name": "redis", "containerPort": REDIS_PORT, "protocol": "TCP"}],
        startupProbe=pods.command_probe(probe, period_s=2, failures=150),
        readinessProbe=pods.command_probe(probe, period_s=5, failures=2),
        livenessProbe=pods.command_probe(probe, period_s=15, failures=4),
        volumeMounts=[
            {"name": CLAIM, "mountPath": "/data"},
            {"name": "config", "mountPath": CONFIG, "readOnly": True},
            *pods.secret_mounts([secret]),
        ],
    )
    return child(
        tracker,
        facts,
        "redis",
        api_version="apps/v1",
        kind="StatefulSet",
        spec={
            "replicas": 1,
            "serviceName": child_name(tracker, "redis"),
            "podManagementPolicy": "Parallel",
            "updateStrategy": {"type": "RollingUpdate"},
            "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
            "selector": {"matchLabels": selector(tracker, "redis")},
            "template": pods.pod_template(
                tracker,
                facts,
                "redis",
                [server],
                user=USER,
                grace_s=GRACE_S,
                annotations=pods.roll_annotations(facts, {**config, **redis_mark(tracker, facts)}),
                volumes=[
                    pods.config_volume("config", child_name(tracker, "redis")),
                    *pods.secret_volumes({secret: frozenset({"password", AUTH_KEY})}),
                ],
            ),
            "volumeClaimTemplates": [claim_template(tracker, "redis", builtin.storage)],
        },
    )
