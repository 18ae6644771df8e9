"""`FloodFilter`: lets the kernel drop new connections of addresses that flood, so that they cost the gateway nothing.

Accepting and resetting a connection takes 20 µs of the event loop's time, and one address can make tens of thousands a
second. Each listening socket has a filter (classic BPF, which needs no privilege) that drops the first packet of those
addresses; such a client waits and tries again. `Acceptor` tells it of resets. Without such filters, on systems other
than Linux, connections are reset as before.
"""

from __future__ import annotations

import asyncio
import ctypes
import errno
import ipaddress
import logging
import socket
import struct
import sys
from collections import Counter
from typing import Final

RESETS: Final = 1_000
"""An address floods if it causes this many resets within `COUNTED_S`. Many viewers behind one address that
connect again after a restart cause fewer."""
COUNTED_S: Final = 1.0
DROPPED_S: Final = 5.0
"""How long new connections of an address that floods are dropped."""
LOGGED_S: Final = 60.0
"""How often a line is logged at most."""
MAX_ADDRESSES: Final = 64
"""Addresses that are dropped at the same time: each costs every new connection an instruction or three."""

_SO_ATTACH_FILTER, _SO_DETACH_FILTER = 26, 27
_LOAD_WORD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_NETWORK_HEADER: Final = 0xFFF00000
"""Where addresses of the packet count from (`SKF_NET_OFF`)."""
_SOURCE_V4, _SOURCE_V6 = _NETWORK_HEADER + 12, _NETWORK_HEADER + 8
_DROP, _PASS = 0, 0xFFFFFFFF

_logger = logging.getLogger(__name__)


class FloodFilter:
    """The addresses whose new connections a listening socket drops.

    Args:
        listener: a listening TCP socket of one family.
    """

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._loop = asyncio.get_running_loop()
        self._is_available = sys.platform == "linux"
        self._resets: Counter[str] = Counter()
        self._counting_until_s = 0.0
        self._silent_until_s = 0.0
        self._dropped: dict[str, asyncio.TimerHandle] = {}

    def note_reset(self, address: str) -> None:
        """Count a connection that was reset; drop the next ones of its address if there were too many."""
        now_s = self._loop.time()
        if now_s >= self._counting_until_s:
            self._resets.clear()
            self._counting_until_s = now_s + COUNTED_S
        self._resets[address] += 1
        if self._resets[address] >= RESETS and self._is_available and address not in self._dropped:
            self._drop(address)

    def close(self) -> None:
        """Drop nothing any more."""
        for timer in self._dropped.values():
            timer.cancel()
        if self._dropped:
            self._dropped.clear()
            self._attach()

    def _drop(self, address: str) -> None:
        if len(self._dropped) < MAX_ADDRESSES:
            self._dropped[address] = self._loop.call_later(DROPPED_S, self._forgive, address)
            self._attach()
            self._log(address)

    def _log(self, address: str) -> None:
        if self._is_available and self._loop.time() >= self._silent_until_s:
            self._silent_until_s = self._loop.time() + LOGGED_S
            _logger.warning("new connections of %s are dropped for %g s, because it floods", address, DROPPED_S)

    def _forgive(self, address: str) -> None:
        del self._dropped[address]
        del self._resets[address]
        self._attach()

    def _attach(self) -> None:
        try:
            if self._dropped:
                _attach(self._listener, program(self._dropped))
            else:
                self._listener.setsockopt(socket.SOL_SOCKET, _SO_DETACH_FILTER, 0)
        except OSError as error:
            if error.errno != errno.EBADF:  # the listener was closed first
                _logger.warning("cannot drop connections in the kernel, they are reset instead: %s", error)
            self._is_available = False


def program(addresses: dict[str, asyncio.TimerHandle] | list[str]) -> bytes:
    """Return the filter that drops packets from addresses, all of the family of the first; of IPv6 their /64."""
    instructions = b""
    for address in addresses:
        parsed = ipaddress.ip_address(address)
        at = _SOURCE_V4 if parsed.version == 4 else _SOURCE_V6
        words = struct.unpack("!I", parsed.packed) if parsed.version == 4 else struct.unpack("!II", parsed.packed[:8])
        for number, word in enumerate(words):
            to_next = 2 * (len(words) - number) - 1
            instructions += _instruction(_LOAD_WORD, at + 4 * number) + _instruction(_JUMP_IF_EQUAL, word, to_next)
        instructions += _instruction(_RETURN, _DROP)
    return instructions + _instruction(_RETURN, _PASS)


def _instruction(code: int, value: int, else_skip: int = 0) -> bytes:
    return struct.pack("=HBBI", code, 0, else_skip, value)


def _attach(listener: socket.socket, instructions: bytes) -> None:
    held = ctypes.create_string_buffer(instructions, len(instructions))
    filter_program = struct.pack("@HP", len(instructions) // 8, ctypes.addressof(held))
    listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, filter_program)
