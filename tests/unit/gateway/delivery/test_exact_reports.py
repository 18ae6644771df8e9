"""A viewer gets each report of the aircraft that it wants once, and the newest when it had no room."""

from __future__ import annotations

import json
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from flighttracker.frame.layout import NULL
from flighttracker_gateway.delivery import exact_reports
from flighttracker_gateway.delivery.exact_reports import ExactReports
from flighttracker_gateway.delivery.prepared import PreparedMessage
from flighttracker_gateway.delivery.viewer import Encoding, Viewer
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.picture import Picture
from tests.example_flights import NOW_MS, position


class Screen:
    """A socket that can be full."""

    def __init__(self) -> None:
        self.is_writable = True
        self.messages: list[dict[str, Any]] = []

    def send_prepared(self, message: PreparedMessage) -> bool:
        if self.is_writable:
            self.messages.append(json.loads(message.payload))
        return self.is_writable

    def close_now(self, code: int, reason: str) -> None:
        raise AssertionError(reason)


class World:
    """Two shards, and viewers."""

    def __init__(self) -> None:
        self.picture = Picture()
        self.owners = [
            ShardOwner(shard, 1, tick_interval_ms=1000, time_to_live_ms=60_000, max_aircraft=10) for shard in (0, 1)
        ]
        self.exact = ExactReports(self.picture, GatewayMetrics(CollectorRegistry()))
        self.screen = Screen()
        self.viewer = Viewer(self.screen, Encoding.TILES, None)
        self.now_ms = NOW_MS

    async def tick(self, *icao24: str, shard: int = 0, late_ms: int = 0) -> list[str]:
        """Return the addresses that the viewer gets."""
        self.now_ms += 1000
        for one in icao24:
            time_ms = self.now_ms - late_ms
            self.owners[shard].hear(position(icao24=one, position_time=time_ms, last_contact=time_ms))
        for owner in self.owners:
            self.picture.apply(owner.tick(self.now_ms))
        before = len(self.screen.messages)
        await self.exact.tick()
        return [f"{row[0]:06x}" for message in self.screen.messages[before:] for row in message["flights"]]


async def test_each_report_comes_once() -> None:
    world = World()
    assert await world.tick("3c0001", "3c0002") == []
    world.exact.want(world.viewer, frozenset({0x3C0001, 0x3C0003}))
    world.exact.send(world.viewer)
    assert [row[0] for row in world.screen.messages[0]["flights"]] == [0x3C0001]
    assert await world.tick() == []
    assert await world.tick("3c0001", "3c0002") == ["3c0001"]
    assert await world.tick("3c0003", shard=1) == ["3c0003"]
    world.exact.want(world.viewer, frozenset())
    assert await world.tick("3c0001") == []


async def test_a_full_socket_gets_the_newest_report_later() -> None:
    world = World()
    world.exact.want(world.viewer, frozenset({0x3C0001}))
    world.screen.is_writable = False
    assert await world.tick("3c0001") == []
    assert await world.tick("3c0001") == []
    world.screen.is_writable = True
    assert await world.tick() == ["3c0001"]
    assert world.screen.messages[-1]["flights"][0][1] == NOW_MS + 2_000


async def test_a_user_has_its_share_of_exact_aircraft(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact_reports, "MAX_EXACT_PER_USER", 3)
    world = World()
    other = Viewer(Screen(), Encoding.TILES, None, user=world.viewer.user)
    world.exact.want(other, frozenset({1, 2, 3}))
    world.exact.want(world.viewer, frozenset({0x3C0001}))
    assert await world.tick("3c0001") == []
    world.exact.want(other, frozenset({1, 2}))
    world.exact.want(world.viewer, frozenset({0x3C0001}))
    assert await world.tick("3c0001") == ["3c0001"]
    for viewer in (other, world.viewer):
        world.exact.want(viewer, frozenset())
    world.exact.want(other, frozenset({1, 2, 3}))
    assert await world.tick("3c0001") == []


async def test_the_newer_report_of_an_aircraft_in_two_shards_is_sent() -> None:
    world = World()
    world.exact.want(world.viewer, frozenset({0x3C0001}))
    await world.tick("3c0001", shard=1)
    assert await world.tick("3c0001", shard=0, late_ms=5_000) == []
    assert await world.tick("3c0001", shard=0) == ["3c0001"]


async def test_a_report_is_the_columns_of_the_frame() -> None:
    world = World()
    world.exact.want(world.viewer, frozenset({0x3C6444}))
    world.now_ms += 1000
    world.owners[0].hear(
        position(
            latitude_deg=53.42,
            longitude_deg=-6.27,
            baro_altitude_m=1_524.0,
            geo_altitude_m=1_546.86,
            ground_speed_mps=92.6,
            track_deg=279.5,
            vertical_rate_mps=None,
            squawk="7421",
            position_time=world.now_ms - 1_000,
            last_contact=world.now_ms,
        )
    )
    await world.tick()
    (row,) = world.screen.messages[-1]["flights"]
    assert row[:4] == [0x3C6444, world.now_ms - 2_000, 5_342_000, -627_000]
    columns = dict(zip(exact_reports.EXACT_COLUMNS, row[2:], strict=True))
    shown = (columns[name] for name in ("baro_altitude", "ground_speed", "track", "geo_offset", "squawk"))
    assert [*shown] == [200, 180, 2_795, 3, 0o7421]
    assert (columns["vertical_rate"], columns["contact_lead"]) == (NULL, 10)
