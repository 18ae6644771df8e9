"""The bounds in bytes of the topics keep the volume of a broker from filling up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flighttracker.spec.quantities import in_units
from flighttracker_operator.manifests import refusals
from flighttracker_operator.manifests.log_bounds import OWN_BYTES, kafka_storage, log_bounds
from flighttracker_operator.manifests.topics import position_topics
from tests.unit.operator.manifests.cases import facts, made, tracker


def kafka_of(**kafka: Any) -> dict[str, Any]:
    return {"kafka": kafka}


@given(
    st.sampled_from(["512Mi", "1Gi", "10Gi", "100G", "2Ti"]),
    st.integers(1, 256),
    st.sampled_from([1, 3]),
    st.sampled_from(["builtin", "strimzi"]),
)
def test_the_topics_of_a_broker_never_fill_its_volume(size: str, partitions: int, brokers: int, provider: str) -> None:
    block = {"replicas": brokers, "storage": {"size": size}}
    wanted = tracker(kafka_of(provider=provider, partitions=partitions, **{provider: block}))
    bounds = log_bounds(wanted.spec.kafka)
    assert bounds is not None
    small = [refusal for refusal in refusals(wanted, facts()) if refusal.reason == "VolumeTooSmall"]
    assert bounds.is_enough != bool(small)
    # Each partition holds its retention, a segment that cannot be deleted yet, and the one that is written.
    positions = (partitions + 1) * (bounds.retention_bytes + 2 * bounds.segment_bytes)
    assert not bounds.is_enough or positions + OWN_BYTES <= 0.76 * float(in_units(size))
    assert bounds.retention_bytes >= 2 * bounds.segment_bytes


def test_the_size_that_the_message_names_is_enough() -> None:
    small = tracker(kafka_of(partitions=256, builtin={"storage": {"size": "1Gi"}}))
    (refusal,) = [found for found in refusals(small, facts()) if found.reason == "VolumeTooSmall"]
    assert not refusal.stops
    size = refusal.message.rpartition(" ")[2]
    assert not refusals(tracker(kafka_of(partitions=256, builtin={"storage": {"size": size}})), facts())


def test_fewer_copies_than_brokers_leave_more_room() -> None:
    def share(copies: int) -> int:
        bounds = log_bounds(tracker(kafka_of(replicationFactor=copies, builtin={"replicas": 3})).spec.kafka)
        assert bounds is not None
        return bounds.retention_bytes

    assert share(1) > 2 * share(3)


@pytest.mark.parametrize(
    "kafka",
    [
        {"provider": "external", "external": {"bootstrapServers": "kafka:9092"}},
        {"provider": "strimzi", "strimzi": {"cluster": "shared"}},
    ],
)
def test_without_known_volumes_only_time_bounds_the_log(kafka: dict[str, Any]) -> None:
    wanted = tracker({"kafka": kafka})
    assert kafka_storage(wanted.spec.kafka) is None
    assert all("retention.bytes" not in topic.config for topic in position_topics(wanted, facts()))


def test_strimzis_topics_have_the_same_bounds_and_the_registrys_have_none() -> None:
    wanted = tracker({"kafka": {"provider": "strimzi"}})
    objects = made(wanted, facts(api_versions=frozenset({"kafka.strimzi.io/v1"})))
    topics = {name: body["spec"]["config"] for (kind, name), body in objects.items() if kind == "KafkaTopic"}
    bounds = log_bounds(wanted.spec.kafka)
    assert bounds is not None
    for name in ("sky-flights", "sky-rejected"):
        assert topics[name]["retention.bytes"] == bounds.retention_bytes
        assert topics[name]["segment.bytes"] == bounds.segment_bytes
    unbounded = [config for config in topics.values() if config["retention.bytes"] == -1]
    assert len(unbounded) == len(topics) - 2
    assert all("segment.bytes" not in config for config in unbounded)
