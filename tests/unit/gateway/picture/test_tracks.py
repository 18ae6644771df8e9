"""Recent tracks of all aircraft: older points are further apart, and memory is bounded."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from flighttracker.bounding_box import BoundingBox
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


async def test_tracks_of_an_area_share_the_points_evenly_over_time() -> None:
    sky = Sky()
    for step in range(20):
        here = [sky.now(icao24=f"00000{i}", latitude_deg=50 + i / 10 + step / 100, longitude_deg=8.0) for i in range(4)]
        await sky.step(*here, sky.now(icao24="00000f", latitude_deg=-20.0 - step / 100))
    box = BoundingBox.of_edges(7.0, 49.0, 9.0, 52.0)
    whole = sky.tracks.within(box, 1000)
    assert [f"{address:06x}" for address in whole.addresses] == ["000000", "000001", "000002", "000003"]
    assert whole.point_counts.tolist() == [20] * 4
    own = sky.tracks.of("000001")
    assert whole.times_ms[20:40].tolist() == [point.position_time_ms for point in own]
    assert (whole.latitudes[20:40] / 100_000).tolist() == [point.latitude_deg for point in own]
    assert whole.altitudes.dtype == np.int16
    assert not whole.on_ground.any()

    # Fewer points: the first and the last moment, and some between.
    few = sky.tracks.within(box, 20)
    assert few.point_counts.tolist() == [5] * 4
    assert [few.times_ms[0], few.times_ms[4]] == [own[0].position_time_ms, own[-1].position_time_ms]
    assert sky.tracks.within(box, 3).point_counts.tolist() == [1] * 3
    assert len(sky.tracks.within(None, 1000).addresses) == 5
    assert len(sky.tracks.within(BoundingBox.of_edges(100, 0, 110, 10), 1000).addresses) == 0
    assert len(Sky().tracks.within(None, 1000).addresses) == 0


async def test_tracks_of_an_area_have_each_position_once_and_none_of_before_it_was_heard() -> None:
    sky = Sky()
    await sky.step()
    await sky.step(sky.now(icao24="000001"))
    await sky.step()
    await sky.step(sky.now(icao24="000002"), sky.now(icao24="000003", on_ground=True, ground_speed_mps=0.0), shard=1)
    tracks = sky.tracks.within(None, 1000)
    assert tracks.addresses.tolist() == [1, 2]
    assert tracks.point_counts.tolist() == [1, 1]
    assert tracks.times_ms.tolist() == [NOW_MS + SPACING_MS, NOW_MS + 3 * SPACING_MS]
