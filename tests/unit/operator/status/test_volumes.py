"""KafkaReady and Ready warn when the volume of a broker is nearly full, and everything still works."""

from __future__ import annotations

from flighttracker_operator.status import Numbers, transitions
from tests.unit.operator.status.status_world import World


def test_a_nearly_full_volume_is_reported_while_everything_works() -> None:
    world = World()
    before = world.status()
    world.numbers(aircraft=5000, full_volumes={"0": 80, "1": 95})
    status, reason, message = world.condition("KafkaReady")
    assert (status, reason) == ("True", "VolumeNearlyFull")
    assert message.startswith("the volume of Kafka broker 1 is 95 % full: raise spec.kafka.builtin.storage.size; ")
    assert "broker 1 is 95 % full" in world.condition()[2], "the whole stays ready and says it"
    assert world.condition()[0] == "True"
    after = world.status(before)
    (event,) = transitions(before, after)
    assert (event.type, event.reason) == ("Warning", "VolumeNearlyFull")
    assert not list(transitions(after, world.status(after)))
    world.more["numbers"] = Numbers()  # a restarted operator
    assert world.condition("KafkaReady", after) == (status, reason, message)
    world.numbers(aircraft=5000)
    assert world.condition("KafkaReady", after)[1] == "Ready"


def test_a_nearly_full_volume_of_others_names_no_field() -> None:
    world = World({"kafka": {"provider": "external", "external": {"bootstrapServers": "kafka:9092"}}})
    world.numbers(aircraft=5000, full_volumes={"7": 85})
    assert "broker 7 is 85 % full: delete what else is on it, or enlarge it" in world.condition("KafkaReady")[2]
