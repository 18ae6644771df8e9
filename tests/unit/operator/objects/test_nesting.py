"""Objects that are nested more deeply than any of Kubernetes are kept in part."""

from __future__ import annotations

from typing import Any

from flighttracker_operator.objects.kinds import TRACKER
from flighttracker_operator.objects.nesting import MAX_LEVELS, TOO_DEEP, may_be_deep, shallow
from flighttracker_operator.objects.store import entry_of


def nested(levels: int) -> Any:
    value: Any = 1
    for level in range(levels):
        value = [value] if level % 2 else {"a": value, "b": 2}
    return value


def test_levels_below_the_most_are_a_text() -> None:
    assert shallow(nested(3), 3) == nested(3)
    assert shallow({"a": [{"b": [1]}], "c": "d"}, 2) == {"a": [TOO_DEEP], "c": "d"}
    assert shallow(7, 0) == 7


def test_an_object_with_few_brackets_is_not_looked_at() -> None:
    assert not may_be_deep(b"{" * MAX_LEVELS)
    assert may_be_deep(b"[" * MAX_LEVELS + b"{")


def test_an_entry_has_a_bounded_number_of_levels() -> None:
    metadata = {"name": "deep", "namespace": "one", "uid": "u", "resourceVersion": "1"}
    entry = entry_of(TRACKER, {"metadata": metadata, "spec": nested(900), "status": {"a": 1}})
    depth, value = 0, entry.body["spec"]
    while isinstance(value, dict | list):
        depth, value = depth + 1, value["a"] if isinstance(value, dict) else value[0]
    assert (depth, value) == (MAX_LEVELS - 1, TOO_DEEP)
    assert entry.body["status"] == {"a": 1}
