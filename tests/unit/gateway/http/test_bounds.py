"""Internals of uvicorn that the limits of HTTP rely on."""

from __future__ import annotations

import inspect

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from flighttracker_gateway.http.bounds import BoundedHttp
from tests.overrides import assert_same_signatures


@pytest.mark.parametrize("name", ["cycle", "logger", "loop", "pipeline", "timeout_keep_alive_task", "transport"])
def test_uvicorn_has_the_attributes_that_are_used(name: str) -> None:
    source = inspect.getsource(HttpToolsProtocol.__init__)
    assert f"self.{name}:" in source or f"self.{name} =" in source


def test_uvicorn_calls_the_overridden_methods() -> None:
    source = inspect.getsource(HttpToolsProtocol)
    for called in (
        "self.handle_websocket_upgrade()",
        "self.send_400_response(msg)",
        "self.timeout_keep_alive, self.timeout_keep_alive_handler",
        "on_response=self.on_response_complete",
        "self._unset_keepalive_if_required()",
    ):
        assert called in source


def test_uvicorn_closes_a_connection_before_it_reports_a_complete_answer() -> None:
    source = inspect.getsource(RequestResponseCycle.send)
    assert source.index("self.transport.close()") < source.index("self.on_response()")


def test_overridden_methods_have_the_signatures_of_uvicorn() -> None:
    assert_same_signatures(BoundedHttp, HttpToolsProtocol, at_least=9)
