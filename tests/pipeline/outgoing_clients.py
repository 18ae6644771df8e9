"""Runs one HTTPS client of the roles as a process of its own.

Usage: outgoing_clients.py source|keys|registry|traces URL. `test_outgoing_connections` starts it.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from prometheus_client import CollectorRegistry

from flighttracker.clock import SystemClock
from flighttracker.registry import SchemaRegistry
from flighttracker.settings import AuthSettings, HttpAccessSettings, RegistrySettings, TracingSettings
from flighttracker.tracing import Tracing
from flighttracker_gateway.access.token_keys import JwksKeys
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_generator.sources.http import request
from flighttracker_generator.sources.http_client import HttpClient


async def _source(url: str) -> None:
    async with HttpClient(HttpAccessSettings(), 10.0, environment=os.environ) as client:
        await request(client, "GET", f"{url}/aircraft.json", now_ms=0, max_bytes=100)


async def _keys(url: str) -> None:
    settings = AuthSettings(mode="token", jwks_url=f"{url}/keys")
    await JwksKeys(settings, SystemClock(), GatewayMetrics(CollectorRegistry())).look()


async def _registry(url: str) -> None:
    client = SchemaRegistry(RegistrySettings(url=url, subject="a", attempts=1), SystemClock())
    await client.open()
    try:
        await client.schema(1)
    finally:
        await client.close()


async def _traces(url: str) -> None:
    tracing = Tracing(TracingSettings(otlp_endpoint=url, sample_ratio=1.0), service="a", tracker="b")
    with tracing.beginning("3c6444", 0):
        pass
    await asyncio.to_thread(tracing.close)


CLIENTS: Final[Mapping[str, Callable[[str], Awaitable[None]]]] = {
    "source": _source,
    "keys": _keys,
    "registry": _registry,
    "traces": _traces,
}


async def _main(name: str, url: str) -> None:
    await CLIENTS[name](url)


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
