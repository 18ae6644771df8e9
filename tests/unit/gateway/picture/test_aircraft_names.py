"""A viewer that gets all names once, and then those that changed, always has the right ones."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture import aircraft_names
from flighttracker_gateway.picture.aircraft_names import Known, Names, of_addresses
from flighttracker_gateway.picture.picture import Picture
from tests.example_flights import NOW_MS, position

FIELDS = (
    "callsign",
    "registration",
    "aircraft_type",
    "origin",
    "destination",
    "operator",
    "origin_country",
    "source",
    "squawk",
)


class World:
    """Owners of two shards."""

    def __init__(self) -> None:
        self.picture = Picture()
        self.owners = [
            ShardOwner(shard, 1, tick_interval_ms=1000, time_to_live_ms=5_000, max_aircraft=100) for shard in (0, 1)
        ]
        self.names = Names(self.picture)
        self.now_ms = NOW_MS

    def hear(self, icao24: str, shard: int = 0, **changes: Any) -> None:
        times = {"position_time": self.now_ms, "last_contact": self.now_ms}
        self.owners[shard].hear(position(icao24=icao24, **times, **changes))

    def tick(self) -> None:
        for owner in self.owners:
            self.picture.apply(owner.tick(self.now_ms))
        self.now_ms += 1_000
        self.names.advance()

    def read(self, known: Known | None) -> dict[str, dict[str, str]]:
        assert known is not None
        columns = dict(self.names.columns(known))
        return {icao24: {name: columns[name][row] for name in FIELDS} for row, icao24 in enumerate(columns["icao24"])}

    def truth(self) -> dict[str, dict[str, str]]:
        return {one.icao24: {name: getattr(one, name) for name in FIELDS} for one in self.picture.flights()}


def test_names_are_those_of_the_flights() -> None:
    world = World()
    assert world.read(world.names.all()) == {}
    world.hear("3c6444", callsign="DLH1", operator="Lufthansa")
    world.hear("4ca7b3", shard=1, callsign="RYR1", operator="Ryanair", origin="EIDW", destination="LSZH")
    world.tick()
    assert world.read(world.names.all()) == world.truth()
    assert [*world.read(of_addresses(world.names.all(), [0x4CA7B3, 1]))] == ["4ca7b3"]


def test_only_what_changed_is_read_again() -> None:
    world = World()
    world.hear("3c6444", callsign="DLH1")
    world.hear("4ca7b3", shard=1, callsign="RYR1")
    world.tick()
    before = world.names.version
    world.hear("3c6444", callsign="DLH1", baro_altitude_m=9.0)
    world.tick()
    assert world.read(world.names.since(before)) == {}
    world.hear("4ca7b3", shard=1, callsign="RYR2")
    world.hear("3c0001", callsign="NEW")
    world.tick()
    assert {one: fields["callsign"] for one, fields in world.read(world.names.since(before)).items()} == {
        "3c0001": "NEW",
        "4ca7b3": "RYR2",
    }
    assert world.read(world.names.since(world.names.version)) == {}


def test_another_squawk_is_a_change() -> None:
    world = World()
    world.hear("3c6444", squawk="1000")
    world.hear("4ca7b3", shard=1, squawk="")
    world.tick()
    assert [fields["squawk"] for fields in world.read(world.names.all()).values()] == ["1000", ""]
    before = world.names.version
    world.hear("3c6444", squawk="7700")
    world.tick()
    assert {one: fields["squawk"] for one, fields in world.read(world.names.since(before)).items()} == {
        "3c6444": "7700"
    }


@pytest.mark.parametrize("version", ["", "x", "00000000-1", "-", "00000000-x"])
def test_another_version_is_unknown(version: str) -> None:
    assert World().names.since(version) is None


def test_a_version_from_the_future_is_unknown() -> None:
    world = World()
    world.hear("3c6444")
    world.tick()
    assert world.names.since(f"{world.names.epoch}-2") is None


def test_the_newer_name_of_an_aircraft_in_two_shards_counts() -> None:
    world = World()
    world.hear("3c6444", callsign="OLD")
    world.now_ms += 100
    world.hear("3c6444", shard=1, callsign="NEW")
    world.tick()
    assert world.read(world.names.all())["3c6444"]["callsign"] == "NEW"


def test_with_too_many_words_everything_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aircraft_names, "MAX_WORDS", 5)
    world = World()
    world.hear("3c6444")
    world.tick()
    before = world.names.version
    for number in range(9):
        world.hear("3c6444", operator=f"Airline {number}")
        world.tick()
    assert world.names.since(before) is None
    assert world.read(world.names.all()) == world.truth()


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 6), st.sampled_from(["A", "B", ""]), st.sampled_from(["X", "Y"]), st.integers(0, 3)),
        max_size=30,
    )
)
def test_for_any_changes_a_viewer_has_the_right_names(changes: list[tuple[int, str, str, int]]) -> None:
    world = World()
    known: dict[str, dict[str, str]] = {}
    version = ""
    for number, callsign, operator, seconds in changes:
        world.now_ms += 1
        world.hear(f"{number:06x}", shard=number % 2, callsign=callsign, operator=operator)
        for _ in range(seconds):
            world.tick()
            changed = world.names.since(version)
            known |= world.read(world.names.all() if changed is None else changed)
            version = world.names.version
            assert {icao24: known[icao24] for icao24 in world.truth()} == world.truth()
