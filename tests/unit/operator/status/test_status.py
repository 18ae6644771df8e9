"""Conditions have short reasons and messages that say how to fix a problem, and do not change without a cause."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from flighttracker.source_report import SOURCE_STATES
from flighttracker_operator.model.facts import SecretFacts
from flighttracker_operator.objects.store import ObjectKey
from flighttracker_operator.status import Numbers, new_warnings, powerless_status, transitions
from tests.unit.operator.status.status_world import NOW, World, container

LATER = "2026-01-01T00:01:00Z"
PAUSE_END_S = 1_767_225_600
"""2026-01-01 00:00 UTC."""
CONDITION = {"status": "False", "reason": "Unreachable"}
SKY = SecretFacts(keys=frozenset({"client_id", "client_secret"}), digest="d")


def test_when_everything_runs_the_tracker_is_ready() -> None:
    message = "the map is up: run kubectl port-forward service/demo-web 8080 and open http://localhost:8080"
    assert World().condition() == ("True", "Ready", message)
    message = "the gateways are up; spec.web.enabled is false, so there is no page"
    assert World({"web": {"enabled": False}}).condition() == ("True", "Ready", message)


def test_a_map_with_one_of_three_gateways_is_degraded() -> None:
    world = World({"gateway": {"replicas": 3}})
    world.ready("Deployment", "demo-gateway", 1)
    assert world.condition("GatewayReady") == ("True", "Degraded", "gateways ready: 1 of 3")
    assert world.condition() == (
        "False",
        "Degraded",
        "Gateway: gateways ready: 1 of 3; the map stays available",
    )
    assert world.status()["gateways"]["summary"] == "1/3"


def test_a_map_with_pods_of_old_settings_is_updating() -> None:
    world = World()
    world.live["Deployment", "demo-gateway"]["status"] |= {"replicas": 3, "updatedReplicas": 1}
    assert world.condition("GatewayReady")[:2] == ("True", "Updating")
    assert world.condition() == (
        "False",
        "Updating",
        "Gateway: gateways ready: 2 of 2, updated: 1; the map stays available",
    )
    world.live["Deployment", "demo-gateway"]["status"] |= {"updatedReplicas": 2}
    assert world.condition()[1] == "Updating", "an old pod is left"


def test_ready_needs_no_more_than_the_minimum_of_an_autoscaler() -> None:
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
        "Flights: waiting for the gateways to report their aircraft",
    )
    world.numbers(aircraft=0)
    assert world.condition()[:2] == ("False", "WaitingForFlights")
    assert "polled every 15 s; if this persists: kubectl logs demo-generator-0" in world.condition()[2]
    world.numbers(aircraft=1)
    assert world.condition()[0] == "True"
    assert world.status()["aircraft"] == 1


def test_topics_are_not_ready_before_a_position_has_reached_them() -> None:
    world = World({"kafka": {"provider": "external", "external": {"bootstrapServers": "kafka.absent:9092"}}})
    world.numbers(has_positions=False)
    assert world.condition("TopicReady") == (
        "False",
        "WaitingForGenerators",
        "no position has reached Kafka yet; if this persists: kubectl logs demo-generator-0",
    )
    world.numbers(has_positions=True)
    assert world.condition("TopicReady")[0] == "True"


def test_an_unreachable_external_kafka_explains_the_tracker() -> None:
    world = World({"kafka": {"provider": "external", "external": {"bootstrapServers": "kafka.absent:9092"}}})
    assert world.condition("KafkaReady") == ("True", "External", "external Kafka at kafka.absent:9092")
    world.numbers(waits_for={"kafka": "no broker answers"}, has_positions=False)
    message = "the generators cannot use Kafka: no broker answers; check spec.kafka.external and the network"
    assert world.condition("KafkaReady") == ("False", "Unreachable", message)
    assert world.condition() == ("False", "Unreachable", f"Kafka: {message}")
    (event,) = transitions({}, {"conditions": [{"type": "KafkaReady", **CONDITION, "message": message}]})
    assert event == ("Warning", "Unreachable", f"KafkaReady: {message}")


def test_an_unreachable_external_registry_explains_the_tracker() -> None:
    world = World({"schemaRegistry": {"provider": "external", "external": {"url": "http://registry.absent"}}})
    assert world.condition("SchemaRegistryReady")[1] == "External"
    world.numbers(waits_for={"registry": "no answer"})
    message = "the generators cannot use the registry: no answer; check spec.schemaRegistry.external and the network"
    assert world.condition("SchemaRegistryReady") == ("False", "Unreachable", message)


def test_the_server_for_which_generators_wait_is_reported_for_builtin_servers_too() -> None:
    world = World()
    world.numbers(waits_for={"kafka": "no broker answers"}, has_positions=False)
    assert world.condition("TopicReady") == (
        "False",
        "WaitingForGenerators",
        "the generators are waiting: no broker answers",
    )


def test_an_empty_map_is_explained_by_the_error_of_its_source() -> None:
    world = World({"source": {"opensky": {"credentialsSecret": "sky"}}}, secrets={"sky": SKY})
    ready = world.status()
    world.numbers(aircraft=0)
    assert world.condition(before=ready)[:2] == ("False", "NoFlights")
    assert world.condition(before=world.status(ready))[:2] == ("False", "NoFlights"), "the reason stays"
    world.numbers(aircraft=0, source_error="unauthorized")
    assert world.condition() == (
        "False",
        "SourceFails",
        "Flights: no aircraft, because the source fails (unauthorized): check spec.source.opensky and Secret sky; "
        "kubectl logs demo-generator-0",
    )


@pytest.mark.parametrize(
    ("source", "checks"),
    [
        ({"opensky": {}}, "check spec.source.opensky;"),
        ({"readsb": {"url": "http://pi/"}}, "check spec.source.readsb;"),
        ({"virtualRadar": {"url": "http://vrs/"}}, "check spec.source.virtualRadar;"),
        ({"readsb": {"url": "http://pi/", "credentialsSecret": "sky"}}, "check spec.source.readsb and Secret sky;"),
        (
            {"readsb": {"url": "http://pi/", "credentialsSecret": "sky", "caSecret": "ca"}},
            "check spec.source.readsb and Secrets ca, sky;",
        ),
    ],
)
def test_a_failing_source_names_the_secrets_that_it_uses(source: dict[str, Any], checks: str) -> None:
    names = ("sky", "ca")
    keys = frozenset({"username", "password", "ca.crt"})
    world = World({"source": source}, secrets={name: dataclasses.replace(SKY, keys=keys) for name in names})
    world.numbers(aircraft=0, source_error="unauthorized")
    assert checks in world.condition()[2]


def test_a_restarted_operator_keeps_the_status_until_gateways_respond() -> None:
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


def test_ready_does_not_wait_for_gateways_that_cannot_be_probed() -> None:
    world = World()
    world.numbers()
    assert world.condition("FlightsReady")[:2] == ("Unknown", "GatewaysDoNotAnswer")
    assert world.condition()[0] == "True"


def test_two_of_three_brokers_are_enough_but_one_is_not() -> None:
    world = World({"kafka": {"builtin": {"replicas": 3}}})
    world.ready("StatefulSet", "demo-kafka", 2)
    assert world.condition("KafkaReady")[:2] == ("True", "Degraded")
    world.ready("StatefulSet", "demo-kafka", 1)
    assert world.condition("KafkaReady")[:2] == ("False", "Starting")


def test_numbers_of_an_older_spec_do_not_count() -> None:
    world = World()
    world.live["Deployment", "demo-gateway"]["metadata"]["generation"] = 2
    assert world.condition("GatewayReady")[0] == "False"


def test_gateways_scaled_to_zero_are_reported_with_the_command_to_scale_up() -> None:
    status, reason, message = World({"gateway": {"replicas": 0}}).condition()
    assert (status, reason) == ("False", "ScaledToZero")
    assert "kubectl scale ft/demo --replicas=2" in message


def test_foreign_and_rejected_children_appear_in_the_condition_of_their_part() -> None:
    world = World()
    world.more["foreign"] = {ObjectKey("Service", "one", "demo-redis"): "Helm release shop"}
    world.more["rejected"] = {
        ObjectKey("Deployment", "one", "demo-web"): "PATCH /x: deployments is forbidden: exceeded quota: q"
    }
    assert world.condition("RedisReady")[1:] == (
        "OwnedByOthers",
        "Service demo-redis exists but does not belong to the tracker (Helm release shop): delete it, or rename the "
        "tracker",
    )
    assert world.condition("WebReady")[1] == "QuotaExceeded"


def test_the_status_of_strimzi_is_reported() -> None:
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
    assert world.condition("KafkaReady") == ("False", "Fatal", "Strimzi reports for Kafka demo-kafka: no volume")
    ready = {
        "metadata": {"generation": 1},
        "spec": {"kafka": {}},
        "status": {"observedGeneration": 1, "conditions": [{"type": "Ready", "status": "True"}]},
    }
    assert World({"kafka": {"provider": "strimzi"}}, strimzi_kafka=ready).condition("KafkaReady")[0] == "True"


def test_a_registry_that_responds_with_an_error_is_not_ready() -> None:
    world = World()
    world.numbers(registry_error="it responds with HTTP 500")
    assert world.condition("SchemaRegistryReady")[:2] == ("False", "NotServing")


def test_an_unchanged_tracker_keeps_its_status() -> None:
    world = World()
    first = world.status()
    assert world.status(first, LATER) == first
    world.ready("Deployment", "demo-gateway", 0)
    changed = {one["type"]: one["lastTransitionTime"] for one in world.status(first, LATER)["conditions"]}
    assert changed.pop("Ready") == changed.pop("GatewayReady") == changed.pop("FlightsReady") == LATER
    assert set(changed.values()) == {NOW}


def test_new_problems_and_their_end_become_events() -> None:
    world = World()
    starting = World()
    for kind, name in list(starting.live):
        if kind in ("StatefulSet", "Deployment"):
            starting.ready(kind, name, 0)
    assert list(transitions({}, starting.status())) == [], "a normal start causes no event"
    ready = world.status()
    assert [(one.type, one.reason) for one in transitions(starting.status(), ready)] == [("Normal", "Ready")]
    world.ready("Deployment", "demo-gateway", 0)
    world.pod("gateway", containerStatuses=[container(state={"waiting": {"reason": "ErrImagePull"}})])
    broken = world.status()
    (event,) = transitions(ready, broken)
    assert (event.type, event.reason) == ("Warning", "ImageCannotBePulled")
    assert event.message.startswith("GatewayReady: ")
    assert list(transitions(broken, broken)) == []


def test_a_risky_spec_is_one_event_for_each_generation() -> None:
    first, again, changed = {"observedGeneration": 1}, {"observedGeneration": 1}, {"observedGeneration": 2}
    (warning,) = new_warnings({}, first, ["spec.gateway is risky"])
    assert warning == ("Warning", "RiskySpec", "spec.gateway is risky")
    assert list(new_warnings(first, again, ["spec.gateway is risky"])) == []
    assert len(list(new_warnings(again, changed, ["spec.gateway is risky"]))) == 1


def test_messages_are_truncated_to_the_length_that_the_crd_allows() -> None:
    world = World()
    world.more["rejected"] = {ObjectKey("Deployment", "one", "demo-web"): "x" * 5000}
    assert len(world.condition("WebReady")[2]) == 1024


def test_a_failing_source_is_named_while_the_map_stays_ready() -> None:
    readsb = {"readsb": {"url": "http://pi/"}}
    world = World({"sources": [{"name": "roof", **readsb}, {"name": "sky", "opensky": {}}]})
    assert world.condition("SourcesReady")[:2] == ("Unknown", "WaitingForGenerators")
    world.numbers(aircraft=5000, sources={"roof": "starting", "sky": "fresh"})
    assert world.condition("SourcesReady") == ("Unknown", "SourcesStarting", "no answer yet of roof")
    assert world.condition()[0] == "True"
    world.numbers(aircraft=5000, sources={"roof": "fresh", "sky": "fresh"})
    before = world.status()
    assert world.condition("SourcesReady") == ("True", "Ready", "all 2 sources send positions")
    world.numbers(aircraft=5000, sources={"roof": "stopped", "sky": "refused"})
    status, reason, message = world.condition("SourcesReady")
    assert (status, reason) == ("False", "SourceStopped")
    assert message == (
        "source roof has stopped: its answers no longer change (check spec.sources[0]); source sky rejects our "
        "requests: its account is wrong, missing or not allowed (check spec.sources[1]); kubectl logs demo-generator-0"
    )
    ready = world.condition()
    assert ready[0] == "True", "the map shows what other sources send"
    assert message in ready[2]
    after = world.status(before)
    assert [(change.type, change.reason) for change in transitions(before, after)] == [("Warning", "SourceStopped")]
    world.numbers(aircraft=5000)
    assert world.condition("SourcesReady", before=after)[1] == "SourceStopped", "it is kept while no generator responds"


def test_each_further_source_that_fails_causes_an_event_and_a_longer_pause_does_not() -> None:
    readsb = {"readsb": {"url": "http://pi/"}}
    world = World({"sources": [{"name": "roof", **readsb}, {"name": "sky", "opensky": {}}]})
    statuses = [world.status()]

    def events(**states: str) -> list[str]:
        world.numbers(aircraft=5000, sources=states, source_pauses={"sky": PAUSE_END_S + 60 * len(statuses)})
        statuses.append(world.status(statuses[-1]))
        return [change.reason for change in transitions(*statuses[-2:])]

    assert events(roof="stopped", sky="fresh") == ["SourceStopped"]
    assert events(roof="stopped", sky="rate_limited") == ["SourceStopped"]
    assert "source sky asked for a pause until 2026-01-01 00:02 UTC" in world.condition("SourcesReady")[2]
    assert events(roof="stopped", sky="rate_limited") == []
    assert "until 2026-01-01 00:03 UTC" in world.condition("SourcesReady")[2]
    assert events(roof="stopped", sky="fresh") == []
    assert events(roof="stopped", sky="refused") == ["SourceStopped"]
    assert events(roof="fresh", sky="fresh") == []


@pytest.mark.parametrize("state", [state for state in SOURCE_STATES if state not in ("fresh", "starting", "unknown")])
def test_each_state_of_a_source_that_is_a_problem_has_a_reason(state: str) -> None:
    world = World()
    world.numbers(aircraft=5000, sources={"simulated": state})
    status, reason, message = world.condition("SourcesReady")
    assert status == "False"
    assert reason.startswith("Source")
    assert "source simulated" in message
    assert "check spec.source)" in message


def test_a_tracker_that_waits_for_rights_keeps_the_rest_of_its_status() -> None:
    before = World().status()
    missing = "the operator is not allowed to list pods: grant it the chart's Role; until then, nothing is changed"
    after = powerless_status(missing, before, LATER)
    (ready,) = (condition for condition in after["conditions"] if condition["type"] == "Ready")
    assert (ready["status"], ready["reason"], ready["lastTransitionTime"]) == ("False", "OperatorLacksRights", LATER)
    assert ready["message"] == missing
    assert [one for one in after["conditions"] if one["type"] != "Ready"] == before["conditions"][1:]
    assert {**after, "conditions": ()} == {**before, "conditions": ()}
    assert [transition.type for transition in transitions(before, after)] == ["Warning"]
    assert "observedGeneration" not in powerless_status(missing, {}, LATER), "no generation was read"
