"""What is remembered of live objects, and whose they are."""

from __future__ import annotations

from typing import Any

import pytest

from flighttracker_operator.cluster.kinds import BUILTIN, TRACKER
from flighttracker_operator.cluster.store import Bodies, ObjectKey, Store, TrackerKey, entry_of
from flighttracker_operator.reconcile.hosts import Hosts
from flighttracker_operator.reconcile.ownership import Owner, owner_of, person_behind

SERVICE = next(kind for kind in BUILTIN if kind.name == "Service")
DEMO = TrackerKey("one", "demo")
OWNED = {"apiVersion": "flighttracker.io/v1alpha1", "kind": "FlightTracker", "name": "demo", "uid": "tracker-1"}


def service(version: int = 1, *, uid: str = "s1", tracker: str = "demo", **metadata: Any) -> dict[str, Any]:
    labels = {"flighttracker.io/tracker": tracker} if tracker else {}
    found = {"name": "demo-web", "namespace": "one", "uid": uid, "resourceVersion": str(version), "labels": labels}
    return {"metadata": {**found, **metadata}, "spec": {"ports": [{"port": version}]}}


def tracker(name: str = "demo", created: str = "2026-01-01T00:00:00Z", **ingress: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "one", "uid": f"{name}-1", "resourceVersion": "1"}
    return {"metadata": {**metadata, "creationTimestamp": created}, "spec": {"ingress": ingress}}


def test_the_newest_version_wins_whoever_brings_it() -> None:
    store = Store()
    assert store.put(entry_of(SERVICE, service(2)))
    assert not store.put(entry_of(SERVICE, service(1)))
    assert not store.put(entry_of(SERVICE, service(2)))
    assert store.put(entry_of(SERVICE, service(10)))
    (child,) = store.children(DEMO)
    assert child.body["spec"] == {"ports": [{"port": 10}]}
    assert (child.body["kind"], child.body["apiVersion"]) == ("Service", "v1")


def test_what_an_object_was_found_to_be_holds_for_its_version_alone() -> None:
    store, key = Store(), ObjectKey("Service", "one", "demo-web")
    store.put(entry_of(SERVICE, service(1)))
    store.note_as(key, "digest")
    assert store.is_as(key, "digest")
    assert not store.is_as(key, "another")
    store.put(entry_of(SERVICE, service(1)))
    assert store.is_as(key, "digest"), "it is the same version"
    store.put(entry_of(SERVICE, service(2)))
    assert not store.is_as(key, "digest")
    store.note_as(key, "digest")
    store.remove(key)
    assert not store.is_as(key, "digest")


def test_bodies_are_unpacked_when_they_are_looked_at() -> None:
    bodies = Bodies([entry_of(SERVICE, service(1)), entry_of(TRACKER, tracker())])
    assert list(bodies) == [("Service", "demo-web"), ("FlightTracker", "demo")]
    assert [body["spec"] for body in bodies.of_kind("Service")] == [{"ports": [{"port": 1}]}]
    assert bodies["Service", "demo-web"] is bodies["Service", "demo-web"]
    assert bodies.get(("Service", "absent")) is None
    assert len(bodies) == 2


def test_another_incarnation_replaces_whatever_its_version() -> None:
    store = Store()
    store.put(entry_of(SERVICE, service(9)))
    assert store.put(entry_of(SERVICE, service(3, uid="s2")))
    key = ObjectKey("Service", "one", "demo-web")
    assert store.remove(key, "s1") is None, "the old one's end is not the new one's"
    assert store.remove(key, "s2") is not None
    assert list(store.children(DEMO)) == []


def test_a_child_whose_label_changes_moves() -> None:
    store = Store()
    store.put(entry_of(SERVICE, service(1)))
    store.put(entry_of(SERVICE, service(2, tracker="other")))
    assert list(store.children(DEMO)) == []
    assert len(list(store.children(TrackerKey("one", "other")))) == 1


