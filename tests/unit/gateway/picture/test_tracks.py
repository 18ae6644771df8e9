"""Recent tracks of all aircraft: older points are further apart, and memory is bounded."""

from __future__ import annotations

from itertools import pairwise

import pytest

from flighttracker.flight import FlightPosition
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.picture import Picture
from flighttracker_gateway.picture.tracks import (
    BYTES_PER_POINT,
    COARSE_EVERY,
    COARSE_SAMPLES,
    FINE_SAMPLES,
    SPACING_MS,
    Tracks,
)
from tests.example_flights import NOW_MS, position
from tests.manual_clock import ManualClock


class Sky:
    """A picture from an owner's frames, and its tracks."""

    def __init__(self) -> None:
        self.clock = ManualClock(NOW_MS)
        self.picture = Picture()
        self.tracks = Tracks(self.picture, self.clock)
        self.owners = [
            ShardOwner(shard, epoch=1, tick_interval_ms=1000, time_to_live_ms=3_600_000, max_aircraft=10_000)
            for shard in range(2)
        ]

    async def step(self, *positions: FlightPosition, shard: int = 0) -> None:
        """Show positions, take a sample, and move on to the next one's time."""
        for heard in positions:
            self.owners[shard].hear(heard)
        self.picture.apply(self.owners[shard].tick(self.clock.now_ms()))
        self.tracks.sample()
        await self.clock.advance(SPACING_MS)

    def now(self, **fields: object) -> FlightPosition:
        """Return a position of the present time."""
        return position(position_time=self.clock.now_ms(), last_contact=self.clock.now_ms(), **fields)


async def test_a_track_has_past_positions_with_the_fields_of_a_flight() -> None:
    sky = Sky()
    await sky.step(sky.now(icao24="3c6444", latitude_deg=50.0, baro_altitude_m=3048.0, ground_speed_mps=None))
    await sky.step(sky.now(icao24="3c6444", latitude_deg=50.01, baro_altitude_m=None, ground_speed_mps=200.0))
    first, second = sky.tracks.of("3c6444")
    assert (first.position_time_ms, first.latitude_deg, first.baro_altitude_m) == (NOW_MS, 50.0, 3048.0)
    assert first.ground_speed_mps is None
    assert (second.position_time_ms, second.latitude_deg, second.baro_altitude_m) == (NOW_MS + SPACING_MS, 50.01, None)
    assert second.ground_speed_mps == pytest.approx(200.0, abs=0.3)
    assert (second.longitude_deg, second.on_ground) == (8.57056, False)


async def test_aircraft_of_all_shards_are_found_and_others_are_not() -> None:
    sky = Sky()
    addresses = ["000000", "000001", "7fffff", "800000", "fffffe", "ffffff"]
    for number, address in enumerate(addresses):
        await sky.step(sky.now(icao24=address), shard=number % 2)
    assert all(sky.tracks.of(address) for address in addresses)
    assert sky.tracks.of("3c6444") == []


async def test_an_unchanged_position_is_listed_once() -> None:
    sky = Sky()
    await sky.step(sky.now(icao24="3c6444"))
    for _ in range(5):
        await sky.step()
    assert [point.position_time_ms for point in sky.tracks.of("3c6444")] == [NOW_MS]


async def test_a_parked_aircraft_leaves_no_track_and_a_taxiing_one_does() -> None:
    sky = Sky()
    await sky.step(
        sky.now(icao24="000001", on_ground=True, ground_speed_mps=0.0),
        sky.now(icao24="000002", on_ground=True, ground_speed_mps=8.0),
        sky.now(icao24="000003", on_ground=True, ground_speed_mps=None),
    )
    assert [len(sky.tracks.of(address)) for address in ("000001", "000002", "000003")] == [0, 1, 1]
    assert sky.tracks.of("000002")[0].on_ground


async def test_half_an_hour_is_stored_finely_at_its_end_and_coarsely_before() -> None:
    sky = Sky()
    steps = 2 * (FINE_SAMPLES + COARSE_EVERY * COARSE_SAMPLES)
    for _ in range(steps):
        await sky.step(sky.now(icao24="3c6444"))
    times = [point.position_time_ms for point in sky.tracks.of("3c6444")]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert times[-1] == NOW_MS + (steps - 1) * SPACING_MS
    assert set(gaps[-FINE_SAMPLES + 1 :]) == {SPACING_MS}
    assert set(gaps[: COARSE_SAMPLES - 1]) == {COARSE_EVERY * SPACING_MS}
    assert len(times) == FINE_SAMPLES + COARSE_SAMPLES
    assert times[-1] - times[0] >= 29 * 60_000


async def test_memory_is_bounded_by_the_aircraft_that_move() -> None:
    sky = Sky()
    fleet = [f"{number:06x}" for number in range(50)]
    for _ in range(FINE_SAMPLES + COARSE_EVERY * COARSE_SAMPLES + 20):
        await sky.step(*[sky.now(icao24=address) for address in fleet])
    assert sky.tracks.size_bytes == len(fleet) * (FINE_SAMPLES + COARSE_SAMPLES) * BYTES_PER_POINT


async def test_other_slots_of_a_new_owner_do_not_mix_up_tracks() -> None:
    sky = Sky()
    await sky.step(sky.now(icao24="000001", latitude_deg=1.0), sky.now(icao24="000002", latitude_deg=2.0))
    sky.owners[0] = ShardOwner(0, epoch=2, tick_interval_ms=1000, time_to_live_ms=60_000, max_aircraft=10_000)
    await sky.step(sky.now(icao24="000002", latitude_deg=2.1), sky.now(icao24="000001", latitude_deg=1.1))
    assert [point.latitude_deg for point in sky.tracks.of("000001")] == [1.0, 1.1]
    assert [point.latitude_deg for point in sky.tracks.of("000002")] == [2.0, 2.1]
