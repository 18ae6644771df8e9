"""The builtin registry stores its schemas in the tracker's Kafka: the builtin one, and one with TLS and a password."""

from __future__ import annotations

import json
import time
import urllib.request
from contextlib import suppress
from http.client import RemoteDisconnected
from pathlib import Path
from typing import Any

from flighttracker.clock import SystemClock
from flighttracker.registry import SchemaRegistry
from flighttracker.settings import RegistrySettings
from flighttracker_operator.model.facts import Manifest
from flighttracker_schemas import FLIGHT_POSITION_AVSC
from tests.servers.certificates import Certificates
from tests.servers.kafka_server import PASSWORD, USER, KafkaServer
from tests.unit.operator.manifests.cases import PASSWORDS, made, pod_of, tracker
from tests.workloads.builtin_kafka import BuiltinKafka
from tests.workloads.builtin_registry import ANSWER_S, BuiltinRegistry

pytest_plugins = ["tests.servers.fixtures"]

ATTEMPTS = 3
POLL_S = 0.5


async def registered(registry: BuiltinRegistry) -> int:
    """Return the id of our schema."""
    client = SchemaRegistry(RegistrySettings(url=registry.url, compatibility="FULL"), SystemClock())
    await client.open()
    try:
        return await client.register(FLIGHT_POSITION_AVSC)
    finally:
        await client.close()


def ask(registry: BuiltinRegistry, path: str) -> Any:
    """Return the answer of a registry; as our client does, ask again if it closes the connection without one."""
    for _ in range(ATTEMPTS - 1):
        # Seen once, just after it was ready.
        with suppress(RemoteDisconnected):
            return _ask_once(registry, path)
        time.sleep(POLL_S)  # a registry that closed a connection does not announce when it answers
    return _ask_once(registry, path)


def _ask_once(registry: BuiltinRegistry, path: str) -> Any:
    with urllib.request.urlopen(f"{registry.url}/{path}", timeout=ANSWER_S) as answer:
        return json.load(answer)


async def remembers(registry: BuiltinRegistry) -> None:
    """Start a registry, register our schema, kill it, and find the schema again: it is in Kafka."""
    try:
        registry.start()
        assert ask(registry, "config")["compatibilityLevel"] == "FULL", "its own default lets every schema in"
        first = await registered(registry)
        registry.kill()
        registry.start()
        assert ask(registry, "subjects") == ["flights-value"]
        assert await registered(registry) == first
    finally:
        registry.stop()


def deployment(manifests: dict[tuple[str, str], Manifest]) -> Manifest:
    return manifests["Deployment", "sky-registry"]


async def test_schemas_are_kept_in_the_builtin_kafka(tmp_path: Path) -> None:
    manifests = made(tracker({"schemaRegistry": {"compatibility": "FULL"}}))
    (tmp_path / "kafka").mkdir()
    kafka = BuiltinKafka(tmp_path / "kafka", manifests)
    try:
        kafka.start()
        (init,) = pod_of(deployment(manifests))["initContainers"]
        kafka.make_topics(init)
        text = json.dumps(deployment(manifests)).replace("sky-kafka.flights.svc:9092", kafka.bootstrap_servers)
        secrets = {"sky-kafka": {"username": "flighttracker", "password": PASSWORDS["kafka_password"]}}
        await remembers(BuiltinRegistry(tmp_path, json.loads(text), secrets))
    finally:
        kafka.stop()


async def test_schemas_are_kept_in_a_kafka_with_tls_and_scram(
    tmp_path: Path, kafka_server: KafkaServer, certificates: Certificates
) -> None:
    external = {
        "bootstrapServers": kafka_server.secure_bootstrap_servers,
        "tlsSecret": "kafka-tls",
        "saslSecret": "kafka-user",
    }
    wanted = tracker(
        {
            "kafka": {"provider": "external", "external": external, "replicationFactor": 1},
            "schemaRegistry": {"compatibility": "FULL"},
        }
    )
    secrets = {
        "kafka-tls": {"ca.crt": certificates.ca_file.read_text()},
        "kafka-user": {"username": USER, "password": PASSWORD},
    }
    await remembers(BuiltinRegistry(tmp_path, deployment(made(wanted)), secrets))
