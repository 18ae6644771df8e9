"""Figures of a running gateway, for benchmarks."""

from __future__ import annotations

from contextlib import suppress

import aiohttp
from prometheus_client.parser import text_string_to_metric_families


async def aircraft(session: aiohttp.ClientSession, url: str) -> int:
    """Return how many aircraft a gateway shows; 0 while it does not answer."""
    with suppress(aiohttp.ClientError):
        async with session.get(f"{url}/api/v1/stats") as answer:
            return int((await answer.json())["aircraft"])
    return 0


async def counter(session: aiohttp.ClientSession, url: str, name: str) -> float:
    """Return a metric of a gateway, summed over its labels."""
    async with session.get(f"{url}/metrics") as answer:
        families = text_string_to_metric_families(await answer.text())
        return sum(sample.value for family in families for sample in family.samples if sample.name == name)
