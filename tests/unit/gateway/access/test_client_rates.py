"""Clients by address, and their rates."""

from __future__ import annotations

import pytest

from flighttracker_gateway.access import client_rates
from flighttracker_gateway.access.client_rates import ClientRates, client_of, client_of_scope
from tests.example_flights import NOW_MS
from tests.manual_clock import ManualClock


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("x" * 1000, "x" * 64),
        ("", ""),
    ],
)
def test_a_client_is_an_address_or_the_64_bits_of_an_ipv6_network(address: str, client: str) -> None:
    assert client_of(address) == client


def test_a_server_without_addresses_has_one_client() -> None:
    assert client_of_scope({"client": None}) == client_of_scope({}) == ""
    assert client_of_scope({"client": ("::ffff:192.0.2.7", 5)}) == "192.0.2.7"


async def test_each_client_has_a_rate_of_its_own() -> None:
    clock = ManualClock(NOW_MS)
    rates = ClientRates(2.0, clock, burst=3.0)
    assert [rates.take("a") for _ in range(4)] == [True, True, True, False]
    assert rates.take("b")
    await clock.advance(500)
    assert [rates.take("a") for _ in range(2)] == [True, False]


async def test_the_rates_of_a_bounded_number_of_clients_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_rates, "MAX_CLIENTS", 3)
    rates = ClientRates(1.0, ManualClock(NOW_MS))
    for client in ("a", "b", "c"):
        assert rates.take(client)
    # "a" is seen again, so that "b" is forgotten first.
    assert not rates.take("a")
    assert rates.take("d")
    assert len(rates) == 3
    assert not rates.take("a")
    assert rates.take("b")
