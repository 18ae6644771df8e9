"""Internals of uvicorn that the bounds of a historian rely on."""

from __future__ import annotations

import inspect

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from flighttracker_historian.http.bounds import BoundedHttp
from tests.overrides import assert_same_signatures


@pytest.mark.parametrize("name", ["client", "cycle", "logger", "loop", "transport"])
def test_uvicorn_has_the_attributes_that_are_used(name: str) -> None:
    source = inspect.getsource(HttpToolsProtocol.__init__)
    assert f"self.{name}:" in source or f"self.{name} =" in source


def test_overridden_methods_have_the_signatures_of_uvicorn() -> None:
    assert_same_signatures(BoundedHttp, HttpToolsProtocol, at_least=7)
