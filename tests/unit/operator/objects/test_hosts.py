"""Tests of the assignment of ingress hosts to trackers."""

from __future__ import annotations

from typing import Any

from flighttracker_operator.objects.hosts import Hosts
from flighttracker_operator.objects.store import TrackerKey


def tracker(name: str, created: str = "2026-01-01T00:00:00Z", *, base_path: str = "", **ingress: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "one", "creationTimestamp": created}
    return {"metadata": metadata, "spec": {"ingress": ingress, "web": {"basePath": base_path}}}


def test_the_older_tracker_has_the_host_unless_the_other_already_has_an_ingress() -> None:
    hosts = Hosts()
    old, new = TrackerKey("one", "old"), TrackerKey("one", "new")
    hosts.put(old, tracker("old", "2026-01-01T00:00:00Z", enabled=True, host="a.example"))
    assert hosts.put(new, tracker("new", "2026-01-02T00:00:00Z", enabled=True, host="a.example")) == {old}
    assert hosts.holder(new, None, lambda _: False) == old
    assert hosts.holder(old, None, lambda _: False) is None
    assert hosts.holder(old, None, lambda key: key == new) == new


def test_the_same_host_of_another_class_is_no_conflict() -> None:
    hosts = Hosts()
    inside, outside = TrackerKey("one", "inside"), TrackerKey("one", "outside")
    hosts.put(inside, tracker("inside", enabled=True, host="a.example", className="internal"))
    hosts.put(outside, tracker("outside", enabled=True, host="a.example"))
    assert hosts.holder(outside, "public", lambda _: False) is None
    assert hosts.holder(outside, "internal", lambda _: False) == inside


def test_another_namespace_takes_no_host_through_another_class_or_gateway() -> None:
    hosts = Hosts()
    first, same = TrackerKey("one", "first"), TrackerKey("one", "same")
    hosts.put(first, tracker("first", enabled=True, host="a.example"))
    gateway = {"parentRef": {"namespace": "infra", "name": "public"}}
    hosts.put(same, tracker("same", "2026-01-02T00:00:00Z", enabled=True, host="a.example", gatewayApi=gateway))
    entrances: dict[str, dict[str, Any]] = {"class": {"className": "second"}, "gateway": {"gatewayApi": gateway}}
    for name, ways in entrances.items():
        late = TrackerKey("two", name)
        hosts.put(late, tracker(name, "2026-02-01T00:00:00Z", enabled=True, host="a.example", **ways))
        assert hosts.holder(late, "public", lambda _: False) == first
        # Also one that was there before the other tracker.
        assert hosts.holder(first, "public", late.__eq__) == late
        hosts.remove(late)
    assert hosts.holder(same, "public", lambda _: False) is None


def test_every_host_of_another_class_is_no_conflict() -> None:
    hosts = Hosts()
    inside, outside = TrackerKey("one", "inside"), TrackerKey("two", "outside")
    hosts.put(inside, tracker("inside", enabled=True, className="internal"))
    hosts.put(outside, tracker("outside", enabled=True))
    assert hosts.holder(outside, "public", lambda _: False) is None
    assert hosts.holder(outside, "internal", lambda _: False) == inside


def test_a_released_host_affects_the_other_trackers_that_request_it() -> None:
    hosts = Hosts()
    one, two = TrackerKey("one", "one"), TrackerKey("one", "two")
    hosts.put(one, tracker("one", enabled=True, host="a.example"))
    hosts.put(two, tracker("two", enabled=True, host="a.example"))
    assert hosts.put(one, tracker("one", enabled=True, host="b.example")) == {two}
    assert hosts.holder(two, None, lambda _: False) is None
    assert hosts.remove(one) == set()
    assert hosts.put(two, tracker("two", enabled=False)) == set()


def test_trackers_of_one_namespace_share_a_host_below_different_paths() -> None:
    hosts = Hosts()
    north, south, other = TrackerKey("one", "north"), TrackerKey("one", "south"), TrackerKey("two", "other")
    hosts.put(north, tracker("north", enabled=True, host="a.example", base_path="/maps/north"))
    hosts.put(south, tracker("south", enabled=True, host="a.example", base_path="/maps/south"))
    assert hosts.holder(south, None, lambda _: False) is None
    hosts.put(other, tracker("other", "2026-02-01T00:00:00Z", enabled=True, host="a.example", base_path="/maps/other"))
    assert hosts.holder(other, None, lambda _: False) == north, "its page would have the tokens of the others"
    assert hosts.holder(south, None, lambda _: False) is None
    hosts.put(south, tracker("south", enabled=True, host="a.example", base_path="/maps/north"))
    assert hosts.holder(south, None, lambda _: False) == north
