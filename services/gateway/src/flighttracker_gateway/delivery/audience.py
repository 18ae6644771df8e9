"""The viewers of one channel: *bulk* viewers are written to in one loop, *individual* ones are handled one by one.

Nearly all viewers have received every tick and have nothing unsent. Besides the system call, the cost of writing to
one of them is memory access: the kernel's socket code evicts everything else from the processor's cache, and each
Python object used between two system calls must be fetched from memory again. The bulk loop therefore writes to file
descriptors in an array and checks only whether a transport is closing, because its descriptor may be reused after that.

Everything else about a bulk viewer is known without looking at it. All have received the same messages (`bulk_seen`),
and their transports hold nothing unsent, so bytes cannot be reordered. A viewer for which this stops being true becomes
individual at once; its socket reports it through `on_full`.

The hub handles individual viewers, and calls `join_bulk` when one is up to date again. Viewers over TLS, or on a
connection that is not a `PreparedProtocol`, are always individual. `hub` is the only user.
"""

from __future__ import annotations

import asyncio
import os
from array import array
from asyncio import Transport
from collections.abc import Iterator
from typing import Final

from flighttracker_gateway.delivery.prepared import PreparedProtocol
from flighttracker_gateway.delivery.viewer import Seen, Viewer
from flighttracker_gateway.picture.cursor import Cursor

VIEWERS_PER_TURN: Final = 250
"""Viewers that are written to before the event loop runs other tasks: about 5 ms with messages of 50 KB."""


class Audience:
    """The viewers of one channel.

    Attributes:
        individual: the viewers that the hub handles one by one.
        bulk_seen: what all bulk viewers have received.
    """

    def __init__(self) -> None:
        self.individual: set[Viewer] = set()
        self.bulk_seen = Seen((), 0)
        self._before = self.bulk_seen
        self._transports: list[Transport | None] = []
        self._files = array("i")
        self._viewers: list[Viewer | None] = []
        self._index_of: dict[PreparedProtocol, int] = {}
        # While a message is written, the viewers from `_written` to `_end` do not have it yet.
        self._written = self._end = 0
        self._full: list[PreparedProtocol] = []
        self._is_writing = False
        self._on_full = self._leave_bulk

    def __len__(self) -> int:
        return len(self._index_of) + len(self.individual)

    def __iter__(self) -> Iterator[Viewer]:
        yield from tuple(viewer for viewer in self._viewers if viewer is not None)
        yield from tuple(self.individual)

    def __contains__(self, viewer: Viewer) -> bool:
        return viewer in self.individual or viewer.socket in self._index_of

    def add(self, viewer: Viewer) -> None:
        """Add a viewer, as an individual one."""
        self.individual.add(viewer)

    def remove(self, viewer: Viewer) -> None:
        """Remove a viewer."""
        self.leave_bulk(viewer)
        self.individual.discard(viewer)

    def join_bulk(self, viewer: Viewer) -> None:
        """Make an individual viewer a bulk one, if it has received the same messages and its socket has room."""
        socket = viewer.socket
        # Compared by identity, because a cursor that a client sent may equal one of the hub's.
        if viewer.seen.cursor is not self.bulk_seen.cursor or viewer.seen.state_number != self.bulk_seen.state_number:
            return
        if viewer.seen.lacks or viewer not in self.individual or not isinstance(socket, PreparedProtocol):
            return
        file = socket.share(self._on_full)
        if file is not None:
            self.individual.discard(viewer)
            self._index_of[socket] = len(self._viewers)
            self._viewers.append(viewer)
            self._transports.append(socket.transport)
            self._files.append(file)

    def leave_bulk(self, viewer: Viewer) -> None:
        """Make a bulk viewer an individual one, and keep what it has received; other viewers are unchanged."""
        if isinstance(viewer.socket, PreparedProtocol) and viewer.socket in self._index_of:
            self._leave_bulk(viewer.socket)

    def skip(self, cursor: Cursor) -> None:
        """Bring all bulk viewers to a cursor without a message, because the tick has no news for them."""
        self.bulk_seen = self.bulk_seen._replace(cursor=cursor)

    async def write(self, wire: bytes, seen: Seen) -> int:
        """Write bytes to all bulk viewers, whose state becomes `seen`; return the number of viewers written to.

        It must not be called again before it has returned. When it is cancelled, the viewers that it has not reached
        become individual.
        """
        self._compact()
        self._before, self.bulk_seen = self.bulk_seen, seen
        self._written, self._end = 0, len(self._transports)
        sent = 0
        try:
            while self._written < self._end:
                sent += self._write_turn(wire, min(self._written + VIEWERS_PER_TURN, self._end))
                if self._written < self._end:
                    await asyncio.sleep(0)
        finally:
            for viewer in self._viewers[self._written : self._end]:
                if viewer is not None:
                    self.leave_bulk(viewer)
        return sent

    def _write_turn(self, wire: bytes, end: int) -> int:
        written, size = 0, len(wire)
        turn = slice(self._written, end)
        self._is_writing = True
        for transport, file in zip(self._transports[turn], self._files[turn], strict=True):
            if transport is None or transport.is_closing():
                continue
            try:
                sent = os.write(file, wire)
            except OSError:  # full, or broken: the transport detects and reports it
                sent = 0
            if sent < size:
                # All viewers share the bytes of one tick; slicing `bytes` would copy them for each.
                transport.write(memoryview(wire)[sent:])
            written += 1
        self._is_writing = False
        self._written = end
        for socket in self._full:
            self._leave_bulk(socket)
        self._full.clear()
        return written

    def _leave_bulk(self, socket: PreparedProtocol) -> None:
        if self._is_writing:
            # Its transport has taken the message, so it counts as received.
            self._full.append(socket)
            return
        index = self._index_of.pop(socket)
        viewer = self._viewers[index]
        assert viewer is not None
        viewer.seen = self._before if self._written <= index < self._end else self.bulk_seen
        self._viewers[index] = self._transports[index] = None
        socket.unshare()
        self.individual.add(viewer)

    def _compact(self) -> None:
        if len(self._index_of) < len(self._viewers):
            indexes = self._index_of.values()
            self._viewers = [self._viewers[index] for index in indexes]
            self._transports = [self._transports[index] for index in indexes]
            self._files = array("i", [self._files[index] for index in indexes])
            self._index_of = {socket: index for index, socket in enumerate(self._index_of)}
