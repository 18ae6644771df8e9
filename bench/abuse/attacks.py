"""The attackers of `bench.abuse`: each is one address of the loopback network that does its worst for some seconds.

    python -m bench.abuse.attacks NAME PORT ADDRESS SECONDS

An attacker has some connections at the same time and opens another one as soon as one is closed. It prints one line of
JSON: what became of its connections, and the bytes in both directions.
"""

from __future__ import annotations

import json
import socket
import struct
import sys
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
RESYNC_S: Final = 5.1
SLOW_READERS: Final = 200


def frame(opcode: int, payload: bytes = b"", *, final: bool = True) -> bytes:
    """Return a short frame as a client sends it, masked with zeros."""
    return bytes([opcode | (0x80 if final else 0), 0x80 | len(payload)]) + MASK + payload


PING, PONG, TEXT, CONTINUATION = frame(0x9), frame(0xA), frame(0x1, b"[]"), frame(0x0, final=False)
RESYNC = frame(0x1, b'{"type": "resync"}')


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

    def ask(self, request: bytes) -> None:
        """Send one request after the other on a connection, and read the answers."""
        with self.connect() as opened:
            while not self.is_over:
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


def slow_readers(attacker: Attacker) -> None:
    """Open many viewers that never read."""
    opened: list[socket.socket] = []

    def once() -> None:
        viewer = attacker.upgrade() if len(opened) < SLOW_READERS else None
        if viewer is None:
            time.sleep(0.1)  # all readers are open, or one was refused: their silence is the attack
            return
        viewer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        opened.append(viewer)

    attacker.repeat(once, 1)
    attacker.outcomes["still connected"] += len(opened)


def json_readers(attacker: Attacker) -> None:
    """Read JSON on as many connections as are accepted, and ask for key frames as often as allowed.

    A refused connection is tried again a second later.
    """

    def once() -> None:
        opened = attacker.upgrade("flights.v1.json")
        if opened is None:
            time.sleep(1)  # a refused client that keeps the announced pause: its share is the subject here
            return
        asked_s = 0.0
        with opened:
            while not attacker.is_over:
                if time.monotonic() - asked_s > RESYNC_S:
                    asked_s = time.monotonic()
                    attacker.sent += opened.send(RESYNC)
                received = opened.recv(1024 * 1024)
                if not received:
                    attacker.outcomes["disconnected"] += 1
                    return
                attacker.received += len(received)
        attacker.outcomes["still connected"] += 1

    attacker.repeat(once, 64)


def wrong_tokens(attacker: Attacker) -> None:
    """Try tokens with a wrong signature, half of them on the WebSocket and half on REST."""
    token = "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiJhIiwiZXhwIjo0MDAwMDAwMDAwfQ." + "A" * 43
    request = f"GET /api/v1/stats HTTP/1.1\r\nHost: attack\r\nAuthorization: Bearer {token}\r\n\r\n".encode()

    def handshake() -> None:
        attacker.upgrade(token=token)

    rest = threading.Thread(target=attacker.repeat, args=(lambda: attacker.ask(request),))
    rest.start()
    attacker.repeat(handshake)
    rest.join()


def handshakes(attacker: Attacker) -> None:
    """Open and close WebSockets as fast as possible."""

    def once() -> None:
        opened = attacker.upgrade()
        if opened is not None:
            opened.close()

    attacker.repeat(once, 16)


def connections(attacker: Attacker) -> None:
    """Open connections as fast as possible, say nothing and close them."""

    def once() -> None:
        attacker.connect().close()
        attacker.outcomes["opened"] += 1

    attacker.repeat(once)


FLIGHTS = b"GET /api/v1/flights HTTP/1.1\r\nHost: attack\r\n\r\n"

ATTACKS: Final[dict[str, Callable[[Attacker], None]]] = {
    "pings": lambda attacker: attacker.repeat(lambda: attacker.flood(b"", PING)),
    "pongs": lambda attacker: attacker.repeat(lambda: attacker.flood(b"", PONG)),
    "fragments": lambda attacker: attacker.repeat(lambda: attacker.flood(frame(0x1, final=False), CONTINUATION)),
    "texts": lambda attacker: attacker.repeat(lambda: attacker.flood(b"", TEXT)),
    "resyncs": lambda attacker: attacker.repeat(lambda: attacker.flood(b"", RESYNC)),
    "json": json_readers,
    "handshakes": handshakes,
    "connections": connections,
    "tokens": wrong_tokens,
    "slow readers": slow_readers,
    "rest": lambda attacker: attacker.repeat(lambda: attacker.ask(FLIGHTS), 64),
}


def main() -> None:
    name, port, address, seconds = sys.argv[1:]
    attacker = Attacker(int(port), address, float(seconds))
    ATTACKS[name](attacker)
    sent_mb, received_mb = round(attacker.sent / 1e6), round(attacker.received / 1e6)
    figures = {"outcomes": dict(attacker.outcomes), "sent_mb": sent_mb, "received_mb": received_mb}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
