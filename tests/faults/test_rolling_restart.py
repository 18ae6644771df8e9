"""Three gateways are restarted one after the other under a thousand viewers, and no viewer loses an update."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Final

import aiohttp
import pytest

from tests.faults.crowd import watching
from tests.faults.roles import Gateway
from tests.faults.stack import SHARDS, START_S, Stack

VIEWERS: Final = 1_000
RESTARTED_S: Final = 60.0
CODES: Final = {1012}


async def until_ready(gateway: Gateway) -> None:
    """Wait until a gateway has a picture, as a Service would before it sends viewers there."""
    async with asyncio.timeout(RESTARTED_S), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(gateway.url + "/ready") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass  # it does not listen yet
            await asyncio.sleep(0.1)


async def test_a_rolling_restart_under_a_thousand_viewers_loses_no_update(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    stack = Stack(tmp_path_factory.mktemp("stack"), gateways=3)
    urls = [gateway.url for gateway in stack.gateways]
    async with stack.running(), watching(urls, VIEWERS) as crowd:
        await stack.until("all watch", lambda: all(len(one.seen) == SHARDS for one in crowd), START_S)
        for gateway in stack.gateways:
            assert await asyncio.to_thread(gateway.stop) == 0
            gateway.start()
            await until_ready(gateway)
        before = [one.frames for one in crowd]
        await stack.until(
            "all are at the present again",
            lambda: all(one.frames > was + 2 * SHARDS for one, was in zip(crowd, before, strict=True)),
            RESTARTED_S,
        )
        latest = {shard: max(one.seen[shard] for one in crowd) for shard in range(SHARDS)}
        await stack.until(
            "all have the same",
            lambda: all(one.seen[shard] >= latest[shard] for one in crowd for shard in range(SHARDS)),
            RESTARTED_S,
        )
        lost = Counter(lost for one in crowd for lost in one.lost)
        assert lost.most_common(20) == []
        closed = [code for one in crowd for code in one.closed_with.elements()]
        assert set(closed) == CODES, "nobody is cut off without being told"
        assert len(closed) >= VIEWERS, "a gateway has a third of them, and two thirds after the first"
        await stack.until("everybody shows the truth", stack.agrees, RESTARTED_S)
