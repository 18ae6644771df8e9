"""Owners, a class stream and a reader of `flights.v3`, without sockets, for the tests of class streams."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from flighttracker.tiles import TileReader, ZoomClass, join
from flighttracker_gateway.delivery.class_stream import BORDER, TOLERANCE_UNITS, ClassStream
from flighttracker_gateway.delivery.measured import flying
from flighttracker_gateway.delivery.sky import Sky
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.picture import Picture
from tests.example_flights import position as example

START_MS = 1_750_000_000_000
EPOCH = 5


class ClassWorld:
    """Owners of two shards, and a stream of one class."""

    def __init__(self, zoom: ZoomClass) -> None:
        self.owners = [
            ShardOwner(number, 1, tick_interval_ms=1000, time_to_live_ms=90_000, max_aircraft=1_000)
            for number in (0, 1)
        ]
        self.picture = Picture()
        self.sky = Sky(self.picture)
        self.stream = ClassStream(zoom, 1_000)
        self.reader = TileReader(zoom)
        self.now_ms = START_MS

    def hear(self, icao24: str, **changes: Any) -> None:
        times = {"position_time": self.now_ms, "last_contact": self.now_ms}
        self.owners[int(icao24, 16) % 2].hear(example(icao24=icao24, **(times | changes)))

    def tick(self) -> dict[int, bytes]:
        """Advance the owners by a second, and the stream when it is due; return its parts."""
        for owner in self.owners:
            self.picture.apply(owner.tick(self.now_ms))
        self.sky.advance()
        parts = {}
        if self.stream.is_due(self.now_ms):
            self.stream.advance(self.sky, self.now_ms)
            parts = self.stream.parts()
        self.now_ms += 1_000
        return parts

    @property
    def is_at_a_tick(self) -> bool:
        """Whether the stream had a tick just now."""
        return self.stream.tick * self.stream.interval_ms == self.now_ms - 1_000

    def join(self) -> None:
        """Give the reader all tiles of the class."""
        self.watch_all(range(4**self.stream.zoom.tile_zoom))

    def watch_all(self, tiles: Iterable[int]) -> None:
        """Give the reader some tiles."""
        keys = {}
        for tile in tiles:
            self.stream.watch(tile)
            keys[tile] = self.stream.key(tile)
        self.send(keys)

    def send(self, parts: dict[int, bytes]) -> list[int]:
        return self.reader.apply(join(self.stream.header(EPOCH), list(parts.values()))) if parts else []

    def check(self) -> None:
        """Compare what the reader shows with where the aircraft are."""
        icao24, motion = self.reader.shown(self.stream.tick)
        tick_ms = self.stream.tick * self.stream.interval_ms
        rows = {int(address): row for row, address in enumerate(self.sky.icao24) if self.sky.used[row]}
        assert set(icao24) == set(rows)
        at = flying(self.sky.dynamic, self.sky.position_time_ms, tick_ms)
        width = 1 << self.stream.zoom.position_bits
        for place, address in enumerate(icao24):
            row = rows[address]
            across = (at.x[row] * width - motion[0, place] + width / 2) % width - width / 2
            assert np.hypot(across, at.y[row] * width - motion[1, place]) <= TOLERANCE_UNITS + 0.01
            assert motion[7, place] == at.state[row]
            self.check_tile(self.reader.aircraft[address].tile, float(at.x[row]), float(at.y[row]))
            assert self.reader.aircraft[address].kinds == tuple(self.sky.kinds[:, row])

    def check_tile(self, tile: int, x: float, y: float) -> None:
        """Compare a tile with a place: a viewer of the tiles in its view must not miss an aircraft."""
        count = 1 << self.stream.zoom.tile_zoom
        row, column = divmod(tile, count)
        across = abs((x * count - column - 0.5 + count / 2) % count - count / 2)
        assert max(across, abs(y * count - row - 0.5)) <= 0.5 + BORDER + 0.01
