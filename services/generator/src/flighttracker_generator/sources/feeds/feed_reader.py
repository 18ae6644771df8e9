"""Reads one connection until it ends, and limits what it may cost. Used by `tcp`.

A connection has a budget of bytes a second: what is beyond it is thrown away, because a delay would make positions look
younger than they are. For the same reason what waited during a pause is thrown away: it has no usable time.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final, Protocol

from flighttracker.clock import Clock
from flighttracker.errors import SourceError
from flighttracker_generator.sources.feeds.sky import Sky

CHUNK_BYTES: Final = 16_384
"""Takes about 6 ms to decode; then other connections have their turn."""
BYTES_PER_S: Final = 524_288
"""Ten times what the busiest receiver sends, 22,000 messages; decoding them takes a fifth of a core."""
PAUSE_S: Final = 3.0
BACKLOG_BYTES: Final = 4_096
"""More than this at once after a pause waited somewhere meanwhile."""
FIRST_BYTES: Final = 4_096
"""A connection that has sent so much without one message has another format."""


class Decoder(Protocol):
    """Decodes one connection into a sky."""

    @property
    def sky(self) -> Sky:
        """The aircraft of the connection."""

    @property
    def received_ms(self) -> int:
        """When the last bytes came, milliseconds since 1970; 0 before the first."""

    @property
    def is_understood(self) -> bool:
        """Whether anything had the format."""

    def feed(self, data: bytes, received_ms: int) -> None:
        """Add bytes as they come, with the time of their receipt."""

    def remarks(self) -> list[str]:
        """Return lines to log about what was heard."""


class Budget:
    """Bytes that a connection may send, a second's worth at most.

    Args:
        bytes_per_s: what it gains in a second.
        now_s: monotonic time.
    """

    def __init__(self, bytes_per_s: int, now_s: float) -> None:
        self._bytes_per_s = bytes_per_s
        self._left = float(bytes_per_s)
        self._at_s = now_s

    def spend(self, size: int, now_s: float) -> bool:
        """Return whether so many bytes are within the budget, and take them from it."""
        self._left = min(self._left + (now_s - self._at_s) * self._bytes_per_s, float(self._bytes_per_s))
        self._at_s = now_s
        if size > self._left:
            return False
        self._left -= size
        return True


async def read_all(reader: asyncio.StreamReader, decoder: Decoder, clock: Clock, idle_s: float) -> None:
    """Read until the connection ends.

    Raises:
        SourceError: `closed`, `idle`, `wrong_format` or `connection`.
    """
    losses = decoder.sky.losses
    read_s = time.monotonic()
    budget = Budget(BYTES_PER_S, read_s)
    first, received = b"", 0
    is_backlog = False
    while True:
        try:
            async with asyncio.timeout(idle_s):
                data = await reader.read(CHUNK_BYTES)
        except TimeoutError:
            raise SourceError(f"nothing was sent for {idle_s:g} s", reason="idle") from None
        except OSError as error:
            raise SourceError(f"the connection broke: {error.strerror or error}", reason="connection") from error
        if not data:
            raise SourceError("the other side closed the connection", reason="closed")
        now_s = time.monotonic()
        is_backlog = (is_backlog or (received > 0 and now_s - read_s >= PAUSE_S)) and len(data) >= BACKLOG_BYTES
        read_s = now_s
        received += len(data)
        first = (first + data)[:FIRST_BYTES]
        if is_backlog:
            losses.record("backlog", f"{len(data)} bytes")
        elif budget.spend(len(data), now_s):
            decoder.feed(data, clock.now_ms())
        else:
            losses.record("too_fast", f"{len(data)} bytes")
        if received >= FIRST_BYTES and not decoder.is_understood:
            raise SourceError(f"no message in the first {received} bytes{format_hint(first)}", reason="wrong_format")
        # A connection with much to read must not keep others waiting.
        await asyncio.sleep(0)


def format_hint(first: bytes) -> str:
    """Return what the first bytes of a connection look like, as the end of a sentence."""
    text = first.lstrip()[:16]
    if text.startswith((b"MSG,", b"STA,", b"AIR,", b"ID,", b"SEL,")):
        return ": it is BaseStation text, which the source sbs reads; Beast is usually on port 30005"
    if text.startswith((b"*", b"@")):
        return ": it is raw text (AVR); Beast is usually on port 30005"
    if text.startswith((b"HTTP/", b"<", b"{")):
        return ": it is a web server, which the sources readsb and virtualRadar read"
    if b"\x1a2" in first or b"\x1a3" in first:
        return ": it is Beast, which the source beast reads; BaseStation is usually on port 30003"
    return ""
