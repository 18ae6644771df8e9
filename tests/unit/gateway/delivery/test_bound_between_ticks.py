"""Until the next tick of its class, too, a viewer shows an aircraft within half a pixel of where it flies."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flighttracker.tiles import CLASSES, ZoomClass, predict
from flighttracker_gateway.delivery.class_stream import TOLERANCE_UNITS
from flighttracker_gateway.delivery.measured import flying
from tests.class_world import ClassWorld


def check_until_next_tick(world: ClassWorld) -> None:
    """Compare the only aircraft with where it flies, as far as the gateway knows now, until the next tick."""
    (known,) = world.reader.aircraft.values()
    interval_ms = world.stream.interval_ms
    since_ms = (world.stream.tick - known.tick) * interval_ms
    width = 1 << world.stream.zoom.position_bits
    for after_ms in range(0, interval_ms + 1, interval_ms // 5):
        tenths = np.array([(since_ms + after_ms) // 100])
        shown = predict(known.motion[:, None], tenths, world.stream.zoom)
        at = flying(world.sky.dynamic, world.sky.position_time_ms, world.stream.tick * interval_ms + after_ms)
        ((x, y),) = np.stack((at.x, at.y), axis=1)[world.sky.used] * width
        across = (x - shown[0, 0] + width / 2) % width - width / 2
        # Between two ticks, the shown place is rounded to whole units once more.
        rounded = 0.01 if after_ms in (0, interval_ms) else 1.0
        assert np.hypot(across, y - shown[1, 0]) <= TOLERANCE_UNITS + rounded


def fly(zoom: ZoomClass, latitude_deg: float, legs: Sequence[tuple[float, float, bool]]) -> int:
    """Check an aircraft whose reports say how it turns and how fast it is, or are missing; return how often it is sent.

    Each leg takes an interval of the class.
    """
    world = ClassWorld(zoom)
    longitude_deg, track_deg, sent = 8.0, 80.0, 0
    for turn_deg_per_s, speed_mps, is_heard in legs:
        for second in range(zoom.interval_ms // 1000):
            track_deg = (track_deg + turn_deg_per_s) % 360
            latitude_deg += speed_mps * math.cos(math.radians(track_deg)) / 111_320
            east_deg = speed_mps * math.sin(math.radians(track_deg)) / 111_320
            longitude_deg += east_deg / math.cos(math.radians(latitude_deg))
            if is_heard or not (sent or second):
                place = {"latitude_deg": latitude_deg, "longitude_deg": longitude_deg}
                world.hear("3c0001", **place, ground_speed_mps=speed_mps, track_deg=track_deg, baro_altitude_m=9_000.0)
            parts = world.tick()
            if world.is_at_a_tick:
                new = world.stream.tiles_with_aircraft() - set(world.reader.tiles)
                for tile in new:
                    world.stream.watch(tile)
                assert world.send(parts | {tile: world.stream.key(tile) for tile in new}) == []
                sent += len(parts) + len(new)
                check_until_next_tick(world)
    return sent


@pytest.mark.parametrize("zoom", CLASSES, ids=lambda zoom: str(zoom.number))
def test_an_aircraft_that_turns_is_within_the_bound_until_the_next_tick(zoom: ZoomClass) -> None:
    assert 1 < fly(zoom, 50.0, [(1.0, 250.0, True)] * 12) <= 12


@pytest.mark.parametrize("zoom", CLASSES, ids=lambda zoom: str(zoom.number))
@settings(max_examples=10, deadline=None)
@given(
    latitude_deg=st.floats(-75, 75),
    legs=st.lists(st.tuples(st.floats(-4, 4), st.floats(0, 320), st.booleans()), min_size=1, max_size=10),
)
def test_whatever_an_aircraft_flies_it_is_within_the_bound_until_the_next_tick(
    zoom: ZoomClass, latitude_deg: float, legs: list[tuple[float, float, bool]]
) -> None:
    fly(zoom, latitude_deg, legs)
