"""A client that applies every event has exactly the flights that match, whatever it misses in between."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from flighttracker.bounding_box import BoundingBox
from flighttracker.query.filters import Filters
from flighttracker.settings import LimitSettings
from flighttracker_gateway.delivery import event_streams
from flighttracker_gateway.delivery.event_stream import MAX_UPDATES, EventQuery, EventStream, EventViewer
from flighttracker_gateway.delivery.event_streams import MAX_STREAMS, MAX_STREAMS_OF_USER, TOO_LARGE, EventStreams
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.changes import PictureChanges
from flighttracker_gateway.picture.picture import Picture
from flighttracker_gateway.picture.selection import Selection
from tests.example_flights import NOW_MS, position
from tests.manual_clock import ManualClock

SHARDS = 2
FLEET = 40
EUROPE = BoundingBox(south_deg=35, west_deg=-10, north_deg=70, east_deg=30)


class Sky:
    """A picture that changes at random: aircraft move, come, fall silent and change their callsign."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.picture = Picture()
        self.changes = PictureChanges(self.picture)
        self.now_ms = NOW_MS
        self._owners = [
            ShardOwner(shard, 1, tick_interval_ms=1000, time_to_live_ms=3_000, max_aircraft=1_000)
            for shard in range(SHARDS)
        ]

    def tick(self) -> None:
        self.now_ms += 1_000
        for shard, owner in enumerate(self._owners):
            for address in self._random.sample(range(FLEET), k=self._random.randrange(FLEET)):
                if address % SHARDS == shard:
                    owner.hear(
                        position(
                            icao24=f"{address:06x}",
                            callsign=self._random.choice(["DLH1", "BAW2", "RYR3"]),
                            longitude_deg=round(self._random.uniform(-60, 60), 5),
                            on_ground=self._random.random() < 0.5,
                            position_time=self.now_ms,
                            last_contact=self.now_ms,
                        )
                    )
            self.picture.apply(owner.tick(self.now_ms))

    def copy(self) -> None:
        for _ in self.changes.steps():
            pass

    def matching(self, filters: Filters) -> dict[str, Any]:
        selection = Selection(self.picture.shards, filters)
        for _ in selection.steps():
            pass
        return {f.icao24: (f.callsign, f.longitude_deg, f.position_time) for some in selection.lists() for f in some}


class Client:
    """Applies events, as a program does."""

    def __init__(self, stream: EventStream, position: int | None = None) -> None:
        self.viewer = EventViewer("somebody", stream, position, lambda: None)
        stream.viewers.add(self.viewer)
        self.flights: dict[str, Any] = {}
        self.events: list[str] = []
        self.last_id = ""

    def read(self) -> None:
        for event in self.viewer.stream.message_for(self.viewer).decode().split("\n\n")[:-1]:
            fields = dict(line.split(": ", 1) for line in event.split("\n"))
            data = json.loads(fields["data"])
            self.events.append(fields["event"])
            self.last_id = fields["id"]
            if fields["event"] == "snapshot":
                self.flights.clear()
                assert data["total"] == len(data["flights"])
            for icao24 in data.get("removed", ()):
                del self.flights[icao24]
            for flight in data["flights"]:
                self.flights[flight["icao24"]] = (
                    flight["callsign"],
                    flight["longitude_deg"],
                    flight["position_time_ms"],
                )


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(bounding_box=EUROPE),
        Filters(terms=("DLH", "000001")),
        Filters(where="ground", terms=("RYR",), bounding_box=EUROPE),
        Filters(countries=("atlantis",)),
    ],
    ids=["everything", "place", "text", "all of it", "nothing"],
)
@pytest.mark.parametrize("seed", [1, 2])
async def test_every_client_has_the_flights_that_match(filters: Filters, seed: int) -> None:
    sky, chosen = Sky(seed), random.Random(seed)
    stream = EventStream(EventQuery(filters, None, is_geojson=False))
    always, sometimes = Client(stream), Client(stream)
    for _ in range(30):
        for _ in range(chosen.randrange(3)):  # rounds may be several ticks apart
            sky.tick()
        sky.copy()
        await stream.advance(sky.changes, sky.now_ms)
        always.read()
        assert always.flights == sky.matching(filters)
        if chosen.random() < 0.2:
            sometimes.read()
            assert sometimes.flights == always.flights
    assert always.events.count("snapshot") == 1


