"""Tests of the states for objects that the API server rejects."""

from __future__ import annotations

import pytest

from flighttracker_operator.objects.store import ObjectKey
from flighttracker_operator.status.view import State, false_state, rejected_state, true_state

CREATION = 'strict decoding error: unknown field "spec.template.spec.containers[0].volumeMount"'
APPLY = (
    "failed to create typed patch object (a/b; apps/v1): .spec.template.spec.runtimeClas: field not declared in schema"
)


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        ("Deployment", CREATION, "does not know the field containers[0].volumeMount of Deployment sky-web: fix it in"),
        (
            "StatefulSet",
            APPLY,
            "does not know the field runtimeClas of StatefulSet sky-web: fix it in",
        ),
        (
            "KafkaNodePool",
            'strict decoding error: unknown field "spec.template.pod.volume"',
            "does not know the field spec.template.pod.volume of KafkaNodePool sky-web",
        ),
        ("ServiceMonitor", CREATION, "the API server rejected ServiceMonitor sky-web"),
    ],
)
def test_an_unknown_field_of_a_pod_is_named(kind: str, error: str, words: str) -> None:
    state = rejected_state(ObjectKey(kind, "flights", "sky-web"), error)
    assert (state.status, state.reason) == ("False", "Refused")
    assert words in state.message


@pytest.mark.parametrize("state", [true_state("a\u202eb\x1b[31m\nc"), false_state("Refused", "a\u202eb\x1b[31m\nc")])
def test_a_message_has_no_hidden_characters(state: State) -> None:
    assert state.message == "ab[31m c"
