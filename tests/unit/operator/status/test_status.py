"""Conditions from what is there: short reasons, messages that say what to do, no time that beats."""

from __future__ import annotations

from typing import Any

import pytest

from flighttracker_operator.model.facts import SecretFacts
from flighttracker_operator.objects.store import ObjectKey
from flighttracker_operator.status import Numbers, new_warnings, transitions
from tests.unit.operator.status.status_world import NOW, World, container

LATER = "2026-01-01T00:01:00Z"
CONDITION = {"status": "False", "reason": "Unreachable"}
SKY = SecretFacts(keys=frozenset({"client_id", "client_secret"}), digest="d")


def test_when_everything_runs_the_tracker_is_ready() -> None:
    told = "the map is up: kubectl port-forward service/demo-web 8080, http://localhost:8080"
    assert World().condition() == ("True", "Ready", told)
    told = "the gateways are up; spec.web.enabled is false, so there is no page"
    assert World({"web": {"enabled": False}}).condition() == ("True", "Ready", told)


def test_the_url_is_that_of_the_ingress() -> None:
    world = World({"ingress": {"enabled": True, "host": "a.example", "tls": {"clusterIssuer": "x"}}})
    world.more["class_known"] = False
    assert world.status()["url"] == "https://a.example"
    assert world.condition() == ("True", "Ready", "the map is at https://a.example")


def test_without_a_host_the_url_is_the_address_of_the_controller() -> None:
    world = World({"ingress": {"enabled": True}}, ingress_classes={"c": "x"}, default_ingress_class="c")
    assert "url" not in world.status()
    assert world.condition("IngressReady")[1] == "NoAddress"
    world.live["Ingress", "demo"]["status"] = {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}
    assert world.status()["url"] == "http://192.0.2.1"
    assert world.condition("IngressReady") == ("True", "Ready", "reachable at 192.0.2.1")


def test_one_gateway_of_three_shows_the_map_and_is_not_what_was_asked_for() -> None:
    world = World({"gateway": {"replicas": 3}})
    world.ready("Deployment", "demo-gateway", 1)
    assert world.condition("GatewayReady") == ("True", "Degraded", "gateways ready: 1 of 3")
    assert world.condition() == (
        "False",
        "Degraded",
        "Gateway: gateways ready: 1 of 3; the map goes on meanwhile",
    )
    assert world.status()["gateways"]["summary"] == "1/3"


def test_pods_with_earlier_settings_are_not_what_was_asked_for() -> None:
    world = World()
    world.live["Deployment", "demo-gateway"]["status"] |= {"replicas": 3, "updatedReplicas": 1}
    assert world.condition("GatewayReady")[:2] == ("True", "Updating")
    assert world.condition() == (
        "False",
        "Updating",
        "Gateway: gateways ready: 2 of 2, with the present settings: 1; the map goes on meanwhile",
    )
    world.live["Deployment", "demo-gateway"]["status"] |= {"updatedReplicas": 2}
    assert world.condition()[1] == "Updating", "one of the earlier ones is left"


def test_what_an_autoscaler_wants_beyond_the_minimum_is_nobodys_request() -> None:
    world = World({"gateway": {"autoscaling": {"minReplicas": 2, "maxReplicas": 6}}})
    gateway = world.live["Deployment", "demo-gateway"]
    gateway["spec"]["replicas"] = 5
    world.ready("Deployment", "demo-gateway", 2)
    gateway["status"]["replicas"] = 5
    assert world.condition()[0] == "True"
    world.ready("Deployment", "demo-gateway", 1)
    assert world.condition()[:2] == ("False", "Degraded")


def test_a_map_is_not_ready_before_its_first_aircraft() -> None:
    world = World()
    world.more["numbers"] = Numbers()
    assert world.condition() == (
        "False",
        "WaitingForFlights",
        "Flights: the gateways are being asked how many aircraft they show",
    )
    world.numbers(aircraft=0)
    assert world.condition()[:2] == ("False", "WaitingForFlights")
    assert "asked every 15 s; if none comes: kubectl logs demo-generator-0" in world.condition()[2]
    world.numbers(aircraft=1)
    assert world.condition()[0] == "True"
    assert world.status()["aircraft"] == 1


def test_topics_are_not_called_made_before_a_position_has_reached_them() -> None:
    world = World({"kafka": {"provider": "external", "external": {"bootstrapServers": "kafka.absent:9092"}}})
    world.numbers(has_positions=False)
    assert world.condition("TopicReady") == (
        "False",
        "WaitingForGenerators",
        "no position has reached Kafka yet; if none does: kubectl logs demo-generator-0",
    )
    world.numbers(has_positions=True)
    assert world.condition("TopicReady")[0] == "True"


