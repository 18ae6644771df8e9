"""The condition HistoryReady."""

from __future__ import annotations

from typing import Any

import pytest

from flighttracker_operator.status import HistoryNumbers
from tests.unit.operator.status.status_world import World

VOLUME: dict[str, Any] = {"history": {"enabled": True}}
BUCKET: dict[str, Any] = {"history": {"enabled": True, "storage": {"s3": {"bucket": "flights"}}}}


def world(spec: dict[str, Any], **numbers: Any) -> World:
    made = World(spec)
    made.numbers(aircraft=5000, history=HistoryNumbers(**numbers))
    return made


def test_only_a_tracker_with_history_has_the_condition() -> None:
    assert "HistoryReady" not in {one["type"] for one in World().status()["conditions"]}
    assert world(VOLUME).condition("HistoryReady")[:2] == ("True", "Ready")


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (VOLUME, "7d are kept on volume claim data-demo-historian-0, which is deleted with the tracker"),
        (
            {"history": {"enabled": True, "storage": {"volume": {"reclaim": "Retain"}}}},
            "volume claim data-demo-historian-0, which stays when the tracker is deleted",
        ),
        (BUCKET, "7d are kept in s3://flights/default/demo; the files stay there when the tracker is deleted"),
    ],
)
def test_it_says_where_the_past_is_and_what_stays(spec: dict[str, Any], words: str) -> None:
    assert words in world(spec).condition("HistoryReady")[2]


def test_a_historian_that_does_not_run_is_a_problem_of_the_tracker() -> None:
    made = world(VOLUME)
    made.ready("StatefulSet", "demo-historian", 0)
    made.pod("historian", phase="Pending")
    status, reason, message = made.condition("HistoryReady")
    assert (status, reason) == ("False", "Starting")
    assert "historians ready: 0 of 1" in message
    assert made.condition()[0] == "False"


@pytest.mark.parametrize(("spec", "fix"), [(VOLUME, "statefulset/demo-historian"), (BUCKET, "spec.history.storage.s3")])
def test_files_that_cannot_be_written_are_a_problem(spec: dict[str, Any], fix: str) -> None:
    status, reason, message = world(spec, fails_to_write=True).condition("HistoryReady")
    assert (status, reason) == ("False", "HistoryNotWritten")
    assert fix in message


def test_a_nearly_full_volume_is_a_note_and_is_remembered_by_a_new_operator() -> None:
    made = world(VOLUME, full_percent=95)
    status, reason, message = made.condition("HistoryReady")
    assert (status, reason) == ("True", "VolumeNearlyFull")
    assert "95 % full: raise spec.history.storage.volume.size" in message
    ready = made.condition()
    assert ready[0] == "True"
    assert "95 % full" in ready[2]
    before = made.status()
    made.numbers(aircraft=5000, history=None)
    assert made.condition("HistoryReady", before)[1] == "VolumeNearlyFull"
    made.numbers(aircraft=5000, history=HistoryNumbers())
    assert made.condition("HistoryReady", before)[1] == "Ready"


@pytest.mark.parametrize(
    ("spec", "store"), [(VOLUME, "volume claim data-demo-historian-0"), (BUCKET, "s3://flights/default/demo")]
)
def test_the_status_has_what_is_kept(spec: dict[str, Any], store: str) -> None:
    made = world(spec, since_s=1_790_000_000, size_bytes=1.24e9, lag_s=120)
    assert made.status()["history"] == {
        **{"store": store, "since": "2026-09-21T14:13:20Z", "size": "1.2G", "lagSeconds": 120}
    }
    assert "history" not in World().status()


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0"), (999, "999"), (1500, "1.5k"), (45e6, "45M"), (990e9, "990G"), (12e12, "12T")]
)
def test_the_size_is_a_quantity(size: float, words: str) -> None:
    assert world(VOLUME, size_bytes=size).status()["history"]["size"] == words


def test_an_operator_that_restarted_keeps_what_the_status_says() -> None:
    before = world(VOLUME, since_s=1_790_000_000, size_bytes=5e6, lag_s=0).status()
    made = world(VOLUME)
    made.numbers(aircraft=5000, history=None)
    assert made.status(before)["history"] == before["history"]
    assert "history" not in made.status()
    assert "history" not in World().status(before), "the history was turned off"
