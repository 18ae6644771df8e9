"""Listening sockets of the roles' HTTP servers: gateway, generator and operator use it.

`::` means all addresses of both families, as users of it expect. Each family has a socket of its own: a socket for both
reports an IPv4 client as `::ffff:10.0.0.1`, which no rule about addresses would recognise. A machine that lacks one
family listens on the other.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from flighttracker.errors import StartError
from flighttracker.settings import ALL_ADDRESSES

BACKLOG: Final = 2048
TRIES: Final = 10
"""To find a port that is free for both families."""
_ABSENT: Final = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT})
"""What binding reports on a machine without this family of addresses."""


@contextmanager
def listening(host: str, port: int) -> Iterator[list[socket.socket]]:
    """Listen on a port and close the sockets at the end; port 0 takes a free one, the same for both families.

    Raises:
        StartError: the port is in use or not allowed, or the host is not an address of this machine.
    """
    with ExitStack() as stack:
        try:
            yield [stack.enter_context(listener) for listener in _sockets(host, port)]
        except _ListenError as error:
            raise StartError(_sentence(error.cause, host, port)) from error.cause


class _ListenError(Exception):
    """Binding failed; unlike `OSError`, nothing that runs while the sockets are open raises it."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(str(cause))
        self.cause = cause


def _sockets(host: str, port: int) -> list[socket.socket]:
    try:
        if host != ALL_ADDRESSES:
            family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            return [_bound(family, address)]
        for _ in range(TRIES - 1):
            try:
                return _both(port)
            except OSError as error:
                # The port that was free for IPv6 may be in use for IPv4.
                if port or error.errno != errno.EADDRINUSE:
                    raise
        return _both(port)
    except OSError as error:
        raise _ListenError(error) from error


def _both(port: int) -> list[socket.socket]:
    found: list[socket.socket] = []
    absent: OSError | None = None
    for family, address in ((socket.AF_INET6, "::"), (socket.AF_INET, "0.0.0.0")):  # noqa: S104 - what `::` asks for
        try:
            found.append(_bound(family, (address, found[0].getsockname()[1] if found else port)))
        except OSError as error:
            if error.errno not in _ABSENT:
                for listener in found:
                    listener.close()
                raise
            absent = error
    if not found and absent is not None:
        raise absent
    return found


def _bound(family: int, address: tuple[int, bytes] | tuple[str, int] | tuple[str, int, int, int]) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _sentence(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is in use: stop what uses it, or choose another with --port"
    if error.errno == errno.EACCES:
        return f"port {port} needs privileges: choose one above 1023 with --port"
    return f"cannot listen on {host}:{port}: {error.strerror or error}"
