"""`Acceptor`: accepts the connections of a listening socket, a bounded number in each turn of the event loop.

The event loop's own server accepts everything that waits, creates a transport for each connection, and with TLS begins
its handshake. One address that connects as fast as it can then takes most of the loop's time. Here, a connection that
`ClientShares` refuses is reset as soon as it is accepted, which costs a tenth, and the rest waits in the kernel's
queue. The kernel drops the connections of an address that causes many resets. `run` gives one to uvicorn for each
socket.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import ssl
import struct
from collections.abc import Callable
from typing import Any, Final

from flighttracker_gateway.http.flood_filter import FloodFilter

ACCEPTS_PER_TURN: Final = 4
RESETS_PER_TURN: Final = 4
"""Connections that are accepted, or reset, before the event loop runs other tasks. A handshake takes a millisecond. A
reset takes 20 µs, but a tick takes many turns of the loop, and waits for the resets of each."""

PAUSE_S: Final = 1.0
"""How long nothing is accepted when the process has no file descriptors left."""

_RESET: Final = struct.pack("ii", 1, 0)
_EXHAUSTED: Final = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

_logger = logging.getLogger(__name__)


class Acceptor:
    """Accepts until it is closed; it has the methods of `asyncio.Server` that uvicorn calls.

    Args:
        listener: a listening socket; the caller closes it.
        create_protocol: makes the protocol of a connection.
        context: None without TLS.
        handshake_s: how long a TLS handshake may take.
        refuses: counts a connection of an address, and returns whether it is reset.
        on_reset: called for each of those.
    """

    def __init__(
        self,
        listener: socket.socket,
        create_protocol: Callable[[], asyncio.Protocol],
        *,
        context: ssl.SSLContext | None,
        handshake_s: float,
        refuses: Callable[[str], bool],
        on_reset: Callable[[], None],
    ) -> None:
        self._listener = listener
        self._create_protocol = create_protocol
        self._tls: dict[str, Any] = {} if context is None else {"ssl": context, "ssl_handshake_timeout": handshake_s}
        self._refuses = refuses
        self._on_reset = on_reset
        self._loop = asyncio.get_running_loop()
        self._connecting: set[asyncio.Task[None]] = set()
        self._paused: asyncio.TimerHandle | None = None
        self._floods = FloodFilter(listener)
        listener.setblocking(False)
        self._resume()

    def close(self) -> None:
        """Accept no further connections."""
        self._loop.remove_reader(self._listener)
        if self._paused is not None:
            self._paused.cancel()
        self._floods.close()
        for task in self._connecting:
            task.cancel()

    async def wait_closed(self) -> None:
        """Wait for the connections that were being set up."""
        if self._connecting:
            await asyncio.wait(self._connecting)

    def _resume(self) -> None:
        self._paused = None
        self._loop.add_reader(self._listener, self._accept)

    def _accept(self) -> None:
        accepted = resets = 0
        while accepted < ACCEPTS_PER_TURN and resets < RESETS_PER_TURN:
            try:
                connection, address = self._listener.accept()
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                if error.errno in _EXHAUSTED:
                    self._pause(error)
                    return
                # The client has already disconnected.
                resets += 1
                continue
            if self._refuses(address[0]):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                connection.close()
                self._on_reset()
                self._floods.note_reset(address[0])
                resets += 1
                continue
            accepted += 1
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            task = self._loop.create_task(self._connect(connection))
            self._connecting.add(task)
            task.add_done_callback(self._connecting.discard)

    def _pause(self, error: OSError) -> None:
        _logger.warning("cannot accept connections for %g s: %s", PAUSE_S, error)
        self._loop.remove_reader(self._listener)
        self._paused = self._loop.call_later(PAUSE_S, self._resume)

    async def _connect(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        try:
            await self._loop.connect_accepted_socket(self._create_protocol, connection, **self._tls)
        except OSError as error:
            _logger.debug("a connection was not set up: %s", error)
            connection.close()
