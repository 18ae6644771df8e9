"""Frames lead to the owner's state; gaps are noticed and never hidden."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flighttracker.errors import FrameError
from flighttracker.flight import ADDRESS_TYPES, CATEGORIES, STATUSES, FlightPosition, refuse_out_of_range
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.picture import Outcome, Picture
from tests.example_flights import NOW_MS, position


def owner(shard: int = 0, epoch: int = 7) -> ShardOwner:
    return ShardOwner(shard, epoch, tick_interval_ms=1000, time_to_live_ms=60_000, max_aircraft=100)


def optional(lowest: float, highest: float) -> st.SearchStrategy[float | None]:
    return st.none() | st.floats(lowest, highest)


text = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=4)
reports = st.fixed_dictionaries(
    {
        "icao24": st.sampled_from(["000000", "3c6444", "ffffff", "a1b2c3"]),
        "callsign": text,
        "category": st.sampled_from(CATEGORIES),
        "address_type": st.sampled_from(ADDRESS_TYPES),
        "operator": st.text(max_size=10),
        "latitude_deg": st.floats(-90, 90),
        "longitude_deg": st.floats(-180, 180),
        "baro_altitude_m": optional(-1500, 50_000),
        "geo_altitude_m": optional(-1500, 50_000),
        "ground_speed_mps": optional(0, 1500),
        "track_deg": optional(0, 360),
        "vertical_rate_mps": optional(-300, 300),
        "on_ground": st.booleans(),
        "squawk": st.sampled_from(["", "0000", "7777", "1234"]),
        "status": st.sampled_from(STATUSES),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(reports, max_size=4, unique_by=lambda report: report["icao24"]), min_size=1, max_size=5))
def test_for_any_positions_every_reader_has_the_owners_state(ticks: list[list[dict[str, object]]]) -> None:
    shard, picture = owner(), Picture()
    latest: dict[str, FlightPosition] = {}
    for number, heard in enumerate(ticks):
        tick_time_ms = NOW_MS + number * 1000
        for report in heard:
            sent = position(**report, position_time=tick_time_ms, last_contact=tick_time_ms)
            refuse_out_of_range(sent, tick_time_ms)
            shard.hear(sent)
            latest[sent.icao24] = sent
        assert picture.apply(shard.tick(tick_time_ms)) is Outcome.APPLIED
        late = Picture()
        late.apply(shard.key_frame())
        assert picture.key_frame(0) == shard.key_frame() == late.key_frame(0)
    shown = {flight.icao24: flight for flight in picture.flights()}
    assert shown.keys() == latest.keys()
    for icao24, sent in latest.items():
        assert_close(shown[icao24], sent)
        assert picture.find(icao24) == shown[icao24]


def assert_close(shown: FlightPosition, sent: FlightPosition) -> None:
    """Compare every field of a shown flight, to the precision of `frame.md`."""
    assert shown.latitude_deg == pytest.approx(sent.latitude_deg, abs=0.51e-5)
    assert shown.longitude_deg == pytest.approx(sent.longitude_deg, abs=0.51e-5)
    for name, precision in [
        ("baro_altitude_m", 3.82),
        ("geo_altitude_m", 7.63),
        ("ground_speed_mps", 0.27),
        ("vertical_rate_mps", 0.17),
    ]:
        value = getattr(sent, name)
        assert getattr(shown, name) == (None if value is None else pytest.approx(value, abs=precision))
    if sent.track_deg is None:
        assert shown.track_deg is None
    else:
        assert shown.track_deg is not None
        assert abs((shown.track_deg - sent.track_deg + 180) % 360 - 180) <= 0.051
    same = ("callsign", "registration", "aircraft_type", "operator", "origin_country", "origin", "destination")
    for name in (
        *same,
        "category",
        "address_type",
        "on_ground",
        "squawk",
        "status",
        "source",
        "position_time",
        "last_contact",
    ):
        assert getattr(shown, name) == getattr(sent, name), name


def test_a_missing_tick_is_a_gap_and_a_key_frame_ends_it() -> None:
    shard, picture = owner(), Picture()
    shard.hear(position())
    picture.apply(shard.tick(NOW_MS))
    shard.hear(position(position_time=NOW_MS + 1000))
    shard.tick(NOW_MS + 1000)
    shard.hear(position(position_time=NOW_MS + 2000))
    assert picture.apply(shard.tick(NOW_MS + 2000)) is Outcome.GAP
    assert picture.shards[0].sequence == 0
    assert picture.apply(shard.key_frame()) is Outcome.APPLIED
    assert picture.shards[0].sequence == 2
    assert picture.key_frame(0) == shard.key_frame()


def test_known_frames_and_frames_of_a_former_owner_are_ignored() -> None:
    old, new, picture = owner(epoch=7), owner(epoch=8), Picture()
    first = old.tick(NOW_MS)
    assert picture.apply(first) is Outcome.APPLIED
    assert picture.apply(first) is Outcome.IGNORED
    assert picture.apply(new.tick(NOW_MS)) is Outcome.APPLIED
    assert picture.apply(old.tick(NOW_MS + 1000)) is Outcome.IGNORED
    assert picture.apply(old.key_frame()) is Outcome.IGNORED
    assert picture.shards[0].epoch == 8


def test_a_delta_of_an_unknown_shard_is_a_gap() -> None:
    shard = owner()
    shard.tick(NOW_MS)
    assert Picture().apply(shard.tick(NOW_MS + 1000)) is Outcome.GAP


def test_a_frame_that_contradicts_the_state_is_rejected_and_the_shard_starts_again() -> None:
    one, other, picture = owner(), owner(), Picture()
    one.hear(position())
    picture.apply(one.tick(NOW_MS))
    other.hear(position(icao24="000001"))
    other.hear(position(icao24="000002"))
    other.tick(NOW_MS)
    other.hear(position(icao24="000002", position_time=NOW_MS + 1000))
    with pytest.raises(FrameError, match="updates an aircraft that does not exist"):
        picture.apply(other.tick(NOW_MS + 1000))
    assert len(picture) == 0
    assert picture.apply(other.key_frame()) is Outcome.APPLIED


def test_statistics_count_the_shown_aircraft() -> None:
    picture = Picture()
    for number in range(2):
        shard = owner(shard=number)
        shard.hear(position(icao24=f"00000{number}"))
        shard.hear(position(icao24=f"10000{number}", on_ground=True, status="taxiing", baro_altitude_m=None))
        picture.apply(shard.tick(NOW_MS))
    statistics = picture.statistics()
    assert statistics["aircraft"] == len(picture) == 4
    assert statistics["on_ground"] == 2
    assert statistics["by_country"] == {"Germany": 4}
    assert statistics["by_status"]["taxiing"] == 2
    assert statistics["by_altitude_m"] == {"10000": 2}
    assert statistics["by_speed_mps"] == {"225": 4}
    assert (statistics["by_category"], statistics["by_address_type"]) == ({"large": 4}, {"adsb_icao": 4})


def test_vehicles_and_obstacles_are_shown_but_not_counted_as_aircraft() -> None:
    shard, picture = owner(), Picture()
    kinds = ("rotorcraft", "unknown", "service_vehicle", "emergency_vehicle", "obstacle")
    for number, category in enumerate(kinds):
        shard.hear(position(icao24=f"00000{number}", category=category, on_ground=number > 1))
    picture.apply(shard.tick(NOW_MS))
    statistics = picture.statistics()
    assert (picture.aircraft, len(picture)) == (2, 5)
    assert (statistics["aircraft"], statistics["vehicles"], statistics["on_ground"]) == (2, 3, 0)
    assert statistics["by_category"] == {"rotorcraft": 1, "unknown": 1}
    assert statistics["by_country"] == {"Germany": 2}
    assert sum(statistics["by_speed_mps"].values()) == 2
