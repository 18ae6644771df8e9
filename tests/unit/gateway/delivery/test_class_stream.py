"""A viewer shows every aircraft of its tiles within half a pixel, whatever comes, goes, turns or is missed."""

from __future__ import annotations

import random
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flighttracker.errors import FrameError
from flighttracker.flight import STATUSES
from flighttracker.tiles import CLASSES, TileReader, ZoomClass, join
from flighttracker.tiles.motion import ALTITUDE, X, Y
from flighttracker_gateway.delivery.class_stream import TOLERANCE_UNITS
from flighttracker_gateway.delivery.measured import DEAD_RECKONING_S, EQUATOR_M
from tests.class_world import EPOCH, START_MS, ClassWorld
from tests.example_flights import position as example

TICK_S = CLASSES[1].interval_ms // 1_000


def test_an_aircraft_that_flies_straight_is_sent_once() -> None:
    world = ClassWorld(CLASSES[1])
    world.hear("3c0001", latitude_deg=50.0, longitude_deg=8.0, ground_speed_mps=200.0, track_deg=90.0)
    world.tick()
    world.join()
    sent = 0
    for second in range(1, 60):
        world.hear(
            "3c0001",
            latitude_deg=50.0,
            longitude_deg=8.0 + second * 200.0 / 71_695.0,
            ground_speed_mps=200.0,
            track_deg=90.0,
        )
        parts = world.tick()
        sent += len(parts)
        world.send(parts)
        if world.is_at_a_tick:
            world.check()
    assert sent <= 2


def test_an_aircraft_that_only_changes_its_state_is_sent() -> None:
    world = ClassWorld(CLASSES[1])
    world.hear("3c0001", ground_speed_mps=0.0, on_ground=False)
    world.tick()
    world.join()
    for _ in range(TICK_S + 1):
        world.hear("3c0001", ground_speed_mps=0.0, on_ground=True)
        world.send(world.tick())
    assert world.reader.aircraft[0x3C0001].motion[7] & 0x10


def test_a_squawk_of_distress_is_an_emergency_whatever_the_status_is() -> None:
    world = ClassWorld(CLASSES[1])
    for squawk, status in (("1000", "cruising"), ("7600", "emergency"), ("1000", "cruising")):
        for _ in range(TICK_S):
            world.hear("3c0001", squawk=squawk, status="cruising", on_ground=True)
            parts = world.tick()
            if len(world.reader.aircraft) == 0:
                world.join()
            else:
                world.send(parts)
        (known,) = world.reader.aircraft.values()
        assert known.motion[7] & 0x1F == STATUSES.index(status) | 0x10


def test_an_aircraft_that_flies_to_the_next_tile_is_in_that() -> None:
    world = ClassWorld(CLASSES[1])
    for second in range(40):
        # Tiles are 22.5 degrees wide: it crosses the border at 22.5, and leaves the old tile 1.4 degrees later.
        world.hear("3c0001", latitude_deg=50.0, longitude_deg=21.0 + second * 0.1, ground_speed_mps=0.0)
        parts = world.tick()
        if second == 0:
            world.join()
        else:
            world.send(parts)
        if world.is_at_a_tick:
            world.check()
    assert world.reader.aircraft[0x3C0001].tile % 16 == 9


def test_a_silent_aircraft_is_told_to_be_late_stops_and_leaves() -> None:
    world = ClassWorld(CLASSES[1])
    world.hear("3c0001", ground_speed_mps=200.0, track_deg=0.0)
    world.tick()
    world.join()
    ages, speeds = [], []
    for _ in range(100):
        world.send(world.tick())
        known = world.reader.aircraft.get(0x3C0001)
        ages.append(None if known is None else int(known.motion[8]))
        speeds.append(None if known is None else int(np.abs(known.motion[2:4]).sum()))
    assert ages[:34] == [0] * 34, "an aircraft that was heard half a minute ago is shown as it flew"
    assert 35 <= min(age for age in ages if age) <= 36
    assert speeds[50]
    assert speeds[65] == 0, "after a minute nobody knows where it flies"
    assert ages[-1] is None


