"""One user gets its part of the tiles, and the others still get theirs."""

from __future__ import annotations

from flighttracker_gateway.delivery.following import WORLD, Following
from flighttracker_gateway.delivery.tile_shares import (
    MAX_NEW_TILES,
    MAX_TILES_IN_ALL,
    MAX_TILES_PER_USER,
    NEW_TILES_PER_S,
    TileShares,
)
from tests.manual_clock import ManualClock


def view(number: int) -> Following:
    """Return one of many views without a common tile."""
    return Following(4, frozenset(range(number * 64, number * 64 + 64)))


async def test_ten_thousand_viewports_of_one_user_are_bounded() -> None:
    clock = ManualClock(0)
    shares = TileShares(clock)
    allowed = 0
    for number in range(10_000):
        if shares.allow("one", view(number)):
            shares.add("one", view(number))
            allowed += 1
        await clock.advance(500)
    assert allowed * 64 == shares.tiles == MAX_TILES_PER_USER
    assert shares.allow("one", view(0)), "tiles that the user has already"
    assert shares.allow("one", WORLD)
    assert shares.allow("another", view(10_000))
    for number in range(allowed):
        shares.remove("one", view(number))
    assert shares.tiles == 0


async def test_only_tiles_that_nobody_follows_count_as_new() -> None:
    clock = ManualClock(0)
    shares = TileShares(clock)
    for number in range(MAX_NEW_TILES // 64):
        assert shares.allow("one", view(number))
        shares.add("one", view(number))
    assert not shares.allow("one", view(100))
    assert shares.allow("one", view(3)), "it costs nothing more"
    assert shares.allow("another", view(100))
    await clock.advance(round(64 / NEW_TILES_PER_S * 1000))
    assert shares.allow("one", view(100))


async def test_all_users_have_a_bound() -> None:
    clock = ManualClock(0)
    shares = TileShares(clock)
    for number in range(MAX_TILES_IN_ALL // 64):
        assert shares.allow(f"user {number}", view(number))
        shares.add(f"user {number}", view(number))
    assert not shares.allow("another", view(5_000))
    assert shares.allow("another", view(7))
