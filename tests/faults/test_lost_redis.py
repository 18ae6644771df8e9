"""Redis is killed and frozen: every gateway continues alone, and all share again afterwards."""

from __future__ import annotations

import asyncio

import pytest

from tests.faults.stack import CONVERGED_S, Stack

pytest_plugins = ["tests.faults.shared_stack"]
pytestmark = pytest.mark.asyncio(loop_scope="session")

ALONE_S = 15.0
FROZEN_S = 20.0


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_gateways_continue_without_redis_and_share_again_afterwards(stack: Stack, how: str) -> None:
    if how == "killed":
        stack.redis.kill()
    else:
        stack.redis.freeze()
    try:
        await stack.until(
            "every gateway reads alone",
            lambda: all("reading every shard alone" in each.log for each in stack.gateways),
            ALONE_S,
        )
        if how == "frozen":
            await asyncio.sleep(FROZEN_S)
        await stack.moves_on()
    finally:
        if how == "killed":
            await asyncio.to_thread(stack.redis.start)
        else:
            stack.redis.thaw()
    await stack.until(
        "everybody shares", lambda: all("sharing frames" in each.log for each in stack.gateways), CONVERGED_S
    )
    await stack.moves_on()
    stack.nobody_went_back()
