"""Everybody who gets the same messages, in two places: a *line* that is written to at once, and some who stand *aside*.

Nearly all viewers have every tick so far and nothing unsent. What a tick costs for one of them, beside the system call,
is memory: the kernel's way through a socket pushes everything else out of the processor's cache, so that each object of
a viewer that is looked at between two system calls is fetched anew. So the line is sockets side by side, written to
directly, and a tick looks at nothing else but whether the transport is closing: only until then the socket is its own.
What would have to be asked of each viewer is known from its standing in line: it has what everybody in line has (one
`Seen` for all) and its transport holds nothing unsent, so that no byte can overtake another. Whoever loses one of these
steps aside when it happens: its socket says so through `on_full`.

Those aside are the hub's to look after one by one; it calls `line_up` when one has everything again. Viewers over TLS
or on a connection that is not our `PreparedProtocol` always stand aside. `hub` is the only user.
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

VIEWERS_PER_TURN: Final = 250
"""Viewers that are written to before the event loop gets its turn: about 5 ms of 50 KB messages."""


class Audience:
    """The viewers of one channel.

    Attributes:
        aside: who must be looked at one by one.
        in_line: what everybody in line has seen.
    """

    def __init__(self) -> None:
        self.aside: set[Viewer] = set()
        self.in_line = Seen((), 0)
        self._before = self.in_line
        self._transports: list[Transport | None] = []
        self._files = array("i")
        self._viewers: list[Viewer | None] = []
        self._place_of: dict[PreparedProtocol, int] = {}
        # Of the message that is being written: places from `_written` to `_end` do not have it yet.
        self._written = self._end = 0
        self._filled: list[PreparedProtocol] = []
        self._is_writing = False
        self._on_full = self._step_aside

    def __len__(self) -> int:
        return len(self._place_of) + len(self.aside)

    def __iter__(self) -> Iterator[Viewer]:
        yield from tuple(viewer for viewer in self._viewers if viewer is not None)
        yield from tuple(self.aside)

    def __contains__(self, viewer: Viewer) -> bool:
        return viewer in self.aside or viewer.socket in self._place_of

    def enter(self, viewer: Viewer) -> None:
        """Take in a viewer, aside."""
        self.aside.add(viewer)

    def leave(self, viewer: Viewer) -> None:
        """Forget a viewer."""
        self.step_aside(viewer)
        self.aside.discard(viewer)

    def line_up(self, viewer: Viewer) -> None:
        """Put a viewer that stands aside in line, if it has all that those in line have and room for the next."""
        socket = viewer.socket
        # Identity: a cursor that a client sent may equal one of the hub's.
        if viewer.seen.cursor is not self.in_line.cursor or viewer.seen.state_number != self.in_line.state_number:
            return
        if viewer not in self.aside or not isinstance(socket, PreparedProtocol):
            return
        file = socket.share(self._on_full)
        if file is not None:
            self.aside.discard(viewer)
            self._place_of[socket] = len(self._viewers)
            self._viewers.append(viewer)
            self._transports.append(socket.transport)
            self._files.append(file)

    def step_aside(self, viewer: Viewer) -> None:
        """Take a viewer out of the line, if it stands there, with what it has seen."""
        if isinstance(viewer.socket, PreparedProtocol) and viewer.socket in self._place_of:
            self._step_aside(viewer.socket)

    async def write(self, wire: bytes, seen: Seen) -> int:
        """Write bytes to everybody in line, who then have seen `seen`; return to how many.

        Not to be called again before it has returned. When it is cancelled, who was not written to steps aside.
        """
        self._close_ranks()
        self._before, self.in_line = self.in_line, seen
        self._written, self._end = 0, len(self._transports)
        sent = 0
        try:
            while self._written < self._end:
                sent += self._write_turn(wire, min(self._written + VIEWERS_PER_TURN, self._end))
                await asyncio.sleep(0)
        finally:
            for viewer in self._viewers[self._written : self._end]:
                if viewer is not None:
                    self.step_aside(viewer)
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
            except OSError:  # full, or broken: the transport finds out itself and says so
                sent = 0
            if sent < size:
                # Of one tick, whoever holds it unsent; a slice of the bytes would be a copy for each.
                transport.write(memoryview(wire)[sent:])
            written += 1
        self._is_writing = False
        self._written = end
        for socket in self._filled:
            self._step_aside(socket)
        self._filled.clear()
        return written

    def _step_aside(self, socket: PreparedProtocol) -> None:
        if self._is_writing:
            # Its transport has taken the message: it is to be counted among those who have it.
            self._filled.append(socket)
            return
        place = self._place_of.pop(socket)
        viewer = self._viewers[place]
        assert viewer is not None
        viewer.seen = self._before if self._written <= place < self._end else self.in_line
        self._viewers[place] = self._transports[place] = None
        socket.unshare()
        self.aside.add(viewer)

    def _close_ranks(self) -> None:
        if len(self._place_of) < len(self._viewers):
            places = self._place_of.values()
            self._viewers = [self._viewers[place] for place in places]
            self._transports = [self._transports[place] for place in places]
            self._files = array("i", [self._files[place] for place in places])
            self._place_of = {socket: place for place, socket in enumerate(self._place_of)}
