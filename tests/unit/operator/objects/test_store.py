"""Tests of the store of live objects."""

from __future__ import annotations

from typing import Any

from flighttracker_operator.objects.kinds import BUILTIN, TRACKER
from flighttracker_operator.objects.store import Bodies, ObjectKey, Store, TrackerKey, entry_of

SERVICE = next(kind for kind in BUILTIN if kind.name == "Service")
DEMO = TrackerKey("one", "demo")


def service(version: int = 1, *, uid: str = "s1", tracker: str = "demo", **metadata: Any) -> dict[str, Any]:
    labels = {"flighttracker.io/tracker": tracker} if tracker else {}
    found = {"name": "demo-web", "namespace": "one", "uid": uid, "resourceVersion": str(version), "labels": labels}
    return {"metadata": {**found, **metadata}, "spec": {"ports": [{"port": version}]}}


def tracker() -> dict[str, Any]:
    return {"metadata": {"name": "demo", "namespace": "one", "uid": "demo-1", "resourceVersion": "1"}, "spec": {}}


def test_the_newest_version_wins_in_any_order() -> None:
    store = Store()
    assert store.put(entry_of(SERVICE, service(2)))
    assert not store.put(entry_of(SERVICE, service(1)))
    assert not store.put(entry_of(SERVICE, service(2)))
    assert store.put(entry_of(SERVICE, service(10)))
    (child,) = store.children(DEMO)
    assert child.body["spec"] == {"ports": [{"port": 10}]}
    assert (child.body["kind"], child.body["apiVersion"]) == ("Service", "v1")


def test_an_object_is_marked_as_current_for_one_version_only() -> None:
    store, key = Store(), ObjectKey("Service", "one", "demo-web")
    store.put(entry_of(SERVICE, service(1)))
    store.mark_current(key, "digest")
    assert store.is_current(key, "digest")
    assert not store.is_current(key, "another")
    store.put(entry_of(SERVICE, service(1)))
    assert store.is_current(key, "digest"), "the version is the same"
    store.put(entry_of(SERVICE, service(2)))
    assert not store.is_current(key, "digest")
    store.mark_current(key, "digest")
    store.remove(key)
    assert not store.is_current(key, "digest")


def test_bodies_are_decompressed_once_on_first_access() -> None:
    bodies = Bodies([entry_of(SERVICE, service(1)), entry_of(TRACKER, tracker())])
    assert list(bodies) == [("Service", "demo-web"), ("FlightTracker", "demo")]
    assert [body["spec"] for body in bodies.of_kind("Service")] == [{"ports": [{"port": 1}]}]
    assert bodies["Service", "demo-web"] is bodies["Service", "demo-web"]
    assert bodies.get(("Service", "absent")) is None
    assert len(bodies) == 2


def test_an_object_with_a_new_uid_replaces_the_old_one_at_any_version() -> None:
    store = Store()
    store.put(entry_of(SERVICE, service(9)))
    assert store.put(entry_of(SERVICE, service(3, uid="s2")))
    key = ObjectKey("Service", "one", "demo-web")
    assert store.remove(key, "s1") is None, "the deletion is that of the old object"
    assert store.remove(key, "s2") is not None
    assert list(store.children(DEMO)) == []


def test_a_child_whose_label_changes_moves_to_the_other_tracker() -> None:
    store = Store()
    store.put(entry_of(SERVICE, service(1)))
    store.put(entry_of(SERVICE, service(2, tracker="other")))
    assert list(store.children(DEMO)) == []
    assert len(list(store.children(TrackerKey("one", "other")))) == 1


def test_managed_fields_and_last_applied_configuration_are_not_stored() -> None:
    fields = [{"manager": "flighttracker-operator", "operation": "Apply"}]
    noise = {"kubectl.kubernetes.io/last-applied-configuration": "{}", "kept": "yes"}
    entry = entry_of(SERVICE, service(managedFields=fields, annotations=noise))
    assert "managedFields" not in entry.body["metadata"]
    assert entry.body["metadata"]["annotations"] == {"kept": "yes"}


def test_a_tracker_is_none_of_its_children() -> None:
    store = Store()
    store.put(entry_of(TRACKER, tracker()))
    store.put(entry_of(SERVICE, service()))
    assert list(store.trackers()) == [DEMO]
    assert [child.key.kind for child in store.children(DEMO)] == ["Service"]
    store.remove(ObjectKey("FlightTracker", "one", "demo"))
    assert store.tracker(DEMO) is None
