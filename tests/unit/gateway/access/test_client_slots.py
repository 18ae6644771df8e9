"""Slots of requests: each client has so many, and all together."""

from __future__ import annotations

from flighttracker_gateway.access.client_slots import ClientSlots, Slot


def test_a_client_has_so_many_slots_and_others_have_theirs() -> None:
    slots = ClientSlots(2, 4)
    assert [slots.take("a") for _ in range(3)] == [Slot.TAKEN, Slot.TAKEN, Slot.CLIENT_HAS_TOO_MANY]
    assert slots.take("b") is Slot.TAKEN
    slots.give_back("a")
    assert slots.take("a") is Slot.TAKEN


def test_all_clients_together_have_so_many_slots() -> None:
    slots = ClientSlots(2, 3)
    assert [slots.take(client) for client in "abcd"] == [*[Slot.TAKEN] * 3, Slot.GATEWAY_HAS_TOO_MANY]
    slots.give_back("b")
    assert (slots.take("d"), slots.taken) == (Slot.TAKEN, 3)


def test_a_client_without_requests_is_forgotten() -> None:
    slots = ClientSlots(2)
    for number in range(1_000):
        slots.take(str(number % 500))
        slots.give_back(str(number % 500))
    assert (slots.taken, slots._of_client) == (0, {})