def test_a_kafka_of_others_that_cannot_be_reached_explains_the_tracker() -> None:
    world = World({"kafka": {"provider": "external", "external": {"bootstrapServers": "kafka.absent:9092"}}})
    assert world.condition("KafkaReady") == ("True", "External", "others run it: kafka.absent:9092")
    world.numbers(waits_for={"kafka": "no broker answers"}, has_positions=False)
    told = "the generators cannot use it: no broker answers; check spec.kafka.external and what is on the way"
    assert world.condition("KafkaReady") == ("False", "Unreachable", told)
    assert world.condition() == ("False", "Unreachable", f"Kafka: {told}")
    (event,) = transitions({}, {"conditions": [{"type": "KafkaReady", **CONDITION, "message": told}]})
    assert event == ("Warning", "Unreachable", f"KafkaReady: {told}")


def test_a_registry_of_others_that_cannot_be_reached_explains_the_tracker() -> None:
    world = World({"schemaRegistry": {"provider": "external", "external": {"url": "http://registry.absent"}}})
    assert world.condition("SchemaRegistryReady")[1] == "External"
    world.numbers(waits_for={"registry": "no answer"})
    told = "the generators cannot use it: no answer; check spec.schemaRegistry.external and what is on the way"
    assert world.condition("SchemaRegistryReady") == ("False", "Unreachable", told)


def test_what_generators_wait_for_is_told_of_our_own_servers_too() -> None:
    world = World()
    world.numbers(waits_for={"kafka": "no broker answers"}, has_positions=False)
    assert world.condition("TopicReady") == (
        "False",
        "WaitingForGenerators",
        "the generators wait: no broker answers",
    )


def test_an_empty_map_says_what_ails_its_source() -> None:
    world = World({"source": {"opensky": {"credentialsSecret": "sky"}}}, secrets={"sky": SKY})
    ready = world.status()
    world.numbers(aircraft=0)
    assert world.condition(before=ready)[:2] == ("False", "NoFlights")
    assert world.condition(before=world.status(ready))[:2] == ("False", "NoFlights"), "and stays so"
    world.numbers(aircraft=0, source_trouble="unauthorized")
    assert world.condition() == (
        "False",
        "SourceFails",
        "Flights: no aircraft, because the source gives none (unauthorized): check spec.source.opensky and Secret sky; "
        "kubectl logs demo-generator-0",
    )


def test_an_operator_that_starts_says_what_was_said_before_until_it_knows_better() -> None:
    world = World()
    world.numbers(aircraft=5000, viewers=7, flights_per_s=660.0)
    ready = world.status()
    world.more["numbers"] = Numbers()
    assert world.status(ready, LATER) == ready
    world.ready("Deployment", "demo-gateway", 0)
    gone = world.status(ready)
    assert "viewers" not in gone
    assert world.condition("FlightsReady", before=ready)[1] == "WaitingForGateways"
    world.ready("Deployment", "demo-gateway", 2)
    assert world.condition("FlightsReady", before=gone)[1] == "WaitingForFlights"


def test_gateways_that_cannot_be_asked_keep_nobody_waiting() -> None:
    world = World()
    world.numbers()
    assert world.condition("FlightsReady")[:2] == ("Unknown", "GatewaysDoNotAnswer")
    assert world.condition()[0] == "True"


def test_two_of_three_brokers_are_enough_and_one_is_not() -> None:
    world = World({"kafka": {"builtin": {"replicas": 3}}})
    world.ready("StatefulSet", "demo-kafka", 2)
    assert world.condition("KafkaReady")[:2] == ("True", "Degraded")
    world.ready("StatefulSet", "demo-kafka", 1)
    assert world.condition("KafkaReady")[:2] == ("False", "Starting")


def test_numbers_of_an_older_spec_do_not_count() -> None:
    world = World()
    world.live["Deployment", "demo-gateway"]["metadata"]["generation"] = 2
    assert world.condition("GatewayReady")[0] == "False"


def test_no_gateways_says_how_to_have_some() -> None:
    status, reason, message = World({"gateway": {"replicas": 0}}).condition()
    assert (status, reason) == ("False", "ScaledToZero")
    assert "kubectl scale ft/demo --replicas=2" in message