async def test_a_client_that_reads_while_an_update_is_built_misses_nothing() -> None:
    sky = Sky(5)
    stream = EventStream(EventQuery(Filters(), None, is_geojson=False))
    eager = Client(stream)

    async def read_all_the_time() -> None:
        while True:
            eager.read()
            await asyncio.sleep(0)

    reading = asyncio.create_task(read_all_the_time())
    for _ in range(10):
        sky.tick()
        sky.copy()
        await stream.advance(sky.changes, sky.now_ms)
        eager.read()
        assert eager.flights == sky.matching(Filters())
    reading.cancel()


async def test_a_client_that_reconnects_continues_and_one_that_missed_too_much_gets_a_snapshot() -> None:
    sky = Sky(3)
    stream = EventStream(EventQuery(Filters(), None, is_geojson=False))
    first = Client(stream)

    async def pass_ticks(count: int) -> None:
        for _ in range(count):
            sky.tick()
            sky.copy()
            await stream.advance(sky.changes, sky.now_ms)

    await pass_ticks(2)
    first.read()
    stream.viewers.clear()
    await pass_ticks(3)
    again = Client(stream, stream.position_of(first.last_id))
    again.flights = dict(first.flights)
    again.read()
    assert again.events == ["update"] * 3
    assert again.flights == sky.matching(Filters())
    await pass_ticks(MAX_UPDATES + 1)
    assert stream.position_of(first.last_id) is None
    again.read()
    await pass_ticks(1)
    again.read()
    assert again.events[3] == "snapshot"
    assert again.flights == sky.matching(Filters())
    for foreign in ("", "00000000.1", first.last_id.partition(".")[0] + ".x", "."):
        assert stream.position_of(foreign) is None


async def until_sent(streams: EventStreams, viewer: EventViewer) -> bytes:
    await streams.round()
    return await streams.next_bytes(viewer)


async def test_streams_are_bounded_for_a_user_for_all_and_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    sky, clock, aborted = Sky(4), ManualClock(NOW_MS), list[str]()
    sky.tick()
    metrics = GatewayMetrics(CollectorRegistry())
    streams = EventStreams(sky.picture, LimitSettings(), clock, metrics)

    def query(number: int) -> EventQuery:
        return EventQuery(Filters(min_speed_kt=number), None, is_geojson=False)

    users = [f"user {number // MAX_STREAMS_OF_USER}" for number in range(MAX_STREAMS)]
    viewers = []
    for number, user in enumerate(users):
        assert streams.refuse(user, query(number)) == (0, "")
        viewers.append(streams.join(user, query(number), "", lambda: aborted.append("aborted")))
    assert streams.refuse(users[0], query(99))[0] == 429
    assert streams.refuse("somebody", query(99))[0] == 503
    assert streams.refuse("somebody", query(0)) == (0, ""), "a query that exists costs nothing"
    streams.leave(viewers[0])
    assert streams.refuse("somebody", query(99)) == (0, ""), "the one without a client makes room"
    viewers[0] = streams.join("somebody", query(99), "", lambda: None)
    assert b"event: snapshot" in await until_sent(streams, viewers[1])
    viewers[2].sending_since_ms = NOW_MS
    monkeypatch.setattr(event_streams, "MAX_HELD_BYTES", 1)
    sky.tick()
    await streams.round()
    ended = [viewer for viewer in viewers if viewer.ended]
    assert len(ended) == MAX_STREAMS - 1
    assert {viewer.end_code for viewer in ended} == {TOO_LARGE}
    assert len(aborted) == (viewers[2] in ended)
    assert await streams.next_bytes(ended[0]) == b""
