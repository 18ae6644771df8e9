"""A broker that restarts is not ready before it is in sync again, and the others stay ready meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest
from aiokafka import AIOKafkaProducer
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # its stubs name only a part of it
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from flighttracker.bus.kafka import KafkaConnection, broker_volumes
from flighttracker_operator.model.servers import server_settings
from tests.unit.operator.manifests.cases import PASSWORDS, facts, made, tracker
from tests.workloads.builtin_kafka import BuiltinKafka, free_ports
from tests.workloads.test_builtin_kafka import LOGIN

THREE: Final = {"kafka": {"builtin": {"replicas": 3}}}
ANSWER_S: Final = 20.0
WAIT_S: Final = 180.0
PARTITIONS: Final = 12


@pytest.fixture
def brokers(tmp_path: Path) -> Iterator[list[BuiltinKafka]]:
    manifests, ports = made(tracker(THREE)), free_ports()
    nodes = [BuiltinKafka(tmp_path / str(node), manifests, node=node, ports=ports) for node in range(3)]
    try:
        with ThreadPoolExecutor() as threads:
            list(threads.map(lambda node: node.start(), nodes))
        yield nodes
    finally:
        for node in nodes:
            node.stop()


def admin_of(nodes: list[BuiltinKafka]) -> AdminClient:
    return AdminClient(
        {
            "bootstrap.servers": ",".join(node.bootstrap_servers for node in nodes),
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "PLAIN",
            "sasl.username": "flighttracker",
            "sasl.password": PASSWORDS["kafka_password"],
        }
    )


def configure(admin: AdminClient, kind: ResourceType, name: str, **values: str) -> None:
    """Change settings of a broker or a topic, or remove those that are empty."""
    entries = [
        ConfigEntry(
            key.replace("_", "."),
            value,
            incremental_operation=AlterConfigOpType.SET if value else AlterConfigOpType.DELETE,
        )
        for key, value in values.items()
    ]
    for done in admin.incremental_alter_configs([ConfigResource(kind, name, incremental_configs=entries)]).values():
        done.result(ANSWER_S)


def copy_slowly(admin: AdminClient, bytes_per_s: str) -> None:
    """Limit how fast brokers that are behind copy what they miss; empty: without a limit."""
    for broker in range(3):
        limits = {"leader_replication_throttled_rate": bytes_per_s, "follower_replication_throttled_rate": bytes_per_s}
        configure(admin, ResourceType.BROKER, str(broker), **limits)


def append(nodes: list[BuiltinKafka], topic: str, mebibytes: int) -> None:
    """Append records to the first partition of a topic."""

    async def send() -> None:
        servers = ",".join(node.bootstrap_servers for node in nodes)
        producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all", **LOGIN)
        await producer.start()
        try:
            for _ in range(mebibytes * 2):
                await producer.send_and_wait(topic, bytes(512 * 1024), partition=0)
        finally:
            await producer.stop()

    asyncio.run(send())


def volumes_seen_by_a_role(node: BuiltinKafka) -> list[int]:
    """Return the brokers whose volumes a gateway can read."""

    async def read() -> list[int]:
        connection = KafkaConnection(node.settings(server_settings(tracker(THREE), facts()).kafka))
        await connection.open()
        try:
            return [volume.broker for volume in await broker_volumes(connection)]
        finally:
            await connection.close()

    return asyncio.run(read())


def wait_for(what: str, holds: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < deadline_s, f"not in {WAIT_S:.0f} s: {what}"
        time.sleep(0.5)  # between two questions to brokers, which announce nothing; each question starts a client


def start_behind(node: BuiltinKafka) -> None:
    """Start a broker that copies so slowly what it has missed that it stays behind."""
    readiness = node._answers
    node._answers = lambda: node.run_probe(node.probe_command("startupProbe"))
    node.start()
    node._answers = readiness


def test_a_broker_is_ready_when_it_is_in_sync_and_a_lost_one_leaves_the_others_ready(
    brokers: list[BuiltinKafka],
) -> None:
    first, second, third = brokers
    admin = admin_of(brokers)
    config = {"leader.replication.throttled.replicas": "*", "follower.replication.throttled.replicas": "*"}
    topics = [
        NewTopic("flights", PARTITIONS, 3, config=config),
        NewTopic("pair", 1, replica_assignment=[[0, 2]], config={**config, "min.insync.replicas": "1"}),
    ]
    for done in admin.create_topics(topics).values():
        done.result(ANSWER_S)
    wait_for("all are in sync", lambda: all(node.probe() for node in brokers))

    copy_slowly(admin, "1000")
    third.kill()
    append([first, second], "flights", 8)
    assert first.probe(), "a lost broker does not make the others unready"
    assert second.probe()
    assert volumes_seen_by_a_role(first) == [0, 1]
    start_behind(third)
    assert not third.probe(), "it has started, and is behind"
    assert first.probe()
    assert second.probe()
    copy_slowly(admin, "")
    wait_for("it is in sync", third.probe)

    copy_slowly(admin, "1000")
    third.kill()
    append([first, second], "pair", 8)
    start_behind(third)
    assert not third.probe()
    first.kill()
    # Nobody has what it misses, so waiting would make it unready for good, and with it the Service of all brokers.
    wait_for("a partition without a leader does not count", third.probe)
    assert second.probe()
