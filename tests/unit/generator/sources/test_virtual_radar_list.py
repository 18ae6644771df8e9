"""What `AircraftList.json` of Virtual Radar Server says, and what servers send wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flighttracker.errors import SourceError
from flighttracker.flight import refuse_out_of_range
from flighttracker_generator.sources.answers import Answer
from flighttracker_generator.sources.kinds import Wanted
from flighttracker_generator.sources.timeline import Timeline
from flighttracker_generator.sources.virtual_radar_list import Contacts, read_list
from tests.example_flights import NOW_MS

RECORD: dict[str, Any] = {
    "Id": 5022105, "Rcvr": 1, "HasSig": True, "Sig": 21, "Icao": "4CA1A1", "Bad": False, "Reg": "EI-DVM", "TSecs": 301,
    "CMsgs": 812, "Alt": 35000, "GAlt": 35420, "InHg": 30.34, "AltT": 0, "Call": "EIN12K", "Lat": 52.25, "Long": 4.5,
    "PosTime": NOW_MS - 2_000, "Mlat": False, "PosStale": False, "Tisb": False, "Spd": 450.0, "SpdTyp": 0,
    "Trak": 271.5, "TrkH": False, "Type": "A320", "Mdl": "Airbus A320", "Man": "Airbus", "From": "EIDW Dublin, Ireland",
    "To": "EHAM Amsterdam Airport Schiphol, Netherlands", "Op": "Aer Lingus", "OpIcao": "EIN", "Sqk": "2713",
    "Help": False, "Vsi": -640, "VsiT": 0, "WTC": 2, "Species": 1, "Cou": "Ireland", "Gnd": False, "Mil": False,
}  # fmt: skip


def answer(
    *records: Any, stm: object = NOW_MS, contacts: Contacts | None = None, wanted: Wanted | None = None
) -> Answer:
    document = {"src": 1, "acList": list(records), "totalAc": len(records), "lastDv": "636", "stm": stm}
    return read_list(json.dumps(document).encode(), NOW_MS + 50, wanted or Wanted(), contacts or Contacts())


def test_record_becomes_a_position() -> None:
    (position,) = answer(RECORD).positions
    refuse_out_of_range(position, NOW_MS)
    assert (position.icao24, position.callsign, position.registration) == ("4ca1a1", "EIN12K", "EI-DVM")
    assert (position.aircraft_type, position.operator, position.origin_country) == ("A320", "Aer Lingus", "Ireland")
    assert (position.origin, position.destination) == ("EIDW", "EHAM")
    assert (position.latitude_deg, position.longitude_deg, position.track_deg) == (52.25, 4.5, 271.5)
    assert position.baro_altitude_m == pytest.approx(35_000 * 0.3048)
    assert position.geo_altitude_m is None, "the server computed it"
    assert position.ground_speed_mps == pytest.approx(450 * 1852 / 3600)
    assert position.vertical_rate_mps == pytest.approx(-640 * 0.00508)
    assert (position.squawk, position.status, position.on_ground) == ("2713", "descending", False)
    assert (position.position_time, position.last_contact) == (NOW_MS - 2_000, NOW_MS - 2_000)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"Call": ["EIN12K"]}, "callsign"), ({"Cou": {}}, "origin_country"), ({"Gnd": "maybe"}, "on_ground")],
)
def test_value_of_the_wrong_type_is_lost_alone_and_counted(changes: dict[str, Any], field: str) -> None:
    result = answer(RECORD | changes)
    assert len(result.positions) == 1
    assert dict(result.losses.fields) == {field: 1}


def test_geometric_altitude_is_not_barometric() -> None:
    (position,) = answer(RECORD | {"AltT": 1}).positions
    assert position.baro_altitude_m is None
    assert position.geo_altitude_m == pytest.approx(35_420 * 0.3048)
    (position,) = answer({name: value for name, value in RECORD.items() if name != "GAlt"} | {"AltT": 1}).positions
    assert position.geo_altitude_m == pytest.approx(35_000 * 0.3048)


@pytest.mark.parametrize("kind", [2, 3])
def test_airspeed_is_no_ground_speed(kind: int) -> None:
    (position,) = answer(RECORD | {"SpdTyp": kind}).positions
    assert position.ground_speed_mps is None


def test_heading_is_a_track_on_the_ground_only() -> None:
    (air,) = answer(RECORD | {"TrkH": True}).positions
    (ground,) = answer(RECORD | {"TrkH": True, "Gnd": True}).positions
    assert (air.track_deg, ground.track_deg) == (None, 271.5)
    assert (ground.on_ground, ground.baro_altitude_m, ground.geo_altitude_m) == (True, None, None)


@pytest.mark.parametrize(
    ("changes", "category", "address_type"),
    [
        ({}, "unknown", "unknown"), ({"Species": 4}, "rotorcraft", "unknown"), ({"WTC": 3}, "heavy", "unknown"),
        ({"WTC": 1}, "light", "unknown"), ({"Mlat": True}, "unknown", "mlat"), ({"Tisb": True}, "unknown", "tisb_icao"),
        ({"Type": "GLID", "WTC": None}, "glider", "unknown"), ({"Species": "4"}, "rotorcraft", "unknown"),
    ],
)  # fmt: skip
def test_kinds(changes: dict[str, Any], category: str, address_type: str) -> None:
    (position,) = answer(RECORD | changes).positions
    assert (position.category, position.address_type) == (category, address_type)


@pytest.mark.parametrize(("species", "reason"), [(7, "surface_vehicle"), (8, "obstacle")])
def test_vehicles_and_towers_are_shown_only_if_wanted(species: int, reason: str) -> None:
    refused = answer(RECORD | {"Species": species})
    assert (refused.positions, refused.losses.records) == ([], {reason: 1})
    assert len(answer(RECORD | {"Species": species}, wanted=Wanted(vehicles=True)).positions) == 1


def test_bad_address_is_shown_only_if_wanted() -> None:
    assert answer(RECORD | {"Bad": True}).losses.records == {"non_icao_address": 1}
    (position,) = answer(RECORD | {"Bad": True}, wanted=Wanted(non_icao_addresses=True)).positions
    assert (position.address_type, position.origin_country) == ("non_icao", "")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Icao": None}, "malformed"), ({"Icao": "000000"}, "malformed"), ({"Icao": "nonsense"}, "malformed"),
        ({"Lat": None}, "no_position"), ({"Long": None}, "no_position"), ({"Lat": 0.0, "Long": 0.0}, "bad_position"),
        ({"Lat": 91}, "bad_position"), ({"PosTime": None}, "no_time"), ({"PosTime": 1e-5}, "no_time"),
        ({"PosTime": "soon"}, "no_time"),
    ],
)  # fmt: skip
def test_bad_record_costs_only_itself(changes: dict[str, Any], reason: str) -> None:
    found = answer(RECORD | changes, RECORD | {"Icao": "4CA1A2"})
    assert [position.icao24 for position in found.positions] == ["4ca1a2"]
    assert found.losses.records == {reason: 1}


@pytest.mark.parametrize(
    ("changes", "lost"),
    [
        ({"Alt": "high"}, "baro_altitude_m"), ({"GAlt": 1e9, "AltT": 1}, "geo_altitude_m"),
        ({"Spd": -5}, "ground_speed_mps"), ({"Trak": 400}, "track_deg"), ({"Vsi": "NaN"}, "vertical_rate_mps"),
        ({"Sqk": "9999"}, "squawk"),
    ],
)  # fmt: skip
def test_bad_field_costs_the_field(changes: dict[str, Any], lost: str) -> None:
    found = answer(RECORD | changes)
    assert len(found.positions) == 1
    assert found.losses.fields == {lost: 1}


@pytest.mark.parametrize(
    ("sent", "code"), [("EGLL London Heathrow", "EGLL"), ("Unknown", ""), (None, ""), ("LHR London", ""), (5, "")]
)
def test_airports(sent: object, code: str) -> None:
    assert answer(RECORD | {"From": sent}).positions[0].origin == code


def test_message_without_a_new_position_is_a_contact() -> None:
    contacts = Contacts()
    answer(RECORD, contacts=contacts)
    (same,) = answer(RECORD, stm=NOW_MS + 5_000, contacts=contacts).positions
    assert same.last_contact == NOW_MS - 2_000
    (heard,) = answer(RECORD | {"CMsgs": 813, "Sqk": "7700"}, stm=NOW_MS + 10_000, contacts=contacts).positions
    assert (heard.position_time, heard.last_contact, heard.status) == (NOW_MS - 2_000, NOW_MS + 10_000, "emergency")


def test_positions_are_as_old_as_the_server_says_whatever_its_clock() -> None:
    ahead_ms = 7_200_000
    timeline = Timeline("virtual-radar", 0)
    (position,) = timeline.hear(
        answer(RECORD | {"PosTime": NOW_MS + ahead_ms - 3_000}, stm=NOW_MS + ahead_ms), NOW_MS
    ).positions
    assert position.position_time == NOW_MS - 3_000


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"[]", "wrong_shape"), (b'{"acList": {}}', "wrong_shape"), (b"<html>", "not_json"), (b"", "not_json")],
)
def test_other_answers(body: bytes, reason: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_list(body, NOW_MS, Wanted(), Contacts())
    assert caught.value.reason == reason


values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.lists(st.integers(), max_size=2)
)


@given(
    st.lists(st.one_of(values, st.fixed_dictionaries({}, optional=dict.fromkeys(RECORD, values))), max_size=4),
    values,
)
def test_any_values_give_possible_positions_or_losses(records: list[Any], stm: object) -> None:
    changed = [RECORD | record if isinstance(record, dict) else record for record in records]
    for position in answer(*changed, stm=stm, wanted=Wanted(vehicles=True, non_icao_addresses=True)).positions:
        refuse_out_of_range(position, max(position.position_time, position.last_contact))
