"""Filtered flights, in the order of their addresses; a walk with a cursor gets each aircraft once."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest

from flighttracker.bounding_box import BoundingBox
from flighttracker.flight import FlightPosition
from flighttracker.query.filters import Filters
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.picture import Picture
from flighttracker_gateway.picture.selection import Selection
from tests.example_flights import NOW_MS, position


def owner(shard: int = 0) -> ShardOwner:
    return ShardOwner(shard, 1, tick_interval_ms=1000, time_to_live_ms=60_000, max_aircraft=100_000)


def picture_of(*flights: FlightPosition, shards: int = 1) -> Picture:
    picture = Picture()
    for number in range(shards):
        shard = owner(number)
        for flight in flights[number::shards]:
            shard.hear(flight)
        picture.apply(shard.tick(NOW_MS))
    return picture


def selected(picture: Picture, filters: Filters = Filters(), **bounds: Any) -> Selection:  # noqa: B008 - immutable
    selection = Selection(picture.shards, filters, **bounds)
    for _ in selection.steps():
        pass
    return selection


def addresses(selection: Selection) -> list[str]:
    return [flight.icao24 for some in selection.lists() for flight in some]


def test_queries_select_by_country_status_speed_and_box() -> None:
    picture = picture_of(
        position(icao24="000001", origin_country="Germany", status="cruising", ground_speed_mps=230.0),
        position(icao24="000002", origin_country="France", status="climbing", ground_speed_mps=120.0),
        position(
            icao24="000003", origin_country="Fiji", longitude_deg=179.5, latitude_deg=-17.0, ground_speed_mps=None
        ),
        position(
            icao24="000004", origin_country="Fiji", longitude_deg=-179.5, latitude_deg=-17.0, ground_speed_mps=0.0
        ),
    )

    def found(**filters: Any) -> list[str]:
        return addresses(selected(picture, Filters(**filters)))

    assert found() == ["000001", "000002", "000003", "000004"]
    assert found(min_speed_mps=100.0) == ["000001", "000002"]
    assert found(max_speed_mps=150.0) == ["000002", "000004"]
    assert found(min_speed_mps=100.0, max_speed_mps=150.0, countries=("france",)) == ["000002"]
    fiji = BoundingBox(south_deg=-20, west_deg=177, north_deg=-15, east_deg=-178)
    assert found(bounding_box=fiji) == ["000003", "000004"]
    europe = BoundingBox(south_deg=35, west_deg=-10, north_deg=70, east_deg=30)
    assert found(bounding_box=europe) == ["000001", "000002"]


def test_kinds_of_a_later_version_are_unknown() -> None:
    picture = picture_of(
        position(icao24="000001", category="glider", address_type="flarm"),
        position(icao24="000002", category="glider", address_type="mlat"),
        position(icao24="000003", category="unknown", address_type="mlat"),
    )
    picture.shards[0].table.identities["address_type"][2] = 200

    def found(**filters: Any) -> list[str]:
        return addresses(selected(picture, Filters(**filters)))

    assert found(categories=("unknown",)) == ["000003"]
    assert found(categories=("glider",), address_types=("mlat",)) == ["000002"]
    assert found(address_types=("unknown",)) == ["000003"]


def test_flights_of_several_shards_keep_their_names_and_come_in_one_order() -> None:
    flights = [
        position(
            icao24=f"{number * 7_919 % 4_096:06x}", operator=f"Operator {number % 5}", origin_country=f"{number % 3}"
        )
        for number in range(600)
    ]
    found = [flight for some in selected(picture_of(*flights, shards=4)).lists() for flight in some]
    expected = {flight.icao24: flight for flight in flights}
    assert [flight.icao24 for flight in found] == sorted(expected)
    for flight in found:
        wanted = expected[flight.icao24]
        assert (flight.operator, flight.origin_country, flight.source) == (
            wanted.operator,
            wanted.origin_country,
            "test",
        )


def test_an_aircraft_in_two_shards_is_one_flight_with_its_newer_position() -> None:
    old, new = owner(0), owner(1)
    old.hear(position(icao24="000001", callsign="OLD", position_time=NOW_MS - 5_000))
    new.hear(position(icao24="000001", callsign="NEW"))
    picture = Picture()
    picture.apply(new.tick(NOW_MS))
    picture.apply(old.tick(NOW_MS))
    selection = selected(picture)
    assert selection.total == 1
    assert [flight.callsign for some in selection.lists() for flight in some] == ["NEW"]


def test_a_walk_gets_every_aircraft_that_stays_exactly_once_while_others_come_and_go() -> None:
    chosen = random.Random(5)
    staying = {number * 37 for number in range(400)}
    walked: list[str] = []
    after: int | None = None
    while True:
        passing = {chosen.randrange(20_000) for _ in range(300)} - staying
        shown = [
            position(icao24=f"{address:06x}")
            for address in chosen.sample(sorted(staying | passing), k=len(staying | passing))
        ]
        part = selected(picture_of(*shown, shards=3), after=after, limit=50)
        assert part.total == len(shown)
        walked += addresses(part)
        if part.last is None:
            break
        after = part.last
    assert walked == sorted(set(walked))
    assert {f"{address:06x}" for address in staying} <= set(walked)


@pytest.mark.parametrize("shards", [1, 4])
def test_a_limit_names_the_last_address_only_if_more_follow(shards: int) -> None:
    picture = picture_of(*(position(icao24=f"{number:06x}") for number in range(5)), shards=shards)
    first = selected(picture, limit=4)
    assert (first.total, first.last, addresses(first)) == (5, 3, ["000000", "000001", "000002", "000003"])
    rest = selected(picture, after=3, limit=4)
    assert (rest.total, rest.last, addresses(rest)) == (5, None, ["000004"])
    assert selected(picture, limit=5).last is None
    assert addresses(selected(Picture())) == []


def test_no_step_of_an_expensive_search_takes_long() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    fleet = [
        position(
            icao24=f"{number * 7_919_777 % 2**24:06x}",
            callsign=f"DLH{number % 10_000}",
            registration=f"D-A{number:05d}",
        )
        for number in range(20_000)
    ]
    picture = picture_of(*fleet, shards=2)
    terms = tuple(a + b + c for a in letters[:5] for b in letters[:5] for c in letters[-4:])
    assert len(terms) == 100
    longest_s, started_s = 0.0, time.thread_time()
    for _ in Selection(picture.shards, Filters(terms=terms)).steps():
        longest_s = max(longest_s, time.thread_time() - started_s)
        started_s = time.thread_time()
    assert longest_s < 0.02
