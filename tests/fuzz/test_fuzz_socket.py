"""Arbitrary bytes from a client, on `/ws` and before, end as the protocol says; the gateway continues without a bug."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed
from websockets.frames import Opcode
from websockets.sync.client import ClientConnection, connect

from tests.fuzz.served import served_gateway
from tests.gateway_server import RunningGateway

FUZZ = settings(deadline=None, max_examples=25, print_blob=True)
WAIT_S = 10.0
CODES = {1000, 1002, 1003, 1007, 1009, 4400, 4401, 4429}
"""Close codes of `frame.md` for errors of a client."""


@pytest.fixture(scope="module", name="running")
def gateway() -> Iterator[RunningGateway]:
    with served_gateway() as running:
        yield running
        found = [
            sample
            for metric in running.registry.collect()
            for sample in metric.samples
            if sample.name == "flights_errors_total"
        ]
        assert found == [], "the gateway found bugs of its own"


def answers(running: RunningGateway) -> bool:
    """Return whether the gateway still serves others."""
    with open_socket(running) as other:
        welcome: dict[str, Any] = json.loads(other.recv(WAIT_S))
        return bool(welcome["type"] == "welcome")


def open_socket(running: RunningGateway, protocol: str = "flights.v1") -> ClientConnection:
    url = running.url.replace("http", "ws") + "/ws"
    return connect(url, subprotocols=[protocol], compression=None, open_timeout=WAIT_S, close_timeout=WAIT_S)  # type: ignore[list-item]


def code_after(client: ClientConnection) -> int | None:
    """Read until the gateway closes, or until it has answered a ping; return the close code."""
    try:
        pong = client.ping()
        while not pong.is_set():
            with suppress(TimeoutError):
                client.recv(0.05)
    except ConnectionClosed:
        pass
    return client.close_code


messages = (
    st.text(max_size=50)
    | st.binary(max_size=50)
    | st.sampled_from(['{"type":"resync"}', '{"type":"token","token":""}', '{"type":"token","token":3}', "null", "[]"])
    | st.integers(1, 2_000).map(lambda depth: '{"type":"resync","x":' + "[" * depth)
    | st.integers(1, 900).map(lambda depth: '{"type":"resync","x":' + "[" * depth + "]" * depth + "}")
    | st.integers(4_000, 6_000).map(lambda length: "x" * length)
    | st.dictionaries(st.sampled_from(["type", "token", "x"]), st.text(max_size=9) | st.none()).map(json.dumps)
    | st.lists(st.floats() | st.integers() | st.none(), min_size=3, max_size=5).map(
        lambda tiles: json.dumps({"type": "tiles", "class": 2, "tiles": tiles})
    )
    | st.fixed_dictionaries(
        {"type": st.just("tiles"), "class": st.integers(-1, 6) | st.none()},
        optional={
            "tiles": st.lists(st.integers(-1, 1 << 23) | st.floats(), max_size=70),
            "exact": st.lists(st.text("0123456789abcdefG", min_size=5, max_size=7), max_size=70),
        },
    ).map(json.dumps)
    | st.tuples(st.integers(0, 4), st.lists(st.integers(0, 255), max_size=64)).map(
        lambda seen: json.dumps({"type": "tiles", "class": seen[0], "tiles": seen[1] if seen[0] else [0]})
    )
)


@FUZZ
@given(st.lists(messages, min_size=1, max_size=5), st.sampled_from(["flights.v1", "flights.v3"]))
def test_messages(running: RunningGateway, said: list[str | bytes], protocol: str) -> None:
    with open_socket(running, protocol) as client:
        with suppress(ConnectionClosed):
            for message in said:
                client.send(message)
        assert code_after(client) in CODES | {None}
    assert answers(running)


@FUZZ
@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(Opcode)), st.booleans(), st.integers(0, 7), st.booleans(), st.binary(max_size=130)
        ),
        min_size=1,
        max_size=5,
    )
)
def test_frames_of_any_kind(running: RunningGateway, said: list[tuple[Opcode, bool, int, bool, bytes]]) -> None:
    """Fragments, reserved bits, control frames that are too long, payloads that are not masked."""
    with raw_socket(running) as (client, _):
        wire = b""
        for opcode, is_last, reserved, is_masked, payload in said:
            head = bytes([is_last << 7 | reserved << 4 | opcode])
            length = len(payload) if len(payload) < 126 else 126
            head += bytes([is_masked << 7 | length]) + (len(payload).to_bytes(2, "big") if length == 126 else b"")
            wire += head + (bytes(4) if is_masked else b"") + payload
        client.sendall(wire)
        drain(client)
    assert answers(running)


@FUZZ
@given(st.binary(max_size=300))
def test_bytes_after_the_handshake(running: RunningGateway, said: bytes) -> None:
    with raw_socket(running) as (client, _):
        client.sendall(said)
        drain(client)
    assert answers(running)


header_texts = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=40)
handshakes = st.fixed_dictionaries(
    {"Host": header_texts | st.just("test")},
    optional={
        "Connection": st.just("Upgrade") | header_texts,
        "Upgrade": st.just("websocket") | header_texts,
        "Sec-WebSocket-Version": st.just("13") | header_texts,
        "Sec-WebSocket-Key": st.just("dGhlIHNhbXBsZSBub25jZQ==") | header_texts,
        "Sec-WebSocket-Protocol": st.sampled_from(
            ["flights.v1", "flights.v3", "bearer.x, flights.v1", ",", "flights.v1,,"]
        )
        | header_texts,
        "Sec-WebSocket-Extensions": st.just("permessage-deflate") | header_texts,
        "Origin": st.just("null") | header_texts,
        "Authorization": st.just("Bearer") | header_texts,
        "Content-Length": st.just("5") | header_texts,
    },
)


@FUZZ
@given(
    handshakes,
    st.sampled_from(
        [
            "/ws",
            "/ws?since=",
            "/ws?since=0.1.2&since=x",
            "/ws?bbox=1,2,3,4",
            "/ws?%ff",
            "/ws/",
            "//ws",
            "*",
        ]
    ),
)
def test_handshakes(running: RunningGateway, headers: dict[str, str], target: str) -> None:
    with raw_socket(running, handshake=None) as (client, _):
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        client.sendall(f"GET {target} HTTP/1.1\r\n{lines}\r\n".encode("latin-1"))
        status = drain(client)
    assert not status.startswith(b"HTTP/1.1 5"), status
    assert answers(running)


HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Protocol: flights.v1\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class raw_socket:  # noqa: N801 - used as a function
    """A connection that may say anything, after a handshake or in its place."""

    def __init__(self, running: RunningGateway, handshake: bytes | None = HANDSHAKE) -> None:
        host, port = running.url.removeprefix("http://").split(":")
        self._address = (host, int(port))
        self._handshake = handshake

    def __enter__(self) -> tuple[socket.socket, bytes]:
        self._socket = socket.create_connection(self._address, WAIT_S)
        head = b""
        if self._handshake is not None:
            self._socket.sendall(self._handshake)
            while b"\r\n\r\n" not in head:
                head += self._socket.recv(1)
            assert b" 101 " in head
        return self._socket, head

    def __exit__(self, *_: object) -> None:
        self._socket.close()


def drain(client: socket.socket) -> bytes:
    """Half-close the connection and read the gateway's answer; return the beginning of it."""
    received = b""
    with suppress(ConnectionResetError, BrokenPipeError, OSError):
        client.shutdown(socket.SHUT_WR)
        while chunk := client.recv(65_536):
            received += chunk
            assert len(received) < 10_000_000
    return received[:40]
