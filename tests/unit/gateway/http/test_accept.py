"""Accepting connections: a bounded number a turn, resets for floods, a pause without file descriptors."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from flighttracker.listening import listening
from flighttracker_gateway.http import accept
from flighttracker_gateway.http.accept import ACCEPTS_PER_TURN, Acceptor
from tests.gateway_server import until


class Exhausted(socket.socket):
    """A listening socket whose process has no file descriptors left, once."""

    was_asked = False

    def accept(self) -> tuple[socket.socket, Any]:
        if not self.was_asked:
            self.was_asked = True
            raise OSError(errno.EMFILE, "Too many open files")
        return super().accept()


class Protocols:
    """Counts the connections that were made."""

    def __init__(self) -> None:
        self.made: list[asyncio.BaseTransport] = []
        self.resets = 0

    def create(self) -> asyncio.Protocol:
        made = self.made

        class Made(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                made.append(transport)

        return Made()

    def note_reset(self) -> None:
        self.resets += 1

    def acceptor(self, listener: socket.socket, flooding: str = "") -> Acceptor:
        return Acceptor(
            listener,
            self.create,
            context=None,
            handshake_s=1.0,
            refuses=lambda address: address == flooding,
            on_reset=self.note_reset,
        )


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with listening("127.0.0.1", 0) as [listener]:
        yield listener


def client(listener: socket.socket, address: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(listener.getsockname(), timeout=5, source_address=(address, 0))


async def closed(acceptor: Acceptor, protocols: Protocols, clients: list[socket.socket]) -> None:
    acceptor.close()
    await acceptor.wait_closed()
    for transport in protocols.made:
        transport.abort()  # type: ignore[attr-defined]
    for one in clients:
        one.close()
    await asyncio.sleep(0)


async def test_a_turn_of_the_loop_accepts_a_bounded_number(listener: socket.socket) -> None:
    clients = [client(listener) for _ in range(8 * ACCEPTS_PER_TURN)]
    protocols = Protocols()
    acceptor = protocols.acceptor(listener)
    accepted = [0]
    while accepted[-1] < len(clients):
        await asyncio.sleep(0)
        accepted.append(len(acceptor._connecting) + len(protocols.made))
    steps = [after - before for before, after in pairwise(accepted)]
    # A connection that has just been made may still be counted as being set up.
    assert max(steps) <= 2 * ACCEPTS_PER_TURN
    assert len(clients) > 2 * ACCEPTS_PER_TURN
    await until(lambda: len(protocols.made) == len(clients))
    await closed(acceptor, protocols, clients)


async def test_connections_of_an_address_that_floods_are_reset_and_others_are_made(listener: socket.socket) -> None:
    clients = [client(listener, address) for address in ("127.0.0.2", "127.0.0.1", "127.0.0.2")]
    protocols = Protocols()
    acceptor = protocols.acceptor(listener, flooding="127.0.0.2")
    await until(lambda: len(protocols.made) == 1 and protocols.resets == 2)
    for reset in (clients[0], clients[2]):
        with pytest.raises(ConnectionResetError):
            reset.recv(1)
    await closed(acceptor, protocols, clients)


async def test_without_file_descriptors_accepting_pauses(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(accept, "PAUSE_S", 0.05)
    with Exhausted(fileno=listener.detach()) as exhausted:
        clients = [client(exhausted)]
        protocols = Protocols()
        acceptor = protocols.acceptor(exhausted)
        await until(lambda: len(protocols.made) == 1)
        assert [record.getMessage() for record in caplog.records] == [
            "cannot accept connections for 0.05 s: [Errno 24] Too many open files"
        ]
        await closed(acceptor, protocols, clients)


async def test_a_closed_acceptor_accepts_nothing(listener: socket.socket) -> None:
    protocols = Protocols()
    acceptor = protocols.acceptor(listener)
    acceptor.close()
    clients = [client(listener)]
    await asyncio.sleep(0.05)
    assert protocols.made == []
    await closed(acceptor, protocols, clients)
