"""The attackers of `bench.abuse`: each is one address of the loopback network that does its worst for some seconds.

    python -m bench.abuse.attacks NAME PORT ADDRESS SECONDS

An attacker has some connections at the same time and opens another one as soon as one is closed. It prints one line of
JSON: what became of its connections, and the bytes in both directions.
"""

from __future__ import annotations

import json
import random
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Final

from bench.abuse.attacker import Attacker, frame

RESYNC_S: Final = 5.1
SLOW_READERS: Final = 200


TILE_CLASS, TILES_OF_CLASS = 1, 256
TILE_SETS_PER_S: Final = 2.0
"""As often as allowed."""
FOLLOWERS: Final = 64
NAMES_ASKED: Final = 500


def tiles(numbers: Iterable[int], exact: Sequence[str] = ()) -> bytes:
    """Return a message of `flights.v3` that replaces the tiles and the exact aircraft of a viewer."""
    message = {"type": "tiles", "class": TILE_CLASS, "tiles": [*numbers], "exact": [*exact]}
    return frame(0x1, json.dumps(message, separators=(",", ":")).encode())


def addresses(count: int) -> list[str]:
    """Return addresses at random, hardly any of which is that of an aircraft."""
    return [f"{random.randrange(1 << 24):06x}" for _ in range(count)]


PING, PONG, TEXT, CONTINUATION = frame(0x9), frame(0xA), frame(0x1, b"[]"), frame(0x0, final=False)
RESYNC = frame(0x1, b'{"type": "resync"}')


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


def known_addresses(attacker: Attacker) -> list[str]:
    """Return the addresses of all aircraft, which anybody may ask for."""
    with attacker.connect() as opened:
        opened.sendall(b"GET /api/v1/names HTTP/1.1\r\nHost: attack\r\nConnection: close\r\n\r\n")
        answer = b""
        while received := opened.recv(256 * 1024):
            answer += received
    known: list[str] = json.loads(answer.partition(b"\r\n\r\n")[2])["icao24"]
    return known


def exact(attacker: Attacker) -> None:
    """Want other aircraft exactly twice a second, on many connections."""
    known = known_addresses(attacker)
    followers(attacker, lambda: tiles((), random.choices(known, k=64)))


def followers(attacker: Attacker, message: Callable[[], bytes]) -> None:
    """Follow tiles on many connections, change them as often as allowed, and read everything."""

    def once() -> None:
        opened = attacker.upgrade("flights.v3")
        if opened is None:
            time.sleep(1)  # a refused client that keeps the announced pause: its share is the subject here
            return
        asked_s = time.monotonic()
        with opened:
            while not attacker.is_over:
                if time.monotonic() - asked_s > 1 / TILE_SETS_PER_S:
                    asked_s = time.monotonic()
                    attacker.sent += opened.send(message())
                opened.settimeout(1 / TILE_SETS_PER_S)
                with suppress(TimeoutError):
                    received = opened.recv(1024 * 1024)
                    if not received:
                        attacker.outcomes["disconnected"] += 1
                        return
                    attacker.received += len(received)
        attacker.outcomes["still connected"] += 1

    attacker.repeat(once, FOLLOWERS)


def unknown_names(attacker: Attacker) -> None:
    """Ask for the names of unknown aircraft, others each time."""

    def once() -> None:
        query = ",".join(addresses(NAMES_ASKED))
        attacker.ask(f"GET /api/v1/names?icao24={query} HTTP/1.1\r\nHost: attack\r\n\r\n".encode(), 1)

    attacker.repeat(once, FOLLOWERS)


def cancelled_names(attacker: Attacker) -> None:
    """Ask for the names of all aircraft that changed since a moment, another each time, and hang up at once."""

    def once() -> None:
        with attacker.connect() as opened:
            since = f"00000000-{random.randrange(1 << 40)}"
            opened.sendall(f"GET /api/v1/names?since={since} HTTP/1.1\r\nHost: attack\r\n\r\n".encode())
            attacker.outcomes["hung up"] += 1

    attacker.repeat(once, FOLLOWERS)


def some_tiles() -> list[int]:
    """Return a quarter of the world, in tiles at random."""
    return random.sample(range(TILES_OF_CLASS), 64)


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
    "tiles": lambda attacker: attacker.repeat(lambda: attacker.flood(b"", tiles(range(64)), "flights.v3")),
    "panning": lambda attacker: followers(attacker, lambda: tiles(some_tiles())),
    "exact": exact,
    "junk": lambda attacker: followers(attacker, lambda: tiles((), addresses(64))),
    "names": unknown_names,
    "cancelled": cancelled_names,
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
