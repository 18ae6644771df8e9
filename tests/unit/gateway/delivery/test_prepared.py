"""Messages that are built once, and the uvicorn internals that writing them relies on."""

from __future__ import annotations

import inspect

import pytest
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode

from flighttracker_gateway.delivery.prepared import PreparedProtocol, build_message
from tests.overrides import assert_same_signatures


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 300_000])
@pytest.mark.parametrize("is_text", [False, True])
def test_a_prepared_message_has_the_bytes_of_the_library(size: int, is_text: bool) -> None:
    payload = b"x" * size
    message = build_message(payload, is_text=is_text)
    assert message.wire == Frame(Opcode.TEXT if is_text else Opcode.BINARY, payload).serialize(mask=False)
    assert message.payload == payload


@pytest.mark.parametrize(
    "name",
    [
        "close_sent",
        "close_timer",
        "conn",
        "curr_msg_data_type",
        "disconnected",
        "frames",
        "handshake_complete",
        "handshake_initiated",
        "loop",
        "queue",
        "read_paused",
        "transport",
    ],
)
def test_uvicorn_has_the_attributes_that_are_used(name: str) -> None:
    source = inspect.getsource(WebSocketsSansIOProtocol.__init__)
    assert f"self.{name}:" in source or f"self.{name} =" in source


def test_uvicorn_calls_the_overridden_methods() -> None:
    source = inspect.getsource(WebSocketsSansIOProtocol)
    for called in (
        "self.handle_connect(event)",
        "self.handle_close(event)",
        "self.handle_ping()",
        "self.handle_parser_exception()",
        "self.send_receive_event_to_app()",
        "self.loop.call_later(self.ping_timeout, self.keepalive_timeout)",
        "self.loop.create_task(self.run_asgi())",
        "self.request = event",
        "self.response = self.conn.accept(event)",
    ):
        assert called in source


def test_uvicorn_still_leaves_the_transport_to_the_close_timer() -> None:
    assert "if self.close_timer is None:\n            self.transport.close()" in inspect.getsource(
        WebSocketsSansIOProtocol.run_asgi
    )
    assert "self.close_timer.cancel()" in inspect.getsource(WebSocketsSansIOProtocol.connection_lost)


def test_every_override_has_the_signature_that_uvicorn_calls() -> None:
    assert_same_signatures(PreparedProtocol, WebSocketsSansIOProtocol, at_least=10)
