"""A DNS server for tests: one name with an address that a test may change."""

from __future__ import annotations

import socket
import struct
import threading
from types import TracebackType
from typing import Final

PORT: Final = 53
_RECORDS: Final = {socket.AF_INET: 1, socket.AF_INET6: 28}
"""Kinds of records by family: A and AAAA."""
_STOP: Final = b""
_NO_ERROR: Final = 0x8580
_NO_SUCH_NAME: Final = 0x8583


class NameServer:
    """Answers on UDP port 53 of a loopback address until the block ends.

    Args:
        address: where it listens.
        name: the only name it knows, whole.
        answer: its address, of IPv4 or IPv6; a test may set another.
    """

    def __init__(self, address: str, name: str, answer: str) -> None:
        self.address = address
        self.answer = answer
        self._name = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
        self._thread = threading.Thread(target=self._serve, name="name server", daemon=True)

    def __enter__(self) -> NameServer:
        self._socket = socket.socket(_family(self.address), socket.SOCK_DGRAM)
        self._socket.bind((self.address, PORT))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._socket:
            self._socket.sendto(_STOP, self._socket.getsockname())
            self._thread.join(5)

    def _serve(self) -> None:
        while True:
            query, client = self._socket.recvfrom(512)
            if query == _STOP:
                return
            self._socket.sendto(self._answer(query), client)

    def _answer(self, query: bytes) -> bytes:
        end = query.index(b"\0", 12) + 1
        name, question = query[12:end], query[12 : end + 4]
        (kind,) = struct.unpack("!H", query[end : end + 2])
        is_known = name.lower() == self._name
        records = b""
        if is_known and kind == _RECORDS[_family(self.answer)]:
            packed = socket.inet_pton(_family(self.answer), self.answer)
            records = struct.pack("!HHHIH", 0xC00C, kind, 1, 1, len(packed)) + packed
        flags = _NO_ERROR if is_known else _NO_SUCH_NAME
        return query[:2] + struct.pack("!HHHHH", flags, 1, 1 if records else 0, 0, 0) + question + records


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET
