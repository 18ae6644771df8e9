"""Whatever viewers of tiles ask while a tick is written, and however slow they are, each has its tiles and no hole."""

from __future__ import annotations

import asyncio
import random

import pytest
from prometheus_client import CollectorRegistry

from flighttracker.settings import LimitSettings
from flighttracker.tiles import CLASSES, TileReader, decode_message, split_messages
from flighttracker_gateway.delivery import hub as hub_module
from flighttracker_gateway.delivery import tile_streams
from flighttracker_gateway.delivery.following import Following, following_of
from flighttracker_gateway.delivery.hub import Hub
from flighttracker_gateway.delivery.prepared import PreparedMessage
from flighttracker_gateway.delivery.viewer import Encoding, Viewer
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.picture import Picture
from tests.example_flights import position
from tests.manual_clock import ManualClock

START_MS = 1_750_000_000_000
AIRCRAFT = 30


VIEWS = (
    following_of(0, [0]),
    *(following_of(1, [row * 16 + column for row in (4, 5) for column in range(west, 10)]) for west in (6, 8, 9)),
    *(following_of(2, [row * 64 + column for row in range(19, 22) for column in range(west, 35)]) for west in (31, 33)),
)
"""The world, and views of Europe in two classes, which overlap."""


class Screen:
    """A socket that has room now and then, and what its viewer knows."""

    def __init__(self) -> None:
        self.is_writable = True
        self.world = TileReader(CLASSES[0])
        self.view: TileReader | None = None
        self.followed: frozenset[int] = frozenset()

    def send_prepared(self, message: PreparedMessage) -> bool:
        if self.is_writable and not message.is_text:
            for one in split_messages(message.payload):
                self._take(one)
        return self.is_writable

    def _take(self, message: bytes) -> None:
        header, parts = decode_message(message)
        if header.zoom == 0:
            assert self.world.apply(message) == []
            return
        assert self.view is not None
        assert header.zoom == self.view.zoom.number, "of a class that the viewer does not follow"
        assert {part.tile for part in parts} <= self.followed
        assert self.view.apply(message) == []

    def close_now(self, code: int, reason: str) -> None:
        raise AssertionError(reason)

    def look(self, following: Following) -> None:
        if self.view is None or self.view.zoom.number != following.zoom:
            self.view = TileReader(CLASSES[following.zoom]) if following.zoom else None
        for tile in self.followed - following.tiles:
            if self.view is not None:
                self.view.forget(tile)
        self.followed = following.tiles


class World:
    """A hub with aircraft that climb, so that every tick has news."""

    def __init__(self) -> None:
        self.clock = ManualClock(START_MS)
        self.picture = Picture()
        self.owner = ShardOwner(0, 1, tick_interval_ms=1000, time_to_live_ms=90_000, max_aircraft=1_000)
        self.hub = Hub(self.picture, LimitSettings(), self.clock, GatewayMetrics(CollectorRegistry()))

    async def tick(self, chance: random.Random) -> None:
        await self.clock.advance(1_000)
        now_ms = self.clock.now_ms()
        for number in range(AIRCRAFT):
            self.owner.hear(
                position(
                    icao24=f"3c{number:04x}",
                    latitude_deg=chance.uniform(40, 60),
                    longitude_deg=chance.uniform(0, 20),
                    position_time=now_ms,
                    last_contact=now_ms,
                )
            )
        frame = self.owner.tick(now_ms)
        self.picture.apply(frame)
        await self.hub.broadcast([frame])


async def test_whatever_viewers_ask_while_a_tick_is_written_they_see_no_hole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tile_streams, "TILES_PER_TURN", 1)
    monkeypatch.setattr(hub_module, "VIEWERS_PER_TURN", 2)
    chance = random.Random(8)
    world = World()
    await world.tick(chance)
    viewers: list[tuple[Viewer, Screen]] = []
    for number in range(8):
        screen = Screen()
        viewers.append((Viewer(screen, Encoding.TILES, None, user=f"user {number}"), screen))
        await world.hub.join(viewers[-1][0])
    for _ in range(60):
        ticking = asyncio.create_task(world.tick(chance))
        while not ticking.done():
            viewer, screen = chance.choice(viewers)
            action = chance.choices(range(4), (6, 2, 6, 3))[0]
            if action == 0:
                screen.is_writable = not screen.is_writable
            elif action == 1:
                await world.hub.resync(viewer)
            elif action == 2:
                wanted = chance.choice(VIEWS)
                screen.look(wanted)
                await world.hub.follow(viewer, wanted, [])
            else:
                await asyncio.sleep(0)
        await ticking
    for _, screen in viewers:
        screen.is_writable = True
    for _ in range(5):
        await world.tick(chance)
    seen = 0
    for _, screen in viewers:
        assert len(screen.world.aircraft) == AIRCRAFT
        if screen.view is not None:
            assert screen.view.tiles.keys() == screen.followed
            fresh = Screen()
            late = Viewer(fresh, Encoding.TILES, None)
            await world.hub.join(late)
            fresh.look(Following(screen.view.zoom.number, screen.followed))
            await world.hub.follow(late, Following(screen.view.zoom.number, screen.followed), [])
            assert fresh.view is not None
            assert {one: known.tile for one, known in fresh.view.aircraft.items()} == {
                one: known.tile for one, known in screen.view.aircraft.items()
            }
            seen += len(fresh.view.aircraft)
            world.hub.leave(late)
    assert seen
    for viewer, _ in viewers:
        world.hub.leave(viewer)
    assert len(world.hub) == 0
