"""A class advances only while somebody follows its tiles, and what a viewer missed is kept for a while."""

from __future__ import annotations

import asyncio

import pytest
from prometheus_client import CollectorRegistry

from flighttracker.tiles import CLASSES, TileReader, decode_message, split_messages
from flighttracker_gateway.delivery import tile_streams
from flighttracker_gateway.delivery.class_stream import ClassStream
from flighttracker_gateway.delivery.following import WORLD, Following
from flighttracker_gateway.delivery.sky import Sky
from flighttracker_gateway.delivery.tile_streams import RECENT_TICKS, TileStreams
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.cursor import Cursor
from flighttracker_gateway.picture.picture import Picture
from tests.example_flights import position
from tests.manual_clock import ManualClock

START_MS = 1_750_000_000_000
EUROPE = Following(1, frozenset(range(256)))


class Gateway:
    """One shard, and the streams."""

    def __init__(self, aircraft: int = 3) -> None:
        self.clock = ManualClock(START_MS)
        self.registry = CollectorRegistry()
        self.picture = Picture()
        self.owner = ShardOwner(0, 1, tick_interval_ms=1000, time_to_live_ms=90_000, max_aircraft=1_000)
        self.streams = TileStreams(self.picture, 1_000, self.clock, GatewayMetrics(self.registry))
        self.aircraft = aircraft
        self.cursors: list[Cursor] = [((0, 0, 0),)]

    async def tick(self) -> None:
        await self.clock.advance(1_000)
        now_ms = self.clock.now_ms()
        for number in range(self.aircraft):
            self.owner.hear(
                position(
                    icao24=f"3c{number:04x}",
                    longitude_deg=number * 300 / self.aircraft - 150,
                    baro_altitude_m=float(now_ms // 1000 % 10 * 1_000),
                    position_time=now_ms,
                    last_contact=now_ms,
                )
            )
        self.picture.apply(self.owner.tick(now_ms))
        await self.streams.advance(self.cursors[-1])
        self.cursors.append(((0, 0, len(self.cursors)),))

    def classes(self, data: bytes) -> list[int]:
        return [decode_message(message)[0].zoom for message in split_messages(data)]


async def test_a_tile_that_is_followed_since_this_tick_has_its_key_only() -> None:
    gateway = Gateway()
    await gateway.tick()
    sky, stream = Sky(gateway.picture), ClassStream(CLASSES[1], 1_000)
    sky.advance()
    stream.advance(sky, gateway.clock.now_ms())
    for tile in stream.tiles_with_aircraft():
        stream.watch(tile)
    assert len(stream.changed_tiles()) == 3
    assert stream.parts() == {}


async def test_only_followed_classes_have_news() -> None:
    gateway = Gateway()
    await gateway.tick()
    assert gateway.streams.news(WORLD) == b""
    gateway.streams.follow(EUROPE)
    gateway.streams.follow(WORLD)
    assert gateway.registry.get_sample_value("flights_ws_tiles") == 257
    seen: set[int] = set()
    for _ in range(5):
        await gateway.tick()
        seen.update(gateway.classes(gateway.streams.news(EUROPE)))
        assert set(gateway.classes(gateway.streams.news(WORLD))) <= {0}
    assert seen == {0, 1}
    gateway.streams.leave(EUROPE)
    for _ in range(2):
        await gateway.tick()
        assert 1 not in gateway.classes(gateway.streams.news(EUROPE))
    gateway.streams.leave(WORLD)
    assert gateway.registry.get_sample_value("flights_ws_tiles") == 0


async def test_missed_ticks_are_kept_for_a_while_and_lead_to_the_same() -> None:
    gateway = Gateway()
    gateway.streams.follow(EUROPE)
    await gateway.tick()
    readers = [TileReader(CLASSES[1]) for _ in range(2)]
    for reader in readers:
        reader.apply(gateway.streams.keys(1, EUROPE.tiles))
    behind = gateway.cursors[-1]
    for _ in range(RECENT_TICKS):
        await gateway.tick()
        apply(readers[0], gateway.streams.news(EUROPE))
    missed = gateway.streams.missed(behind, EUROPE)
    assert missed is not None
    apply(readers[1], missed)
    shown = [reader.shown(gateway.clock.now_ms() // CLASSES[1].interval_ms) for reader in readers]
    assert shown[0][0] == shown[1][0]
    assert (shown[0][1] == shown[1][1]).all()
    await gateway.tick()
    assert gateway.streams.missed(behind, EUROPE) is None
    assert gateway.streams.missed(None, EUROPE) is None


def apply(reader: TileReader, data: bytes) -> None:
    for message in split_messages(data):
        if decode_message(message)[0].zoom == reader.zoom.number:
            assert reader.apply(message) == []


async def test_a_viewer_that_joins_while_tiles_are_encoded_misses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tile_streams, "TILES_PER_TURN", 1)
    gateway = Gateway(aircraft=40)
    gateway.streams.follow(EUROPE)
    await gateway.tick()
    late = []
    for _ in range(6):
        ticking = asyncio.create_task(gateway.tick())
        for turn in range(12):
            await asyncio.sleep(0)
            if turn % 4 == 0:
                reader = TileReader(CLASSES[1])
                gateway.streams.follow(EUROPE)
                reader.apply(gateway.streams.keys(1, EUROPE.tiles))
                late.append(reader)
        await ticking
        for reader in late:
            apply(reader, gateway.streams.news(EUROPE))
    tick = gateway.clock.now_ms() // CLASSES[1].interval_ms
    first = late[0].shown(tick)
    assert len(first[0]) == 40
    for reader in late[1:]:
        places = {address: index for index, address in enumerate(reader.aircraft)}
        order = [places[address] for address in first[0]]
        assert (reader.shown(tick)[1][:, order] == first[1]).all()


async def test_the_epoch_of_another_process_is_another() -> None:
    assert Gateway().streams.epoch != Gateway().streams.epoch
