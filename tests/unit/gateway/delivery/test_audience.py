"""The line of viewers that lack no frame: which of them get a message, and the cursor of those that leave the line."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.protocol import State
from websockets.server import ServerProtocol

from flighttracker_gateway.delivery.audience import VIEWERS_PER_TURN, Audience
from flighttracker_gateway.delivery.prepared import PreparedProtocol
from flighttracker_gateway.delivery.viewer import Encoding, Seen, Viewer

BEFORE, NOW, LATER = (Seen(((0, 1, sequence),), 0) for sequence in (1, 2, 3))


OPEN: list[socket.socket] = []


@pytest.fixture(autouse=True)
def close_sockets() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()


class Wire:
    """A transport whose socket is one end of a pair, with a small buffer in the kernel."""

    def __init__(self, protocol: Any) -> None:
        self.near, self.far = socket.socketpair()
        OPEN.extend((self.near, self.far))
        self.near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
        self.near.setblocking(False)
        self.far.setblocking(False)
        self.unsent = b""
        self.is_closed = False
        self.high = 65_536
        self._protocol = protocol

    def write(self, data: bytes | memoryview) -> None:
        assert not self.is_closed, "uvloop raises"
        self.unsent += bytes(data)
        if len(self.unsent) > self.high:
            self._protocol.pause_writing()

    def flush(self) -> bytes:
        """Send the unsent bytes, as the event loop would; return the received ones."""
        arrived = self.arrived()
        while self.unsent:
            self.unsent = self.unsent[self.near.send(self.unsent) :]
            arrived += self.arrived()
        self._protocol.resume_writing()
        return arrived

    def arrived(self) -> bytes:
        """Return the bytes that the other end has received."""
        try:
            return self.far.recv(1_000_000)
        except BlockingIOError:
            return b""

    def is_closing(self) -> bool:
        return self.is_closed

    def get_write_buffer_size(self) -> int:
        return len(self.unsent)

    def set_write_buffer_limits(self, high: int) -> None:
        self.high = high

    def get_extra_info(self, name: str) -> socket.socket:
        assert name == "socket"
        return self.near


def viewer(scheme: str = "ws") -> Viewer:
    """Return a viewer on a real protocol whose transport is a `Wire`."""
    protocol: Any = PreparedProtocol.__new__(PreparedProtocol)
    protocol.transport = Wire(protocol)
    protocol.scheme = scheme
    protocol.close_sent = False
    protocol.writable = asyncio.Event()
    return Viewer(protocol, Encoding.BINARY, None)


def wire_of(of: Viewer) -> Wire:
    wire: Wire = of.socket.transport  # type: ignore[attr-defined]
    return wire


def written(of: Viewer) -> bytes:
    return wire_of(of).arrived()


async def lined_up(*viewers: Viewer) -> Audience:
    """Return an audience with these viewers in line, which have the frames up to `BEFORE`."""
    audience = Audience()
    await audience.write(b"", BEFORE)
    for one in viewers:
        audience.add(one)
        one.seen = BEFORE
        audience.join_bulk(one)
    assert not audience.individual
    return audience


async def test_every_viewer_in_line_gets_a_message_and_counts_as_having_it() -> None:
    viewers = [viewer() for _ in range(2 * VIEWERS_PER_TURN + 1)]
    audience = await lined_up(*viewers)
    assert await audience.write(b"tick", NOW) == len(viewers)
    assert {written(one) for one in viewers} == {b"tick"}
    assert wire_of(viewers[7]).high == 0
    audience.leave_bulk(viewers[7])
    assert wire_of(viewers[7]).high == PreparedProtocol.limits.write_buffer_bytes
    assert viewers[7].seen is NOW
    assert audience.individual == {viewers[7]}


async def test_a_viewer_that_lacks_frames_cannot_line_up() -> None:
    audience = await lined_up()
    for seen in (Seen(None, 0), NOW, BEFORE._replace(state_number=4), BEFORE._replace(cursor=((0, 1, 1),))):
        one = viewer()
        audience.add(one)
        one.seen = seen
        audience.join_bulk(one)
        assert one in audience.individual


async def test_a_viewer_that_is_full_or_closed_or_has_unsent_bytes_or_tls_cannot_line_up() -> None:
    full, gone, unsent, encrypted = viewer(), viewer(), viewer(), viewer("wss")
    full.socket.pause_writing()  # type: ignore[attr-defined]
    wire_of(gone).is_closed = True
    wire_of(unsent).unsent = b"pong"
    audience = await lined_up()
    for one in (full, gone, unsent, encrypted):
        audience.add(one)
        one.seen = BEFORE
        audience.join_bulk(one)
    assert audience.individual == {full, gone, unsent, encrypted}


async def test_a_socket_that_becomes_full_gets_the_whole_message_and_no_other() -> None:
    slow, quick = viewer(), viewer()
    large = bytes(range(256)) * 1_000
    audience = await lined_up(slow, quick)
    wire_of(quick).near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1_000_000)
    assert await audience.write(large, NOW) == 2
    assert (slow.seen, audience.individual) == (NOW, {slow})
    assert len(wire_of(slow).unsent) > 0
    assert await audience.write(b"tock", LATER) == 1
    assert (wire_of(slow).flush(), slow.seen, written(quick)) == (large, NOW, large + b"tock")


async def test_no_message_overtakes_bytes_in_the_transport() -> None:
    one = viewer()
    audience = await lined_up(one)
    wire_of(one).write(b"ping")
    assert audience.individual == {one}
    await audience.write(b"tick", NOW)
    assert (wire_of(one).flush(), one.seen) == (b"ping", BEFORE)


async def test_after_a_close_frame_nothing_is_written() -> None:
    one = viewer()
    audience = await lined_up(one)
    socket_: Any = one.socket
    socket_.conn, socket_.queue, socket_.loop = ServerProtocol(), asyncio.Queue(), asyncio.get_running_loop()
    socket_.conn.state = State.OPEN
    socket_.ping_timer = socket_.pong_timer = None
    socket_.read_paused = False
    wire_of(one).abort = lambda: None  # type: ignore[attr-defined]
    socket_.close_now(4408, "behind")
    assert audience.individual == {one}
    assert await audience.write(b"tick", NOW) == 0
    socket_.close_timer.cancel()


async def test_a_transport_that_closes_by_itself_is_not_written_to() -> None:
    gone, quick = viewer(), viewer()
    audience = await lined_up(gone, quick)
    wire_of(gone).is_closed = True
    assert await audience.write(b"tick", NOW) == 1
    assert written(gone) == b"", "its number may be another socket's by now"
    audience.remove(gone)
    assert list(audience) == [quick]


async def test_a_broken_socket_is_closed_by_its_transport() -> None:
    broken, quick = viewer(), viewer()
    audience = await lined_up(broken, quick)
    wire_of(broken).far.close()
    await audience.write(b"tick", NOW)
    assert wire_of(broken).unsent == b"tick"
    assert written(quick) == b"tick"


@pytest.mark.parametrize("written_already", [True, False])
async def test_a_viewer_that_leaves_the_line_between_two_turns_has_what_was_written_to_it(
    written_already: bool,
) -> None:
    viewers = [viewer() for _ in range(2 * VIEWERS_PER_TURN)]
    audience = await lined_up(*viewers)
    writing = asyncio.create_task(audience.write(b"tick", NOW))
    await asyncio.sleep(0)
    one = viewers[0 if written_already else -1]
    audience.leave_bulk(one)
    await writing
    assert one.seen is (NOW if written_already else BEFORE)
    assert written(one) == (b"tick" if written_already else b"")
    assert [written(other) for other in viewers if other is not one] == [b"tick"] * (len(viewers) - 1)


async def test_a_viewer_that_lines_up_while_a_message_is_written_has_it_already() -> None:
    viewers = [viewer() for _ in range(2 * VIEWERS_PER_TURN)]
    audience = await lined_up(*viewers)
    writing = asyncio.create_task(audience.write(b"tick", NOW))
    await asyncio.sleep(0)
    late = viewer()
    audience.add(late)
    late.seen = NOW
    audience.join_bulk(late)
    await writing
    assert written(late) == b""
    audience.leave_bulk(late)
    assert late.seen is NOW


async def test_a_cancelled_message_leaves_no_viewer_with_a_gap() -> None:
    viewers = [viewer() for _ in range(2 * VIEWERS_PER_TURN)]
    audience = await lined_up(*viewers)
    writing = asyncio.create_task(audience.write(b"tick", NOW))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    without = {one for one in viewers if not written(one)}
    assert (audience.individual, len(without)) == (without, VIEWERS_PER_TURN)
    assert all(one.seen is BEFORE for one in without)
    await audience.write(b"tock", LATER)
    assert {one for one in viewers if not written(one)} == without


async def test_free_places_are_used_again() -> None:
    viewers = [viewer() for _ in range(10)]
    audience = await lined_up(*viewers)
    for one in viewers[::2]:
        audience.remove(one)
    await audience.write(b"tick", NOW)
    assert [written(one) for one in viewers] == [b"", b"tick"] * 5
    audience.leave_bulk(viewers[3])
    assert (len(audience), audience.individual, viewers[3].seen) == (5, {viewers[3]}, NOW)
    await audience.write(b"tock", LATER)
    assert [written(one) for one in viewers[1::2]] == [b"tock", b"", b"tock", b"tock", b"tock"]
