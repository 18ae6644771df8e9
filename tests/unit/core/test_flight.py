"""The two validations of a record: types by the schema, values by range."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from flighttracker.errors import RecordRefusedError
from flighttracker.flight import ADDRESS_TYPES, CATEGORIES, STATUSES, FlightPosition, refuse_out_of_range
from flighttracker_schemas import flight_position_schema
from tests.example_flights import NOW_MS, position


def test_the_struct_has_the_fields_of_the_schema_in_the_same_order() -> None:
    fields = [field["name"] for field in flight_position_schema()["fields"]]
    assert [field.name for field in msgspec.structs.fields(FlightPosition)] == fields


@pytest.mark.parametrize(
    ("field", "words"), [("status", STATUSES), ("category", CATEGORIES), ("address_type", ADDRESS_TYPES)]
)
def test_the_words_are_those_of_the_schema_in_the_same_order(field: str, words: tuple[str, ...]) -> None:
    fields = {field["name"]: field for field in flight_position_schema()["fields"]}
    assert tuple(fields[field]["type"]["symbols"]) == words


def test_a_plausible_position_is_accepted() -> None:
    refuse_out_of_range(position(), NOW_MS)
    unknown = dict.fromkeys(
        ("baro_altitude_m", "geo_altitude_m", "ground_speed_mps", "track_deg", "vertical_rate_mps"), None
    )
    refuse_out_of_range(position(**unknown, callsign="", squawk=""), NOW_MS)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("latitude_deg", 90.01, "latitude_range"),
        ("latitude_deg", float("nan"), "latitude_range"),
        ("longitude_deg", -180.5, "longitude_range"),
        ("longitude_deg", float("inf"), "longitude_range"),
        ("icao24", "3C6444", "icao24_format"),
        ("icao24", "3c644", "icao24_format"),
        ("icao24", "", "icao24_format"),
        ("baro_altitude_m", 50_001.0, "baro_altitude_m_range"),
        ("baro_altitude_m", float("nan"), "baro_altitude_m_range"),
        ("geo_altitude_m", -1_501.0, "geo_altitude_m_range"),
        ("ground_speed_mps", -0.1, "ground_speed_mps_range"),
        ("ground_speed_mps", 1_501.0, "ground_speed_mps_range"),
        ("track_deg", 360.5, "track_deg_range"),
        ("vertical_rate_mps", 301.0, "vertical_rate_mps_range"),
        ("squawk", "1008", "squawk_format"),
        ("squawk", "100", "squawk_format"),
        ("callsign", "DLH4YA789", "callsign_format"),
        ("callsign", "DLH\n", "callsign_format"),
        ("callsign", "FLÜG", "callsign_format"),
        ("registration", "D-AIBL-12345", "registration_format"),
        ("aircraft_type", "A319X", "aircraft_type_format"),
        ("origin", "EDDFX", "origin_format"),
        ("destination", "EGLLX", "destination_format"),
        ("operator", "ü" * 33, "operator_length"),
        ("origin_country", "x" * 65, "origin_country_length"),
        ("source", "x" * 65, "source_length"),
    ],
)
def test_an_impossible_value_is_rejected_with_its_field(field: str, value: Any, reason: str) -> None:
    with pytest.raises(RecordRefusedError) as refused:
        refuse_out_of_range(position(**{field: value}), NOW_MS)
    assert refused.value.reason == reason
    assert refused.value.detail.startswith(field)


def test_a_producers_clock_may_be_a_minute_ahead_and_no_more() -> None:
    refuse_out_of_range(position(position_time=NOW_MS + 60_000), NOW_MS)
    with pytest.raises(RecordRefusedError, match="600 s ahead of this clock"):
        refuse_out_of_range(position(position_time=NOW_MS + 600_000), NOW_MS)
    with pytest.raises(RecordRefusedError, match="position_time is 0"):
        refuse_out_of_range(position(position_time=0), NOW_MS)
