"""Clients take turns, however much one of them asks for."""

from __future__ import annotations

import asyncio

import pytest

from flighttracker_gateway.delivery.fair_turns import FairTurns, Wish


async def test_a_client_with_one_wish_waits_for_one_of_another_client() -> None:
    turns, served = FairTurns(), list[str]()
    everybody_waits = asyncio.Event()

    async def work(client: str) -> None:
        async with turns.turn(Wish(client)):
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
        async with turns.turn(Wish(client)):
            served.append(client)
            await asyncio.sleep(0)

    first, second, third = (asyncio.create_task(work(client)) for client in ("first", "second", "third"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    second.cancel()
    async with asyncio.timeout(5):
        await asyncio.gather(first, third)
    assert served == ["first", "third"]


@pytest.mark.parametrize("is_late", [False, True])
async def test_who_joins_the_last_wish_of_a_client_with_many_waits_for_one_of_them(is_late: bool) -> None:
    turns, served = FairTurns(), list[int]()
    everybody_waits = asyncio.Event()
    wishes = [Wish("greedy") for _ in range(20)]

    async def work(number: int) -> None:
        async with turns.turn(wishes[number]):
            served.append(number)
            await everybody_waits.wait()

    if not is_late:
        turns.join(wishes[19], "modest")
    tasks = [asyncio.create_task(work(number)) for number in range(20)]
    await asyncio.sleep(0)
    if is_late:
        turns.join(wishes[19], "modest")
        turns.join(wishes[19], "modest")
    everybody_waits.set()
    await asyncio.gather(*tasks)
    assert served == [0, 1, 19, *range(2, 19)]
    async with asyncio.timeout(5), turns.turn(Wish("later")):
        pass
