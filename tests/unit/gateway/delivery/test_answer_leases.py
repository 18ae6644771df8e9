"""Answers that are being sent: what several clients get counts once, and who holds the most loses its oldest."""

from __future__ import annotations

import pytest

from flighttracker_gateway.delivery import answer_leases
from flighttracker_gateway.delivery.answer_leases import AnswerLeases, Lease


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_leases, "MAX_LEASED_BYTES", 1_000)


class Senders:
    """Leases, and the names of those that were aborted."""

    def __init__(self) -> None:
        self.leases = AnswerLeases()
        self.aborted: list[str] = []

    def lend(self, client: str, body: bytes, name: str = "") -> Lease:
        return self.leases.lend(client, body, lambda: self.aborted.append(name or client))


def test_one_answer_for_many_clients_counts_once() -> None:
    senders, body = Senders(), bytes(900)
    lent = [senders.lend(str(number), body) for number in range(50)]
    assert (senders.leases.held_bytes, senders.aborted) == (900, [])
    for lease in lent:
        senders.leases.give_back(lease)
    assert (senders.leases.held_bytes, len(senders.leases)) == (0, 0)


def test_the_client_with_the_most_bytes_loses_its_oldest_answer() -> None:
    senders = Senders()
    honest = senders.lend("honest", bytes(300))
    slow = [senders.lend("slow", bytes(300 + number), f"slow {number}") for number in range(3)]
    assert senders.aborted == ["slow 0"]
    assert (slow[0].body, honest.body is not None, senders.leases.held_bytes) == (None, True, 903)
    senders.leases.give_back(slow[0])
    assert len(senders.leases) == 3


def test_the_last_answer_is_sent_however_long_it_is() -> None:
    senders = Senders()
    lease = senders.lend("a", bytes(5_000))
    assert (lease.body is not None, senders.aborted) == (True, [])
    senders.lend("b", bytes(10))
    assert senders.aborted == ["a"]
