"""The API filters as the page does: `filter_vectors.json`, which `filterVectors.test.ts` reads, too."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

from flighttracker.query.flight_query import PARAMETERS, REPEATABLE, parse_flight_request
from flighttracker.query.parameters import parse_query_lists
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.picture import Picture
from flighttracker_gateway.picture.selection import Selection
from tests.example_flights import NOW_MS, position

VECTORS: dict[str, Any] = json.loads(
    files("flighttracker_schemas").joinpath("filter_vectors.json").read_text(encoding="utf-8")
)
FOOT_M = 0.3048
KNOT_MPS = 1852 / 3600


def picture() -> Picture:
    shown = Picture()
    owners = [
        ShardOwner(shard, 1, tick_interval_ms=1000, time_to_live_ms=60_000, max_aircraft=100) for shard in range(2)
    ]
    for number, flight in enumerate(VECTORS["flights"]):
        changes = dict(flight)
        altitude_ft, speed_kt = changes.pop("altitude_ft"), changes.pop("speed_kt")
        changes["origin_country"] = changes.pop("country")
        changes["baro_altitude_m"] = None if altitude_ft is None else altitude_ft * FOOT_M
        changes["ground_speed_mps"] = None if speed_kt is None else speed_kt * KNOT_MPS
        owners[number % 2].hear(position(**changes))
    for owner in owners:
        shown.apply(owner.tick(NOW_MS))
    return shown


def found(query: str) -> list[str]:
    wanted = parse_flight_request(parse_query_lists(query.encode(), PARAMETERS, "/api/v1/flights", REPEATABLE))
    selection = Selection(picture().shards, wanted.filters)
    for _ in selection.steps():
        pass
    addresses = [flight.icao24 for some in selection.lists() for flight in some]
    assert selection.total == len(addresses)
    return addresses


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_a_query_finds_these_flights(case: dict[str, Any]) -> None:
    assert found(case["query"]) == sorted(case["finds"])


@pytest.mark.parametrize("case", VECTORS["invalid"], ids=lambda case: case["query"])
def test_an_invalid_parameter_is_rejected_by_its_name(case: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=rf"^{case['parameter']} is "):
        found(case["query"])