def test_foreign_and_refused_children_stand_in_their_parts_condition() -> None:
    world = World()
    world.more["foreign"] = {ObjectKey("Service", "one", "demo-redis"): "Helm release shop"}
    world.more["refused"] = {
        ObjectKey("Deployment", "one", "demo-web"): "PATCH /x: deployments is forbidden: exceeded quota: q"
    }
    assert world.condition("RedisReady")[1:] == (
        "OwnedByOthers",
        "Service demo-redis exists and is not the tracker's (Helm release shop): delete or rename it, or rename the "
        "tracker",
    )
    assert world.condition("WebReady")[1] == "QuotaExceeded"


def test_strimzi_speaks_through_conditions() -> None:
    waiting = {"metadata": {"generation": 2}, "spec": {"kafka": {}}, "status": {"observedGeneration": 1}}
    assert (
        World({"kafka": {"provider": "strimzi"}}, strimzi_kafka=waiting).condition("KafkaReady")[1]
        == "WaitingForStrimzi"
    )
    broken = {
        "metadata": {"generation": 1},
        "spec": {"kafka": {}},
        "status": {"conditions": [{"type": "NotReady", "status": "True", "reason": "Fatal", "message": "no volume"}]},
    }
    world = World({"kafka": {"provider": "strimzi"}}, strimzi_kafka=broken)
    assert world.condition("KafkaReady") == ("False", "Fatal", "Strimzi says about Kafka demo-kafka: no volume")
    ready = {
        "metadata": {"generation": 1},
        "spec": {"kafka": {}},
        "status": {"observedGeneration": 1, "conditions": [{"type": "Ready", "status": "True"}]},
    }
    assert World({"kafka": {"provider": "strimzi"}}, strimzi_kafka=ready).condition("KafkaReady")[0] == "True"


def test_a_registry_that_serves_nothing_is_not_ready() -> None:
    world = World()
    world.numbers(registry_trouble="it answers with HTTP 500")
    assert world.condition("SchemaRegistryReady")[:2] == ("False", "NotServing")


@pytest.mark.parametrize(
    ("spec", "classes", "default", "reason"),
    [
        ({"className": "nginx"}, {"contour": "x"}, "contour", "IngressClassMissing"),
        ({}, {"contour": "x"}, None, "NoDefaultIngressClass"),
        ({}, {}, None, "NoDefaultIngressClass"),
        ({"className": "nginx"}, {"nginx": "x"}, None, "NoAddress"),
    ],
)
def test_an_ingress_class_that_is_absent_is_told(
    spec: dict[str, Any], classes: dict[str, str], default: str | None, reason: str
) -> None:
    world = World({"ingress": {"enabled": True, **spec}}, ingress_classes=classes, default_ingress_class=default)
    assert world.condition("IngressReady")[1] == reason


def test_an_unchanged_world_gives_the_same_status() -> None:
    world = World()
    first = world.status()
    assert world.status(first, LATER) == first
    world.ready("Deployment", "demo-gateway", 0)
    changed = {one["type"]: one["lastTransitionTime"] for one in world.status(first, LATER)["conditions"]}
    assert changed.pop("Ready") == changed.pop("GatewayReady") == changed.pop("FlightsReady") == LATER
    assert set(changed.values()) == {NOW}


def test_events_tell_what_breaks_and_what_is_well_again() -> None:
    world = World()
    starting = World()
    for kind, name in list(starting.live):
        if kind in ("StatefulSet", "Deployment"):
            starting.ready(kind, name, 0)
    assert list(transitions({}, starting.status())) == [], "starting is no event"
    ready = world.status()
    assert [(one.type, one.reason) for one in transitions(starting.status(), ready)] == [("Normal", "Ready")]
    world.ready("Deployment", "demo-gateway", 0)
    world.pod("gateway", containerStatuses=[container(state={"waiting": {"reason": "ErrImagePull"}})])
    broken = world.status()
    (told,) = transitions(ready, broken)
    assert (told.type, told.reason) == ("Warning", "ImageCannotBePulled")
    assert told.message.startswith("GatewayReady: ")
    assert list(transitions(broken, broken)) == []


def test_a_risky_spec_is_one_event_for_each_generation() -> None:
    first, again, changed = {"observedGeneration": 1}, {"observedGeneration": 1}, {"observedGeneration": 2}
    (told,) = new_warnings({}, first, ["spec.gateway is risky"])
    assert told == ("Warning", "RiskySpec", "spec.gateway is risky")
    assert list(new_warnings(first, again, ["spec.gateway is risky"])) == []
    assert len(list(new_warnings(again, changed, ["spec.gateway is risky"]))) == 1


def test_long_messages_are_cut_where_the_crd_ends() -> None:
    world = World()
    world.more["refused"] = {ObjectKey("Deployment", "one", "demo-web"): "x" * 5000}
    assert len(world.condition("WebReady")[2]) == 1024
