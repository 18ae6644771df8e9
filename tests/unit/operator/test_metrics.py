"""The operator exports the conditions of trackers that are problems, and no others."""

from __future__ import annotations

from flighttracker_operator.metrics import REGISTRY, show_problems


def shown(condition: str, reason: str) -> float | None:
    labels = {"tracker_namespace": "flights", "tracker": "sky", "condition": condition, "reason": reason}
    return REGISTRY.get_sample_value("flighttracker_operator_tracker_problem", labels)


def test_problems_appear_change_and_disappear() -> None:
    def condition(name: str, status: str, reason: str) -> dict[str, str]:
        return {"type": name, "status": status, "reason": reason}

    first = [
        condition("Ready", "False", "VolumePending"),
        condition("KafkaReady", "True", "VolumeNearlyFull"),
        condition("RedisReady", "True", "External"),
        condition("SourcesReady", "Unknown", "SourcesStarting"),
    ]
    show_problems("flights", "sky", {"conditions": first})
    assert shown("Ready", "VolumePending") == 1
    assert shown("KafkaReady", "VolumeNearlyFull") == 1
    assert shown("RedisReady", "External") is None
    assert shown("SourcesReady", "SourcesStarting") is None
    show_problems("flights", "sky", {"conditions": [condition("Ready", "False", "OutOfMemory")]})
    assert shown("Ready", "OutOfMemory") == 1
    assert shown("Ready", "VolumePending") is None
    assert shown("KafkaReady", "VolumeNearlyFull") is None
    show_problems("flights", "sky", {})
    assert shown("Ready", "OutOfMemory") is None
