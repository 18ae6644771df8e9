"""Fixtures of the tests of sources over HTTP: a source's server, and a proxy in front of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.forward_proxy import ForwardProxy, forward_proxy
from tests.source_server import Server, source_server


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with source_server() as made:
        yield made


@pytest.fixture
async def proxy() -> AsyncIterator[ForwardProxy]:
    async with forward_proxy() as made:
        yield made