def test_bookkeeping_is_not_kept() -> None:
    fields = [{"manager": "flighttracker-operator", "operation": "Apply"}]
    noise = {"kubectl.kubernetes.io/last-applied-configuration": "{}", "kept": "yes"}
    entry = entry_of(SERVICE, service(managedFields=fields, annotations=noise))
    assert "managedFields" not in entry.body["metadata"]
    assert entry.body["metadata"]["annotations"] == {"kept": "yes"}


def test_trackers_are_apart_from_their_children() -> None:
    store = Store()
    store.put(entry_of(TRACKER, tracker()))
    store.put(entry_of(SERVICE, service()))
    assert list(store.trackers()) == [DEMO]
    assert [child.key.kind for child in store.children(DEMO)] == ["Service"]
    store.remove(ObjectKey("FlightTracker", "one", "demo"))
    assert store.tracker(DEMO) is None


@pytest.mark.parametrize(
    ("metadata", "owner"),
    [
        ({"ownerReferences": [OWNED]}, Owner.OURS),
        ({"ownerReferences": [{**OWNED, "uid": "tracker-0"}]}, Owner.LEAVING),
        ({"ownerReferences": [{"kind": "App", "name": "x", "uid": "x", "controller": True}]}, Owner.FOREIGN),
        ({}, Owner.FOREIGN),
        ({"managedFields": [{"manager": "kubectl", "operation": "Apply"}]}, Owner.FOREIGN),
        ({"managedFields": [{"manager": "flighttracker-operator", "operation": "Apply"}]}, Owner.OURS),
    ],
)
def test_whose_an_object_is(metadata: dict[str, Any], owner: Owner) -> None:
    assert owner_of(metadata, "tracker-1", "demo") is owner


def test_an_owner_is_named_in_words() -> None:
    assert person_behind({"ownerReferences": [{"kind": "App", "name": "x", "controller": True}]}) == "App x"
    assert person_behind({"annotations": {"meta.helm.sh/release-name": "shop"}}) == "Helm release shop"
    assert person_behind({"managedFields": [{"manager": "kubectl-create"}]}) == "kubectl-create made it"
    assert person_behind({}) == "somebody else made it"


def test_the_older_tracker_has_the_host_unless_the_other_has_an_ingress_already() -> None:
    hosts = Hosts()
    old, new = TrackerKey("one", "old"), TrackerKey("one", "new")
    hosts.put(old, tracker("old", "2026-01-01T00:00:00Z", enabled=True, host="a.example"))
    assert hosts.put(new, tracker("new", "2026-01-02T00:00:00Z", enabled=True, host="a.example")) == {old}
    assert hosts.holder(new, None, lambda _: False) == old
    assert hosts.holder(old, None, lambda _: False) is None
    assert hosts.holder(old, None, lambda key: key == new) == new


def test_hosts_of_other_classes_do_not_matter() -> None:
    hosts = Hosts()
    inside, outside = TrackerKey("one", "inside"), TrackerKey("one", "outside")
    hosts.put(inside, tracker("inside", enabled=True, host="a.example", className="internal"))
    hosts.put(outside, tracker("outside", enabled=True, host="a.example"))
    assert hosts.holder(outside, "public", lambda _: False) is None
    assert hosts.holder(outside, "internal", lambda _: False) == inside


def test_giving_up_a_host_is_news_for_the_others() -> None:
    hosts = Hosts()
    one, two = TrackerKey("one", "one"), TrackerKey("one", "two")
    hosts.put(one, tracker("one", enabled=True, host="a.example"))
    hosts.put(two, tracker("two", enabled=True, host="a.example"))
    assert hosts.put(one, tracker("one", enabled=True, host="b.example")) == {two}
    assert hosts.holder(two, None, lambda _: False) is None
    assert hosts.remove(one) == set()
    assert hosts.put(two, tracker("two", enabled=False)) == set()
