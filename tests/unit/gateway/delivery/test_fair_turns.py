"""Clients take turns, however much one of them asks for."""

from __future__ import annotations

import asyncio

from flighttracker_gateway.delivery.fair_turns import FairTurns


async def test_a_client_with_one_wish_waits_for_one_of_another_client() -> None:
    turns, served = FairTurns(), list[str]()
    everybody_waits = asyncio.Event()

    async def work(client: str) -> None:
        async with turns.turn(client):
            served.append(client)
            await everybody_waits.wait()

    tasks = [asyncio.create_task(work(client)) for client in [*["greedy"] * 20, "modest", "other"]]
    await asyncio.sleep(0)
    everybody_waits.set()
    await asyncio.gather(*tasks)
    assert served[:4] == ["greedy", "greedy", "modest", "other"]
    assert served.count("greedy") == 20


async def test_a_turn_that_is_cancelled_while_it_is_passed_on_is_not_lost() -> None:
    turns, served = FairTurns(), list[str]()

    async def work(client: str) -> None:
        async with turns.turn(client):
            served.append(client)
            await asyncio.sleep(0)

    first, second, third = (asyncio.create_task(work(client)) for client in ("first", "second", "third"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    second.cancel()
    async with asyncio.timeout(5):
        await asyncio.gather(first, third)
    assert served == ["first", "third"]
