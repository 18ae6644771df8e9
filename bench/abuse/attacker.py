"""One attacker of `bench.abuse`: connections from one address, floods and questions, and what became of them."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Final

MASK: Final = bytes(4)
CLOSE: Final = 0x88
CHUNK_BYTES: Final = 64 * 1024
CONNECTIONS: Final = 8
TIMEOUT_S: Final = 5.0


def frame(opcode: int, payload: bytes = b"", *, final: bool = True) -> bytes:
    """Return a frame of less than 64 KB as a client sends it, masked with zeros."""
    length = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2)
    return bytes([opcode | (0x80 if final else 0)]) + length + MASK + payload


class Attacker:
    """One attack, from one address.

    Attributes:
        outcomes: how often each thing happened to a connection or a request.
        sent: bytes.
        received: bytes.
    """

    def __init__(self, port: int, address: str, seconds: float) -> None:
        self.outcomes: Counter[str] = Counter()
        self.sent = self.received = 0
        self._server = ("127.0.0.1", port)
        self._address = address
        self._until_s = time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._until_s

    def repeat(self, once: Callable[[], None], connections: int = CONNECTIONS) -> None:
        """Do something again and again on threads, until the time is over."""

        def work() -> None:
            while not self.is_over:
                try:
                    once()
                except TimeoutError:
                    self.outcomes["timed out"] += 1
                except OSError as error:
                    self.outcomes[type(error).__name__] += 1

        threads = [threading.Thread(target=work, daemon=True) for _ in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, self._until_s - time.monotonic()) + TIMEOUT_S)

    def connect(self) -> socket.socket:
        """Open a connection from the attacker's address."""
        opened = socket.create_connection(self._server, TIMEOUT_S, source_address=(self._address, 0))
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened

    def upgrade(self, subprotocol: str = "flights.v1", token: str = "") -> socket.socket | None:
        """Open a WebSocket; None when it is refused, which is counted."""
        opened = self.connect()
        extra = f"Authorization: Bearer {token}\r\n" if token else ""
        request = (
            "GET /ws HTTP/1.1\r\nHost: attack\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            f"Sec-WebSocket-Protocol: {subprotocol}\r\n{extra}\r\n"
        )
        opened.sendall(request.encode())
        head = b""
        while b"\r\n\r\n" not in head:
            received = opened.recv(4096)
            if not received:
                break
            head += received
        status = head[9:12].decode() or "nothing"
        self.received += len(head)
        if status == "101":
            self.outcomes["accepted"] += 1
            return opened
        self.outcomes[f"refused {status}"] += 1
        opened.close()
        return None

    def flood(self, first: bytes, repeated: bytes, subprotocol: str = "flights.v1") -> None:
        """Send as much as the socket takes, and read everything, until the connection ends."""
        opened = self.upgrade(subprotocol)
        if opened is None:
            return
        chunk = repeated * (CHUNK_BYTES // len(repeated))
        tail = b""
        with opened:
            opened.sendall(first)
            opened.setblocking(False)
            with suppress(OSError):  # a reset, which `closed_with` reports
                while not self.is_over:
                    try:
                        self.sent += opened.send(chunk)
                    except BlockingIOError:
                        time.sleep(0.001)  # the socket is full: leave the shared core to the viewers
                    try:
                        received = opened.recv(CHUNK_BYTES)
                    except BlockingIOError:
                        continue
                    if not received:
                        break
                    self.received += len(received)
                    tail = (tail + received)[-200:]
                else:
                    self.outcomes["still connected"] += 1
                    return
            self.outcomes[closed_with(tail)] += 1

    def ask(self, request: bytes, times: int = 1 << 30) -> None:
        """Send one request after the other on a connection, and read the answers."""
        with self.connect() as opened:
            for _ in range(times):
                if self.is_over:
                    return
                opened.sendall(request)
                status, left = self._read_head(opened)
                self.outcomes[f"answered {status}"] += 1
                while left > 0:
                    received = opened.recv(min(left, 256 * 1024))
                    if not received:
                        return
                    self.received += len(received)
                    left -= len(received)
                if status == "0":
                    return

    def _read_head(self, opened: socket.socket) -> tuple[str, int]:
        """Return the status and how many bytes of the body are still to come."""
        data = b""
        while b"\r\n\r\n" not in data:
            received = opened.recv(65_536)
            if not received:
                return "0", 0
            data += received
        self.received += len(data)
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), None)
        if length is not None:
            return head[9:12].decode(), length - len(body)
        while not body.endswith(b"0\r\n\r\n"):
            received = opened.recv(256 * 1024)
            if not received:
                break
            self.received += len(received)
            body = body[-8:] + received
        return head[9:12].decode(), 0


def closed_with(tail: bytes) -> str:
    """Return the code of the close frame at the end of what was received."""
    for at in range(len(tail) - 3):
        if tail[at] == CLOSE and tail[at + 1] == len(tail) - at - 2:
            return f"closed {struct.unpack('!H', tail[at + 2 : at + 4])[0]}"
    return "reset"
