"""`validate --defaults` writes out the variants that a tracker uses, and only those."""

from __future__ import annotations

from typing import Any

import pytest

from flighttracker.plan import plan
from flighttracker.spec import API_VERSION, FlightTracker, parse_tracker, read_tracker, write_tracker
from flighttracker_cli.defaults import with_defaults

OPENSKY: dict[str, Any] = {"opensky": {}}
STRIMZI = {"provider": "strimzi"}
EXTERNAL_KAFKA = {"provider": "external", "external": {"bootstrapServers": "k:9092"}}
EXTERNAL_REDIS = {"provider": "external", "external": {"urlSecret": "redis"}}


def tracker(spec: dict[str, Any]) -> FlightTracker:
    head = {"apiVersion": "flighttracker.io/v1alpha1", "kind": "FlightTracker", "metadata": {"name": "a"}}
    return read_tracker({**head, "spec": spec})


def blocks_of(spec: dict[str, Any], part: str) -> dict[str, Any]:
    """Return the members of a part that are blocks, as they are written."""
    written = with_defaults(tracker(spec)).spec.model_dump(mode="json", exclude_none=True)[part]
    return {name: member for name, member in written.items() if isinstance(member, dict)}


def sources_of(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the sources as they are written; nothing is written in the deprecated field."""
    written = with_defaults(tracker(spec)).model_dump(mode="json", exclude_none=True)
    assert (written["apiVersion"], written["spec"]["source"]) == (API_VERSION, {})
    sources: list[dict[str, Any]] = written["spec"]["sources"]
    return sources


def test_the_default_source_is_simulated_traffic() -> None:
    simulated = {"aircraft": 10_000, "countries": {}, "seed": 1, "intervalSeconds": 15.0}
    assert sources_of({}) == [{"name": "simulated", "simulated": simulated}]


def test_a_single_source_is_written_in_the_list_with_its_defaults() -> None:
    url = "https://opensky-network.org/api/states/all"
    opensky = {"userAgent": "", "headers": {}, "url": url, "intervalSeconds": 90.0, "vehicles": False}
    assert sources_of({"source": OPENSKY}) == [{"name": "opensky", "opensky": opensky}]
    (readsb,) = sources_of({"sources": [{"name": "roof", "readsb": {"url": "http://pi/a.json"}}]})
    assert set(readsb) == {"name", "readsb"}


def test_each_kafka_has_the_block_of_its_provider() -> None:
    storage = {"size": "10Gi", "reclaim": "Delete"}
    resources: dict[str, Any] = {"requests": {}, "limits": {}}
    assert blocks_of({}, "kafka") == {"builtin": {"replicas": 1, "storage": storage, "resources": resources}}
    strimzi = {"replicas": 3, "storage": storage, "user": {"auth": "scram"}}
    assert blocks_of({"kafka": STRIMZI}, "kafka") == {"strimzi": strimzi}
    assert list(blocks_of({"kafka": EXTERNAL_KAFKA}, "kafka")) == ["external"]


@pytest.mark.parametrize(
    ("kafka", "copies"),
    [({}, 1), ({"builtin": {"replicas": 3}}, 3), (STRIMZI, 3), (EXTERNAL_KAFKA, 3), ({"replicationFactor": 1}, 1)],
)
def test_the_copies_of_a_record_are_those_of_the_chosen_kafka(kafka: dict[str, Any], copies: int) -> None:
    assert with_defaults(tracker({"kafka": kafka})).spec.kafka.replication_factor == copies


def test_each_redis_has_the_block_of_its_provider() -> None:
    builtin = {"storage": {"size": "1Gi", "reclaim": "Delete"}, "resources": {"requests": {}, "limits": {}}}
    assert blocks_of({}, "redis") == {"builtin": builtin}
    assert list(blocks_of({"redis": EXTERNAL_REDIS}, "redis")) == ["external"]


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"source": OPENSKY, "kafka": STRIMZI},
        {"kafka": {"provider": "strimzi", "strimzi": {"cluster": "events"}}},
        {"kafka": EXTERNAL_KAFKA, "redis": EXTERNAL_REDIS},
    ],
)
def test_the_output_is_valid_and_runs_the_same(spec: dict[str, Any]) -> None:
    shown = with_defaults(tracker(spec))
    assert parse_tracker(write_tracker(shown), source="defaults") == shown
    assert plan(shown) == plan(tracker(spec))
