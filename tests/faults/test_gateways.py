"""Gateways are killed, stopped, and cut off from Redis, one at a time, under load.

After every fault, `Stack.settled` also checks: no viewer showed a position that is not in the log, nothing stood still
without a stale mark, all viewers show the log's positions, and no process has grown. The times are bounds, not
measurements.
"""

from __future__ import annotations

import asyncio

import pytest

from tests.faults.roles import Gateway
from tests.faults.stack import CONVERGED_S, SESSION_TIMEOUT_S, Stack

pytest_plugins = ["tests.faults.shared_stack"]
pytestmark = pytest.mark.asyncio(loop_scope="session")

REBALANCED_S = SESSION_TIMEOUT_S + 12.0
"""The session of a killed member expires, its partitions are reassigned, and the next owner resumes; on busy cores."""


async def both_own_shards(stack: Stack) -> bool:
    """Whether each gateway owns some shards, by its lag."""
    return all([await gateway.shards() for gateway in stack.gateways])


async def owns_every_shard(stack: Stack, gateway: Gateway) -> bool:
    """Whether a gateway owns all shards."""
    return len(await gateway.shards()) == stack.shards


async def test_a_killed_owners_shards_move_and_its_viewers_come_back(stack: Stack) -> None:
    lost, other = stack.gateways
    await stack.until("both own shards", lambda: both_own_shards(stack), CONVERGED_S)
    lost.kill()
    await stack.until("the other owns every shard", lambda: owns_every_shard(stack, other), REBALANCED_S)
    await stack.until("its viewer shows the truth", stack.agrees, 5.0)
    lost.start()
    await stack.until("the viewer is back", lambda: stack.watch(lost).is_connected, CONVERGED_S)
    await stack.moves_on()
    assert stack.watch(other).connects == 0
    stack.nobody_went_back()


async def test_a_gateway_that_stops_hands_over_without_a_visible_gap(stack: Stack) -> None:
    leaving, staying = stack.gateways
    assert await asyncio.to_thread(leaving.stop) == 0
    assert stack.watch(leaving).closed_with[0] == 1012
    await stack.until("the other owns every shard", lambda: owns_every_shard(stack, staying), REBALANCED_S)
    await stack.until("its viewer shows the truth", stack.agrees, 5.0)
    stack.nobody_went_back()
    leaving.start()
    await stack.until("the viewer is back", lambda: stack.watch(leaving).is_connected, CONVERGED_S)
    await stack.moves_on()


@pytest.mark.parametrize("how", ["cut", "silent"])
async def test_a_gateway_cut_off_from_redis_continues_alone_while_the_other_shares(stack: Stack, how: str) -> None:
    alone, sharing = stack.gateways
    link = stack.link(alone)
    if how == "cut":
        link.cut()
    else:
        link.silence()
    await stack.until("it reads every shard alone", lambda: "reading every shard alone" in alone.log, 15.0)
    await stack.moves_on()
    assert not (await alone.ready())["is_sharing"]
    assert (await sharing.ready())["is_sharing"]
    await stack.until("the other owns every shard", lambda: owns_every_shard(stack, sharing), REBALANCED_S)
    link.restore()
    await stack.until("it shares again", lambda: "sharing frames" in alone.log, CONVERGED_S)
    await stack.moves_on()
    await stack.until("both own shards", lambda: both_own_shards(stack), CONVERGED_S)
    assert "reading every shard alone" not in sharing.log
    assert [viewer.connects for viewer in stack.viewers] == [0, 0], "no viewer had to connect again"
    stack.nobody_went_back()
