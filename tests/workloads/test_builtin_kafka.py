"""The builtin Kafka starts with the files of its manifests, its probes are right, and its topics are created."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from tests.unit.operator.manifests.cases import PASSWORDS, facts, made, pod_of, tracker
from tests.workloads.builtin_kafka import BuiltinKafka

LOGIN = {
    "security_protocol": "SASL_PLAINTEXT",
    "sasl_mechanism": "PLAIN",
    "sasl_plain_username": "flighttracker",
    "sasl_plain_password": PASSWORDS["kafka_password"],
}
FOR_EVER = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}


def init_container(spec: dict[str, Any], workload: str) -> dict[str, Any]:
    """Return the init container that makes topics for a workload of such a tracker."""
    kind = "StatefulSet" if workload == "generator" else "Deployment"
    (found,) = pod_of(made(tracker(spec))[kind, f"sky-{workload}"])["initContainers"]
    return dict(found)


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BuiltinKafka]:
    # Its plain base64 begins with a dash, which the formatter takes for an option.
    manifests = made(tracker(), facts(uid="f8000000-0000-4000-8000-000000000000"))
    server = BuiltinKafka(tmp_path_factory.mktemp("builtin"), manifests)
    try:
        server.start()
        yield server
    finally:
        server.stop()


async def described(kafka: BuiltinKafka, topic: str) -> tuple[int, dict[str, str]]:
    """Return how many partitions a topic has, and its configuration."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers, **LOGIN)
    await admin.start()
    try:
        (found,) = await admin.describe_topics([topic])
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
        ((_code, _message, _type, _name, entries),) = answer.resources
        return len(found["partitions"]), {entry[0]: entry[1] for entry in entries}
    finally:
        await admin.close()


async def test_the_registrys_topics_keep_everything(kafka: BuiltinKafka) -> None:
    said = kafka.make_topics(init_container({}, "registry"))
    assert "creating topic kafkasql-journal" in said
    for topic in ("kafkasql-journal", "kafkasql-snapshots", "registry-events"):
        partitions, config = await described(kafka, topic)
        assert partitions == 1
        assert config.items() >= FOR_EVER.items()


async def test_topics_follow_the_resource_and_unchanged_ones_are_not_touched(kafka: BuiltinKafka) -> None:
    kafka.make_topics(init_container({"kafka": {"partitions": 2, "retentionMinutes": 60}}, "generator"))
    assert (await described(kafka, "flights"))[0] == 2
    assert kafka.make_topics(init_container({"kafka": {"partitions": 2, "retentionMinutes": 60}}, "generator")) == ""

    said = kafka.make_topics(init_container({"kafka": {"partitions": 5, "retentionMinutes": 90}}, "generator"))
    assert "from 2 to 5 partitions" in said
    partitions, config = await described(kafka, "flights")
    assert partitions == 5
    assert config["retention.ms"] == str(90 * 60_000)
    assert (await described(kafka, "flights.rejected"))[1]["retention.ms"] == str(90 * 60_000)


def test_a_node_that_restarts_is_not_formatted_again_and_a_hung_one_is_not_ready(kafka: BuiltinKafka) -> None:
    meta = kafka.data / "meta.properties"
    before = meta.read_text()
    kafka.freeze()
    try:
        assert not kafka.probe(), "an open port is no answer"
    finally:
        kafka.thaw()
    assert kafka.probe()
    kafka.stop()
    assert not kafka.probe()
    kafka.start()
    assert meta.read_text() == before


def test_a_volume_of_another_cluster_id_is_used_and_explained(kafka: BuiltinKafka) -> None:
    """A tracker that was created again may have another id than its volume."""
    meta = kafka.data / "meta.properties"
    before = meta.read_text()
    formatted = re.search(r"^cluster\.id=(.*)$", before, re.MULTILINE)
    assert formatted is not None
    kafka.stop()
    kafka._command = [word.replace(formatted[1], "AnotherClusterIdxxxxxx") for word in kafka._command]
    kafka.start()
    assert meta.read_text() == before
    note = f"the volume belongs to Kafka cluster {formatted[1]}, not AnotherClusterIdxxxxxx. If this broker cannot join"
    assert note in kafka.log.read_text(errors="replace")


def test_a_cluster_of_three_has_a_quorum_of_three() -> None:
    properties = made(tracker({"kafka": {"builtin": {"replicas": 3}}}))["ConfigMap", "sky-kafka"]["data"][
        "server.properties"
    ]
    assert (
        "controller.quorum.voters=0@sky-kafka-0.sky-kafka-nodes.flights.svc:9093,"
        "1@sky-kafka-1.sky-kafka-nodes.flights.svc:9093,2@sky-kafka-2.sky-kafka-nodes.flights.svc:9093" in properties
    )
    assert "default.replication.factor=3" in properties
    assert "min.insync.replicas=2" in properties