@pytest.mark.parametrize("zoom", CLASSES, ids=lambda zoom: f"class-{zoom.number}")
@pytest.mark.parametrize("reported_ago_ms", [0, 300, 700, 1_500, 3_900])
def test_an_aircraft_that_is_heard_no_longer_stops_without_going_back(zoom: ZoomClass, reported_ago_ms: int) -> None:
    # Near the equator, where a metre is a metre on the map, and within one tile of each class.
    from_deg = 0.02
    reported_ms = START_MS - reported_ago_ms
    flight = {"latitude_deg": -0.05, "longitude_deg": from_deg, "ground_speed_mps": 250.0, "track_deg": 90.0}
    world = ClassWorld(zoom)
    world.hear("3c0001", **flight, vertical_rate_mps=10.0, position_time=reported_ms, last_contact=reported_ms)
    world.tick()
    world.watch_all(world.stream.tiles_with_aircraft())
    for _ in range(70):
        parts = world.tick()
        if not world.is_at_a_tick:
            continue
        expected = world.reader.shown(world.stream.tick)[1]
        world.send(parts)
        world.check()
        shown = world.reader.shown(world.stream.tick)[1]
        jump = (shown - expected)[[X, Y, ALTITUDE], 0]
        assert np.abs(jump).max() <= TOLERANCE_UNITS + 1, f"{jump} at {world.now_ms - 1_000 - reported_ms} ms"
    width = 1 << zoom.position_bits
    flown_m = (shown[X, 0] / width - 0.5 - from_deg / 360) * EQUATOR_M
    assert flown_m == pytest.approx(DEAD_RECKONING_S * 250.0, abs=TOLERANCE_UNITS * EQUATOR_M / width + 1)


def test_the_older_position_of_an_aircraft_in_two_shards_is_left_out() -> None:
    world = ClassWorld(CLASSES[1])
    for owner, ago_ms, latitude in ((0, 5_000, 10.0), (1, 0, 20.0)):
        time_ms = START_MS - ago_ms
        changes = {"latitude_deg": latitude, "position_time": time_ms, "last_contact": time_ms}
        world.owners[owner].hear(example(icao24="3c0001", **changes))
    world.tick()
    assert world.sky.used.sum() == 1
    assert world.sky.dynamic[0, world.sky.used] == 2_000_000


def test_a_reader_that_misses_a_part_asks_for_the_tile_and_is_right_again() -> None:
    world = ClassWorld(CLASSES[1])
    for second in range(2 * TICK_S + 1):
        world.hear("3c0001", latitude_deg=50.0, longitude_deg=8.0, baro_altitude_m=1_000.0 * second)
        parts = world.tick()
        if second == 0:
            world.join()
        elif second != TICK_S:
            missing = world.send(parts)
            for tile in missing:
                world.send({tile: world.stream.key(tile)})
            assert bool(missing) == (second == 2 * TICK_S), "the first part after the one that is missing"
    world.check()


def test_a_key_and_the_parts_of_another_epoch_are_never_mixed() -> None:
    world = ClassWorld(CLASSES[1])
    world.hear("3c0001")
    world.tick()
    world.join()
    (tile,) = {known.tile for known in world.reader.aircraft.values()}
    for _ in range(TICK_S):
        world.hear("3c0002")
        parts = world.tick()
    message = join(world.stream.header(EPOCH + 1), [parts[tile]])
    assert world.reader.apply(message) == [tile]
    assert world.reader.aircraft == {}


Shown = dict[int, tuple[int, tuple[int, ...]]]
"""Of each aircraft by address: its tile, and its motion as a viewer shows it a while later."""


def shown_by(reader: TileReader, tick: int) -> Shown:
    icao24, motion = reader.shown(tick + 7)
    return {
        address: (reader.aircraft[address].tile, tuple(row))
        for address, row in zip(icao24, motion.T.tolist(), strict=True)
    }


class Recorded(NamedTuple):
    """Messages of one part each, what a viewer that misses none of them shows by tick, and the last keys."""

    messages: list[bytes]
    truth: dict[int, Shown]
    keys: list[bytes]


