"""The ACLs of the tracker's KafkaUser permit what the tracker does, and nothing else.

A real Kafka with an authorizer and SCRAM over TLS, where the topics and the rules are made from our own KafkaTopics and
KafkaUser, as Strimzi's operators would.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from aiokafka.errors import TopicAuthorizationFailedError
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # its stubs name only a part of it
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)

from flighttracker.bus.base import OutgoingRecord, Records, RejectedRecord
from flighttracker.bus.kafka import KafkaConnection, KafkaPositionLog, KafkaRejectedLog, broker_volumes
from flighttracker.clock import SystemClock
from flighttracker.plan import SECRETS_DIRECTORY
from flighttracker.settings import GatewaySettings
from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.model.servers import CONFIG_DIRECTORY
from tests.servers import kafka_server as kafka_module
from tests.servers.certificates import Certificates
from tests.servers.kafka_server import PASSWORD, USER, KafkaServer
from tests.unit.operator.manifests.cases import facts, made, tracker
from tests.workloads.builtin_registry import BuiltinRegistry, Secrets
from tests.workloads.test_builtin_registry import remembers

pytest_plugins = ["tests.servers.fixtures"]

GUARD: Final = """
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
"""
"""An anonymous client is the administrator; every other client has only the permissions of its ACLs."""
ANSWER_S: Final = 30.0
WAIT_S: Final = 180.0


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory, certificates: Certificates) -> Iterator[KafkaServer]:
    """A Kafka that denies everything that no ACL permits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kafka_module, "PROPERTIES", kafka_module.PROPERTIES + GUARD)
        server = KafkaServer(tmp_path_factory.mktemp("guarded"), certificates)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def manifests(kafka: KafkaServer) -> dict[tuple[str, str], Manifest]:
    """Everything of a tracker, with its topics and rules in the Kafka."""
    listeners = [{"name": "tls", "tls": True, "type": "internal", "authentication": {"type": "scram-sha-512"}}]
    known = facts(
        api_versions=frozenset({"kafka.strimzi.io/v1"}),
        strimzi_kafka={
            "spec": {"kafka": {"listeners": listeners}},
            "status": {"listeners": [{"name": "tls", "bootstrapServers": kafka.secure_bootstrap_servers}]},
        },
    )
    strimzi = {"provider": "strimzi", "strimzi": {"replicas": 1}, "partitions": 2}
    wanted = tracker({"kafka": strimzi, "schemaRegistry": {"compatibility": "FULL"}})
    found = made(wanted, known)
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap_servers})
    topics = [manifest["spec"] for (kind, _), manifest in found.items() if kind == "KafkaTopic"]
    for done in admin.create_topics([as_topic(topic) for topic in topics]).values():
        done.result(ANSWER_S)
    (user,) = [manifest for (kind, _), manifest in found.items() if kind == "KafkaUser"]
    rules = [rule for acl in user["spec"]["authorization"]["acls"] for rule in as_rules(acl)]
    for done in admin.create_acls(rules).values():
        done.result(ANSWER_S)
    return found


def as_topic(spec: dict[str, Any]) -> NewTopic:
    """Return a KafkaTopic as Strimzi's topic operator makes it."""
    config = {key: str(value) for key, value in spec["config"].items()}
    return NewTopic(spec["topicName"], spec["partitions"], spec["replicas"], config=config)


def as_rules(acl: dict[str, Any]) -> list[AclBinding]:
    """Return a rule of a KafkaUser as Strimzi's user operator makes it."""
    resource = acl["resource"]
    patterns = {"literal": ResourcePatternType.LITERAL, "prefix": ResourcePatternType.PREFIXED}
    pattern = patterns[resource.get("patternType", "literal")]
    kinds = {"topic": ResourceType.TOPIC, "group": ResourceType.GROUP, "cluster": ResourceType.BROKER}
    operations = {
        "Describe": AclOperation.DESCRIBE,
        "DescribeConfigs": AclOperation.DESCRIBE_CONFIGS,
        "Read": AclOperation.READ,
        "Write": AclOperation.WRITE,
    }
    return [
        AclBinding(
            kinds[resource["type"]],
            resource.get("name", "kafka-cluster"),
            pattern,
            f"User:{USER}",
            "*",
            operations[operation],
            AclPermissionType.ALLOW,
        )
        for operation in acl["operations"]
    ]


@pytest.fixture
def secrets(certificates: Certificates) -> Secrets:
    """The objects that Strimzi's operators write."""
    login = "org.apache.kafka.common.security.scram.ScramLoginModule required"
    return {
        "sky-kafka-cluster-ca-cert": {"ca.crt": certificates.ca_file.read_text()},
        "sky-user": {"password": PASSWORD, "sasl.jaas.config": f'{login} username="{USER}" password="{PASSWORD}";'},
    }


async def test_the_roles_may_read_and_write_positions_and_rejected_records(
    manifests: dict[tuple[str, str], Manifest], secrets: Secrets, tmp_path: Path
) -> None:
    for name, values in secrets.items():
        (tmp_path / name).mkdir()
        for key, value in values.items():
            (tmp_path / name / key).write_text(value)
    (tmp_path / "kafka-username").write_text(USER)
    text = manifests["ConfigMap", "sky-gateway"]["data"]["gateway.json"]
    text = text.replace(SECRETS_DIRECTORY, str(tmp_path)).replace(CONFIG_DIRECTORY, str(tmp_path))
    settings = msgspec.json.decode(text, type=GatewaySettings)
    assert settings.servers is not None
    connection = KafkaConnection(settings.servers.kafka)
    positions, rejected = KafkaPositionLog(connection, SystemClock()), KafkaRejectedLog(connection)
    try:
        async with asyncio.timeout(WAIT_S):
            await connection.open()
            await positions.open()
            await rejected.append([RejectedRecord("truncated", "too short", "gateway", b"4ca1d3", b"?", 1)])
            async with positions.read(replay_ms=60_000) as events:
                await positions.append([OutgoingRecord(b"4ca1d3", b"7", SystemClock().now_ms())])
                async for event in events:
                    if isinstance(event, Records):
                        assert event.records[0].value == b"7"
                        break
            (volume,) = await broker_volumes(connection)
            assert 0 < volume.filled < 1
            with pytest.raises(TopicAuthorizationFailedError):
                await connection.producer.send_and_wait("another", b"x")
    finally:
        await connection.close()


async def test_the_registry_may_store_its_schemas(
    manifests: dict[tuple[str, str], Manifest], secrets: Secrets, tmp_path: Path
) -> None:
    await remembers(BuiltinRegistry(tmp_path, manifests["Deployment", "sky-registry"], secrets))
