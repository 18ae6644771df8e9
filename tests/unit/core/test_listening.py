"""Listening sockets: both families, one port, and a sentence for each failure."""

from __future__ import annotations

import errno
import socket

import pytest

from flighttracker.errors import StartError
from flighttracker.listening import listening
from flighttracker.settings import ALL_ADDRESSES


def answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=2).close()
    except OSError:
        return False
    return True


def test_all_addresses_are_those_of_both_families_on_one_port() -> None:
    with listening(ALL_ADDRESSES, 0) as listeners:
        ports = {listener.getsockname()[1] for listener in listeners}
        assert len(ports) == 1
        (port,) = ports
        assert answers("127.0.0.1", port)
        assert answers("::1", port)
    assert not answers("127.0.0.1", port)
    assert not answers("::1", port)


def test_a_port_that_is_free_for_one_family_only_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[socket.socket] = []

    class Socket(socket.socket):
        def listen(self, backlog: int = 0) -> None:
            super().listen(backlog)
            if self.family == socket.AF_INET6 and len(taken) < 3:
                taken.append(first := create(socket.AF_INET, socket.SOCK_STREAM))
                first.bind(("0.0.0.0", self.getsockname()[1]))
                first.listen()

    create = socket.socket
    monkeypatch.setattr(socket, "socket", Socket)
    with listening(ALL_ADDRESSES, 0) as listeners:
        found = {listener.getsockname()[1] for listener in listeners}
        assert len(found) == 1
        assert not found & {listener.getsockname()[1] for listener in taken}
    assert len(taken) == 3
    for listener in taken:
        listener.close()


@pytest.mark.parametrize(("host", "other"), [("127.0.0.1", "::1"), ("::1", "127.0.0.1"), ("0.0.0.0", "::1")])
def test_one_address_is_only_that_one(host: str, other: str) -> None:
    with listening(host, 0) as [listener]:
        port = listener.getsockname()[1]
        assert not answers(other, port)
        assert answers("127.0.0.1" if host == "0.0.0.0" else host, port)


def test_a_client_of_ipv4_has_its_own_address() -> None:
    """Not `::ffff:127.0.0.1`, which `trustedProxies: [127.0.0.0/8]` would not contain."""
    with listening(ALL_ADDRESSES, 0) as listeners:
        found = [listener for listener in listeners if listener.family == socket.AF_INET]
        with socket.create_connection(("127.0.0.1", found[0].getsockname()[1]), timeout=2):
            connection, address = found[0].accept()
            connection.close()
        assert address[0] == "127.0.0.1"


@pytest.mark.parametrize(("absent", "present"), [(socket.AF_INET6, "127.0.0.1"), (socket.AF_INET, "::1")])
def test_a_machine_with_one_family_listens_on_it(monkeypatch: pytest.MonkeyPatch, absent: int, present: str) -> None:
    class Socket(socket.socket):
        def __init__(self, family: int, kind: int) -> None:
            if family == absent:
                raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
            super().__init__(family, kind)

    monkeypatch.setattr(socket, "socket", Socket)
    with listening(ALL_ADDRESSES, 0) as [listener]:
        monkeypatch.undo()
        assert answers(present, listener.getsockname()[1])


@pytest.mark.parametrize("host", [ALL_ADDRESSES, "127.0.0.1"])
@pytest.mark.parametrize("taken", ["0.0.0.0", "::"])
def test_a_port_in_use_is_reported_with_what_to_do(host: str, taken: str) -> None:
    with (
        listening(taken, 0) as taken_by,
        pytest.raises(StartError, match=r"is in use: stop what uses it, or choose another"),
        listening(host, taken_by[0].getsockname()[1]),
    ):
        raise AssertionError("it listens")


@pytest.mark.parametrize("host", ["203.0.113.1", "no-such-host.invalid"])
def test_an_address_of_another_machine_is_reported(host: str) -> None:
    with pytest.raises(StartError, match=f"cannot listen on {host}:0: "), listening(host, 0):
        raise AssertionError("it listens")


def test_an_error_of_the_block_is_not_taken_for_one_of_listening() -> None:
    with pytest.raises(ConnectionResetError), listening("127.0.0.1", 0):
        raise ConnectionResetError
