"""The kernel drops new connections of addresses that flood, of no others, and for a while only."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest

from flighttracker.listening import listening
from flighttracker_gateway.http import flood_filter
from flighttracker_gateway.http.flood_filter import FloodFilter

FLOODING = "127.0.0.2"
ANSWER_S = 0.3
"""A connection on the loopback network is made at once, or dropped: the client tries again after a second."""


@pytest.fixture
def flooded_listener() -> Iterator[socket.socket]:
    with listening("127.0.0.1", 0) as [listener]:
        yield listener


async def connects(listener: socket.socket, address: str) -> bool:
    """Return whether a connection from an address is made."""
    loop = asyncio.get_running_loop()
    with socket.socket(listener.family) as client:
        client.setblocking(False)
        client.bind((address, 0))
        try:
            async with asyncio.timeout(ANSWER_S):
                await loop.sock_connect(client, listener.getsockname())
        except TimeoutError:
            return False
        return True


async def test_an_address_that_floods_is_dropped_for_a_while_and_others_connect(
    flooded_listener: socket.socket, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(flood_filter, "RESETS", 3)
    monkeypatch.setattr(flood_filter, "DROPPED_S", 2 * ANSWER_S)
    floods = FloodFilter(flooded_listener)
    for _ in range(2):
        floods.note_reset(FLOODING)
    assert await connects(flooded_listener, FLOODING)
    floods.note_reset(FLOODING)
    assert not await connects(flooded_listener, FLOODING)
    assert await connects(flooded_listener, "127.0.0.1")
    floods.note_reset("127.0.0.4")
    assert [record.getMessage() for record in caplog.records] == [
        "new connections of 127.0.0.2 are dropped for 0.6 s, because it floods"
    ]
    await asyncio.sleep(1.5 * ANSWER_S)  # longer than it is dropped
    assert await connects(flooded_listener, FLOODING)
    floods.close()


async def test_a_bounded_number_of_addresses_is_dropped(
    flooded_listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flood_filter, "RESETS", 1)
    floods = FloodFilter(flooded_listener)
    for number in range(flood_filter.MAX_ADDRESSES):
        floods.note_reset(f"127.0.1.{number}")
    floods.note_reset(FLOODING)
    assert await connects(flooded_listener, FLOODING)
    assert not await connects(flooded_listener, f"127.0.1.{flood_filter.MAX_ADDRESSES - 1}")
    floods.close()
    assert await connects(flooded_listener, "127.0.1.0")


async def test_of_ipv6_the_network_of_an_address_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flood_filter, "RESETS", 1)
    with listening("::1", 0) as [listener]:
        floods = FloodFilter(listener)
        floods.note_reset("0:0:0:1::1")
        floods.note_reset("2001:db8::1")
        assert await connects(listener, "::1")
        floods.note_reset("::77")
        assert not await connects(listener, "::1")
        floods.close()


async def test_without_filters_connections_are_reset_as_before(
    flooded_listener: socket.socket, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(flood_filter, "RESETS", 1)
    monkeypatch.setattr(flood_filter, "_SO_ATTACH_FILTER", 9999)
    floods = FloodFilter(flooded_listener)
    floods.note_reset(FLOODING)
    floods.note_reset("127.0.0.3")
    assert await connects(flooded_listener, FLOODING)
    assert [record.getMessage() for record in caplog.records] == [
        "cannot drop connections in the kernel, they are reset instead: [Errno 92] Protocol not available"
    ]
    floods.close()
