"""What VATSIM's data feed says, and the addresses of its pilots."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flighttracker.errors import SourceError
from flighttracker.flight import refuse_out_of_range
from flighttracker_generator.simulation.states import country_of_address
from flighttracker_generator.sources.answers import Answer
from flighttracker_generator.sources.fields import address
from flighttracker_generator.sources.vatsim_pilots import address_of_pilot, read_pilots

NOW_MS = 1_750_588_115_123
PILOT: dict[str, Any] = {
    "cid": 1234567, "name": "Somebody EHAM", "callsign": "KLM1017", "server": "AMSTERDAM", "pilot_rating": 0,
    "latitude": 52.30856, "longitude": 4.76441, "altitude": 31958, "groundspeed": 447, "transponder": "2713",
    "heading": 271, "qnh_i_hg": 30.1, "qnh_mb": 1019, "logon_time": "2025-06-22T09:00:00.0000000Z",
    "last_updated": "2025-06-22T10:28:30.9876543Z",
    "flight_plan": {"flight_rules": "I", "aircraft": "B738/M", "aircraft_short": "B738", "departure": "EHAM",
                    "arrival": "EGLL", "alternate": "EGSS", "altitude": "36000", "remarks": "REG/PHBXA"},
}  # fmt: skip
UPDATED_MS = 1_750_588_110_988


def answer(*pilots: Any, stamp: object = "2025-06-22T10:28:35.1230000Z") -> Answer:
    return read_pilots(json.dumps({"general": {"version": 3, "update_timestamp": stamp}, "pilots": pilots}).encode())


def test_pilot_becomes_a_position() -> None:
    found = answer(PILOT)
    (position,) = found.positions
    refuse_out_of_range(position, NOW_MS)
    assert (found.time_ms, position.position_time, position.last_contact) == (NOW_MS, UPDATED_MS, UPDATED_MS)
    assert (position.icao24, position.address_type, position.origin_country) == (
        f"{0xD00000 + 1234567 - 0x100000:06x}",
        "non_icao",
        "",
    )
    assert (position.callsign, position.aircraft_type, position.origin, position.destination) == (
        "KLM1017",
        "B738",
        "EHAM",
        "EGLL",
    )
    assert (position.latitude_deg, position.longitude_deg, position.track_deg) == (52.30856, 4.76441, 271)
    assert position.baro_altitude_m is None
    assert position.geo_altitude_m == pytest.approx(31_958 * 0.3048)
    assert position.ground_speed_mps == pytest.approx(447 * 1852 / 3600)
    assert (position.squawk, position.on_ground, position.vertical_rate_mps) == ("2713", False, None)


def test_slow_pilot_is_on_the_ground() -> None:
    (position,) = answer(PILOT | {"groundspeed": 12}).positions
    assert (position.on_ground, position.geo_altitude_m, position.status) == (True, None, "taxiing")


@given(st.integers(1, 0x2EFFFE), st.integers(1, 0x2EFFFE))
def test_addresses_are_unique_usable_and_of_no_state(first: int, second: int) -> None:
    found = address_of_pilot(first)
    assert address(found) == found
    assert country_of_address(int(found, 16)) == ""
    assert (found == address_of_pilot(second)) == (first == second)


@pytest.mark.parametrize("edge", [1, 0xFFFFF, 0x100000, 0x1FFFFF, 0x200000, 0x2EFFFE])
def test_edges_of_the_blocks_belong_to_no_state(edge: int) -> None:
    assert country_of_address(int(address_of_pilot(edge), 16)) == ""


@pytest.mark.parametrize("cid", [None, 0, -1, 1.5, "x", True, 0x2EFFFF, 1e300, [1], {}])
def test_other_numbers_are_malformed(cid: object) -> None:
    found = answer(PILOT | {"cid": cid}, PILOT)
    assert len(found.positions) == 1
    assert found.losses.records == {"malformed": 1}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"latitude": None}, "no_position"), ({"longitude": "x"}, "bad_position"), ({"latitude": -91}, "bad_position"),
        ({"last_updated": None}, "no_time"),
        ({"last_updated": "yesterday"}, "no_time"),
        ({"last_updated": "0001-01-01T00:00:00Z"}, "no_time"),
    ],
)  # fmt: skip
def test_bad_record_costs_only_itself(changes: dict[str, Any], reason: str) -> None:
    found = answer(PILOT | changes, PILOT | {"cid": 7})
    assert [position.icao24 for position in found.positions] == ["b00007"]
    assert found.losses.records == {reason: 1}


@pytest.mark.parametrize(
    ("changes", "lost"),
    [
        ({"groundspeed": -1}, "ground_speed_mps"),
        ({"altitude": "FL350"}, "geo_altitude_m"),
        ({"heading": 361}, "track_deg"),
        ({"transponder": "28"}, "squawk"),
    ],
)
def test_bad_field_costs_the_field(changes: dict[str, Any], lost: str) -> None:
    found = answer(PILOT | changes)
    assert len(found.positions) == 1
    assert found.losses.fields == {lost: 1}


@pytest.mark.parametrize("flight_plan", [None, [], "IFR", {}])
def test_pilot_without_a_flight_plan(flight_plan: object) -> None:
    (position,) = answer(PILOT | {"flight_plan": flight_plan}).positions
    assert (position.origin, position.destination, position.aircraft_type) == ("", "", "")


def test_pilot_who_is_listed_twice_has_the_newest_position() -> None:
    old = PILOT | {"last_updated": "2025-06-22T10:00:00Z", "latitude": 10.0}
    for pilots in ((old, PILOT), (PILOT, old)):
        (position,) = answer(*pilots).positions
        assert position.latitude_deg == 52.30856


@pytest.mark.parametrize(
    ("body", "reason"), [(b"[]", "wrong_shape"), (b'{"pilots": null}', "wrong_shape"), (b"<html>", "not_json")]
)
def test_other_answers(body: bytes, reason: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_pilots(body)
    assert caught.value.reason == reason


values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.lists(st.integers(), max_size=2)
)


@given(
    st.lists(st.one_of(values, st.fixed_dictionaries({}, optional=dict.fromkeys(PILOT, values))), max_size=4),
    values,
)
def test_any_values_give_possible_positions_or_losses(records: list[Any], stamp: object) -> None:
    changed = [PILOT | record if isinstance(record, dict) else record for record in records]
    for position in answer(*changed, stamp=stamp).positions:
        refuse_out_of_range(position, max(position.position_time, position.last_contact))