@cache
def recorded() -> Recorded:
    """Return a recording of four aircraft that cross the borders of the same tiles again and again."""
    chance = random.Random(3)
    world = ClassWorld(CLASSES[1])
    world.tick()
    world.join()
    messages, truth, tiles = [], {world.stream.tick: Shown()}, set[int]()
    for second in range(30):
        for address in range(0x3C0000, 0x3C0004):
            if chance.random() < 0.7:
                at = {"latitude_deg": 49 + chance.gauss(0, 3), "longitude_deg": 22.5 + chance.gauss(0, 4)}
                world.hear(f"{address:06x}", **at, baro_altitude_m=100.0 * second)
        parts = world.tick()
        assert world.send(parts) == []
        if world.is_at_a_tick:
            truth[world.stream.tick] = shown_by(world.reader, world.stream.tick)
            tiles.update(known.tile for known in world.reader.aircraft.values())
            keys = [world.stream.key(tile) for tile in sorted(tiles)]
            header = world.stream.header(EPOCH)
            messages += [join(header, [part]) for part in (*parts.values(), *keys)]
    return Recorded(messages, truth, [join(header, [key]) for key in keys])


def check_order(order: list[tuple[int, int]], *, is_sorted: bool) -> None:
    """Give a reader recorded messages, by index and with the epoch that they claim, and compare what it shows."""
    messages, truth, keys = recorded()
    reader = TileReader(CLASSES[1])
    before: dict[int, int] = {}
    for index, epoch in order:
        message = messages[index % len(messages)]
        try:
            reader.apply(message[:2] + (EPOCH + epoch).to_bytes(4, "little") + message[6:])
        except FrameError:
            assert not is_sorted, "what comes in its order is no damage, whatever is missing"
        ticks = {address: reader.tiles[known.tile] for address, known in reader.aircraft.items()}
        for address, tick in ticks.items():
            assert shown_by(reader, tick)[address] == truth[tick].get(address), "a wrong place"
            assert epoch or tick >= before.get(address, tick), "back in time"
        before = {} if epoch else ticks
    for key in keys:
        reader.apply(key)
    assert shown_by(reader, max(truth)) == truth[max(truth)], "the keys of all tiles do not make it right"


places = st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from((*[0] * 30, 1))), max_size=80)


@settings(max_examples=100, deadline=None)
@given(order=places)
def test_whatever_is_missing_or_of_another_epoch_no_aircraft_is_elsewhere(order: list[tuple[int, int]]) -> None:
    count = len(recorded().messages)
    check_order(sorted((index % count, epoch) for index, epoch in order), is_sorted=True)


@settings(max_examples=100, deadline=None)
@given(order=places)
def test_whatever_is_late_or_doubled_no_aircraft_is_elsewhere_or_goes_back(order: list[tuple[int, int]]) -> None:
    check_order(order, is_sorted=False)


events = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.floats(-89.9, 89.9),
        st.floats(-180, 179.99),
        st.one_of(st.none(), st.floats(0, 320)),
        st.one_of(st.none(), st.floats(0, 359.9)),
        st.one_of(st.none(), st.floats(-300, 15_000)),
        st.sampled_from(("large", "glider")),
        st.integers(0, 40),
        st.booleans(),
    ),
    max_size=30,
)


@pytest.mark.parametrize("number", [0, 1], ids=str)
@settings(max_examples=25, deadline=None)
@given(events=events)
def test_whatever_happens_a_viewer_shows_what_is_there(number: int, events: list[tuple[Any, ...]]) -> None:
    world = ClassWorld(CLASSES[number])
    world.tick()
    while not world.stream.tick:
        world.tick()
    world.join()
    for address, latitude, longitude, speed, track, altitude, category, seconds, is_close in events:
        place = {"latitude_deg": latitude, "longitude_deg": longitude}
        if is_close:
            place = {"latitude_deg": 50.0 + latitude / 1_000, "longitude_deg": 11.25 + longitude / 1_000}
        world.hear(
            f"{0x3C0000 + address:06x}",
            **place,
            ground_speed_mps=speed,
            track_deg=track,
            baro_altitude_m=altitude,
            category=category,
        )
        for _ in range(seconds % 4 or 1):
            parts = world.tick()
            assert world.send(parts) == []
        if seconds > 36:
            world.now_ms += 60_000
            assert world.send(world.tick()) == []
        if world.is_at_a_tick:
            world.check()
    world.reader = TileReader(world.stream.zoom)
    world.join()
    for _ in range(12):
        if world.is_at_a_tick:
            world.check()
        assert world.send(world.tick()) == [], "a viewer that joined later continues like the others"
