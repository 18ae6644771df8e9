"""The builtin Kafka rejects clients without its password, and a change of the password does not get stuck."""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaConnectionError

from flighttracker.bus.kafka.connection import KafkaConnection
from flighttracker.errors import StartError
from flighttracker_operator.model.servers import server_settings
from tests.unit.operator.manifests.cases import PASSWORDS, facts, made, tracker
from tests.workloads.builtin_kafka import BuiltinKafka, Manifests, free_ports

METADATA = b"\0\0\0\x13\0\x03\0\x01\0\0\0\x01\0\x05probe\0\0\0\0"
"""The request for the brokers of the cluster, as a client without a login sends it."""
ANSWER_S = 5.0
THREE = {"kafka": {"builtin": {"replicas": 3}}}
PASSWORD = PASSWORDS["kafka_password"]


def login(password: str | None) -> dict[str, Any]:
    """Return the options of a client; None for one without a login."""
    if password is None:
        return {}
    return {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "PLAIN",
        "sasl_plain_username": "flighttracker",
        "sasl_plain_password": password,
    }


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BuiltinKafka]:
    server = BuiltinKafka(tmp_path_factory.mktemp("login"), made(tracker()))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@asynccontextmanager
async def admin_of(servers: str, password: str | None) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers, **login(password))
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


def answer(host: str, port: int) -> bytes:
    """Return the answer to a request without a login; empty if the connection was closed instead."""
    with closing(socket.create_connection((host, port), ANSWER_S)) as connection:
        connection.sendall(METADATA)
        return connection.recv(64)


@pytest.mark.parametrize("password", [None, "hunter2hunter2", f"{PASSWORD}0", PASSWORD[:-1]])
async def test_a_client_without_the_password_is_rejected(kafka: BuiltinKafka, password: str | None) -> None:
    with pytest.raises(KafkaConnectionError):
        async with admin_of(kafka.bootstrap_servers, password):
            pass


async def test_the_command_of_the_page_reads_the_password_in_the_pod(kafka: BuiltinKafka) -> None:
    page = (Path(__file__).parents[2] / "docs/operations.md").read_text(encoding="utf-8")
    [command] = re.findall(r"^kubectl exec .*kafka-topics\.sh.*\n.*$", page, re.M)
    async with admin_of(kafka.bootstrap_servers, PASSWORD) as admin:
        await admin.create_topics([NewTopic("documented", num_partitions=1, replication_factor=1)])
    assert "Topic: documented" in kafka.run_documented(command)


def test_neither_listener_answers_before_the_login(kafka: BuiltinKafka) -> None:
    host, port = kafka.bootstrap_servers.split(":")
    assert answer(host, int(port)) == b""
    assert answer(*kafka.controller) == b""


async def test_a_role_logs_in_with_its_settings_and_no_log_has_the_password(
    kafka: BuiltinKafka, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    settings = kafka.settings(server_settings(tracker(), facts()).kafka)
    connection = KafkaConnection(settings)
    await connection.open()
    await connection.close()
    kafka.mount(password="hunter2hunter2other")
    try:
        with pytest.raises(StartError, match="rejects our user"):
            await KafkaConnection(settings).open()
        assert not kafka.probe(), "its broker does not accept the password that is mounted now"
    finally:
        kafka.mount(password=PASSWORD)
    assert kafka.probe()
    assert "hunter2" not in caplog.text
    assert "in the clear" not in caplog.text, "a warning for every connection"
    assert "hunter2" not in kafka.log.read_text()


def without_login(manifests: Manifests) -> Manifests:
    """Return the manifests of a version that had no login, so that the cluster is one of that version."""
    data = dict(manifests["ConfigMap", "sky-kafka"]["data"])
    text = data["server.properties"].replace("SASL_PLAINTEXT", "PLAINTEXT")
    data["server.properties"] = re.sub(r"(?m)^.*(sasl|config\.providers).*\n", "", text)
    assert "hunter2" not in str(data)
    return {**manifests, ("ConfigMap", "sky-kafka"): {"data": data}}


class FormerKafka(BuiltinKafka):
    """A node that first has the configuration of a version without a login."""

    has_login = False

    def probe(self) -> bool:
        """Run the probe of that version, which passes no Secret, until the configuration has a login."""
        return super().probe() if self.has_login else self.run_probe(self.probe_command("startupProbe")[:-1])


def start(nodes: Iterable[BuiltinKafka]) -> None:
    """Start several nodes at once, because none is ready before the quorum has a majority."""
    with ThreadPoolExecutor() as threads:
        list(threads.map(lambda node: node.start(), nodes))


async def in_sync(servers: str, password: str) -> int:
    """Return the number of copies of the topic's partition that are in sync."""
    async with admin_of(servers, password) as admin:
        (topic,) = await admin.describe_topics(["flights"])
        return len(topic["partitions"][0]["isr"])


async def append(servers: str, password: str | None, value: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all", **login(password))
    await producer.start()
    try:
        await producer.send_and_wait("flights", value)
    finally:
        await producer.stop()


async def stored(servers: str, password: str, count: int) -> list[bytes]:
    """Return the first records of the topic."""
    consumer = AIOKafkaConsumer("flights", bootstrap_servers=servers, auto_offset_reset="earliest", **login(password))
    await consumer.start()
    try:
        return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()


async def test_three_nodes_get_a_login_and_a_new_password_one_after_the_other(tmp_path: Path) -> None:
    """The nodes restart as a StatefulSet does it: from the last to the first, each when the one before is ready."""
    first, second = made(tracker(THREE)), made(tracker(THREE), facts(kafka_password="hunter2hunter2again"))
    ports = free_ports()
    nodes = [FormerKafka(tmp_path / str(node), without_login(first), node=node, ports=ports) for node in range(3)]
    servers = ",".join(node.bootstrap_servers for node in nodes)
    try:
        start(nodes)
        async with admin_of(servers, None) as admin:
            await admin.create_topics([NewTopic("flights", 1, 3)])
        await append(servers, None, b"before")
        values = [b"before"]
        for manifests, password in ((first, PASSWORD), (second, "hunter2hunter2again")):
            for node in reversed(nodes):
                node.stop()
                node.configure(manifests)
                node.has_login = True
                node.start()
            for node in nodes:
                assert answer(*node.controller) == b""
            await append(servers, password, password.encode())
            values.append(password.encode())
            assert await stored(servers, password, len(values)) == values
            assert await in_sync(servers, password) == 3
            with pytest.raises(KafkaConnectionError):
                async with admin_of(servers, None):
                    pass
        nodes[0].kill()
        await append(servers, "hunter2hunter2again", b"two of three")
    finally:
        for node in nodes:
            node.stop()
