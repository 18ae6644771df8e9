"""Streams: a viewer that joins at any time shows exactly its part of the picture; each is encoded once a tick."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from flighttracker.flight import FlightPosition
from flighttracker.frame import HEADER_BYTES, read_header, split_frames
from flighttracker_gateway.delivery.region import Region
from flighttracker_gateway.delivery.scene import Scene
from flighttracker_gateway.delivery.stream_channel import STREAM_EPOCHS, StreamChannel
from flighttracker_gateway.delivery.viewer import Seen
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.picture import Outcome, Picture
from tests.example_flights import NOW_MS, position

EUROPE = Region(-20, 30, 40, 60)


class Sky:
    """A picture from frames of owners, and its streams."""

    def __init__(self, shards: int = 1) -> None:
        self.owners = [
            ShardOwner(shard, 7, tick_interval_ms=1000, time_to_live_ms=6_000, max_aircraft=100)
            for shard in range(shards)
        ]
        self.picture = Picture()
        self.scene = Scene(self.picture)
        self.registry = CollectorRegistry()
        self.metrics = GatewayMetrics(self.registry)
        self.ticks = 0

    @property
    def now_ms(self) -> int:
        return NOW_MS + 1000 * self.ticks

    def tick(self, *heard: FlightPosition, shard: int = 0) -> list[bytes]:
        """Give positions to the owners and apply the frames of all shards."""
        self.ticks += 1
        for one in heard:
            self.owners[shard].hear(one)
        frames = [owner.tick(self.now_ms) for owner in self.owners]
        for frame in frames:
            assert self.picture.apply(frame) is Outcome.APPLIED
        self.scene.advance()
        return frames

    def stream(self, region: Region | None = None, epoch: int = 1) -> StreamChannel:
        return StreamChannel(self.scene, region, epoch, self.metrics)

    def expected(self, region: Region | None) -> dict[str, FlightPosition]:
        """Return what a viewer of a region should show."""
        return {
            flight.icao24: flight
            for flight in self.picture.flights()
            if region is None
            or (
                region.south <= flight.latitude_deg <= region.north
                and region.west <= flight.longitude_deg <= region.east
            )
        }


def shown(viewer: Picture) -> dict[str, FlightPosition]:
    return {flight.icao24: flight for flight in viewer.flights()}


def take(viewer: Picture, message: bytes) -> None:
    for frame in split_frames(message):
        assert viewer.apply(frame) is Outcome.APPLIED, read_header(frame)


def joined(stream: StreamChannel) -> Picture:
    """Return the state of a viewer that joins now."""
    viewer, message = Picture(), asyncio.run(stream.catch_up(Seen(None, 0), ()))
    assert message is not None
    take(viewer, message.payload)
    return viewer


reports = st.fixed_dictionaries(
    {
        "icao24": st.sampled_from(["000000", "3c6444", "ffffff", "a1b2c3"]),
        "callsign": st.sampled_from(["DLH4YA", "BAW12"]),
        "category": st.sampled_from(["unknown", "large", "service_vehicle"]),
        "latitude_deg": st.floats(29.9, 30.1) | st.floats(-90, 90),
        "longitude_deg": st.floats(39.9, 40.1) | st.floats(-180, 180),
        "baro_altitude_m": st.none() | st.floats(-1500, 50_000),
        "late_ms": st.integers(0, 2_500),
    }
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(reports, max_size=4, unique_by=lambda report: report["icao24"]), min_size=2, max_size=9),
    st.sampled_from([None, EUROPE]),
)
def test_for_any_positions_every_viewer_of_a_stream_shows_its_part(
    ticks: list[list[dict[str, object]]], region: Region | None
) -> None:
    sky = Sky()
    sky.tick()
    stream = sky.stream(region)
    viewers = [joined(stream)]
    newest: dict[object, int] = {}
    for heard in ticks:
        now_ms = sky.now_ms + 1000
        sent = []
        for report in heard:
            time_ms = now_ms - int(str(report["late_ms"]))
            if time_ms > newest.get(report["icao24"], 0):
                newest[report["icao24"]] = time_ms
                fields = {name: value for name, value in report.items() if name != "late_ms"}
                sent.append(position(**fields, position_time=time_ms, last_contact=time_ms))
        frames = sky.tick(*sent)
        message = asyncio.run(stream.tick(frames, ()))
        for viewer in viewers:
            take(viewer, message.payload)
        stream.forget_catch_ups()
        viewers.append(joined(stream))
        for viewer in viewers:
            assert shown(viewer) == sky.expected(region)


def test_a_steady_flight_costs_only_its_bit() -> None:
    sky = Sky()
    stream = None
    sizes = []
    for second in range(6):
        frames = sky.tick(
            *[
                position(
                    icao24=f"{number:06x}",
                    latitude_deg=number / 3 + second * 0.00017 * number,
                    longitude_deg=second * 0.00231,
                    position_time=sky.now_ms + 1000,
                    last_contact=sky.now_ms + 1000,
                )
                for number in range(100)
            ]
        )
        stream = stream or sky.stream()
        message = asyncio.run(stream.tick(frames, ()))
        sizes.append((len(frames[0]) - HEADER_BYTES, len(message.payload) - HEADER_BYTES))
    (of_the_owner, of_the_stream) = sizes[-1]
    assert of_the_stream < of_the_owner / 2, sizes


def test_a_tick_is_encoded_once_and_so_are_key_frames_and_what_was_missed() -> None:
    sky = Sky()
    sky.tick(position())
    stream = sky.stream()
    cursors = [((0, 7, number),) for number in range(4)]
    for number in range(3):
        frames = sky.tick(position(position_time=sky.now_ms + 1000, last_contact=sky.now_ms + 1000))
        asyncio.run(stream.tick(frames, cursors[number]))
    first, again = asyncio.run(stream.catch_up(Seen(None, 0), ())), asyncio.run(stream.catch_up(Seen(None, 0), ()))
    assert first is again
    missed = asyncio.run(stream.catch_up(Seen(cursors[1], 0), ()))
    assert missed is not None
    headers = [read_header(frame) for frame in split_frames(missed.payload)]
    assert [(header.is_key, header.sequence) for header in headers] == [(False, 2), (False, 3)]
    assert {header.epoch for header in headers} == {STREAM_EPOCHS + 1}
    equal = tuple(cursors[1])
    unknown = asyncio.run(stream.catch_up(Seen(((*equal[0],),), 0), ()))
    assert unknown is first, "a cursor that a client made up is nobody's"


def test_a_shard_with_an_unknown_history_gets_a_key_frame() -> None:
    sky = Sky()
    sky.tick(position())
    stream = sky.stream()
    viewer = joined(stream)
    key = sky.owners[0].key_frame()
    epoch_at = slice(8, 16)
    replaced = key[: epoch_at.start] + (9).to_bytes(8, "little") + key[epoch_at.stop :]
    assert sky.picture.apply(replaced) is Outcome.APPLIED
    sky.scene.advance()
    message = asyncio.run(stream.tick([replaced], ()))
    assert [read_header(frame).is_key for frame in split_frames(message.payload)] == [True]
    take(viewer, message.payload)
    assert shown(viewer) == sky.expected(None)


def test_a_shard_that_appears_later_begins_with_a_key_frame_and_an_idle_one_sends_nothing() -> None:
    sky = Sky(shards=2)
    other = sky.owners.pop()
    sky.tick(position())
    stream = sky.stream()
    viewer = joined(stream)
    sky.owners.append(other)
    other.hear(position(icao24="000001"))
    frames = sky.tick()
    message = asyncio.run(stream.tick(frames, ()))
    assert [read_header(frame).is_key for frame in split_frames(message.payload)] == [False, True]
    take(viewer, message.payload)
    assert shown(viewer) == sky.expected(None)
    sky.owners.pop()
    message = asyncio.run(stream.tick(sky.tick(), ()))
    assert [read_header(frame).shard for frame in split_frames(message.payload)] == [0]


@pytest.mark.parametrize("region", [None, EUROPE])
def test_a_tick_without_changes_is_sent(region: Region | None) -> None:
    sky = Sky()
    sky.tick(position())
    stream = sky.stream(region)
    (frame,) = split_frames(asyncio.run(stream.tick(sky.tick(), ())).payload)
    assert read_header(frame).tick_time_ms == sky.now_ms
    assert len(frame) < 70
