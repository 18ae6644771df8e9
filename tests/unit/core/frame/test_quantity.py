"""Columns of a frame as positions: every value of every column, against the formula of `frame.md` for one value."""

from __future__ import annotations

import numpy as np
import pytest

from flighttracker.flight import ADDRESS_TYPES, CATEGORIES, STATUSES, FlightPosition
from flighttracker.frame import dynamic_columns, positions_of
from flighttracker.frame.layout import (
    BARO_ALTITUDE,
    COLUMN_COUNT,
    GEO_OFFSET,
    GROUND_SPEED,
    IDENTITY,
    KINDS,
    LATITUDE,
    LONGITUDE,
    NAMES,
    NULL,
    SQUAWK,
    STATUS,
    TEXTS,
    TRACK,
    VERTICAL_RATE,
    IntArray,
)
from flighttracker.reports import reports_of
from tests.example_flights import NOW_MS, position

EVERY = np.arange(-32768, 32768, dtype=np.int32)


def positions(dynamic: IntArray) -> list[FlightPosition]:
    count = dynamic.shape[1]
    return positions_of(
        np.zeros(count, IDENTITY),
        ["nobody"],
        dynamic,
        np.full(count, NOW_MS, np.int64),
    )


@pytest.mark.parametrize(
    ("column", "field", "step", "digits"),
    [
        (BARO_ALTITUDE, "baro_altitude_m", 25 * 0.3048, 2),
        (GEO_OFFSET, "geo_altitude_m", 25 * 0.3048, 2),
        (GROUND_SPEED, "ground_speed_mps", 1852 / 3600, 2),
        (TRACK, "track_deg", 0.1, 1),
        (VERTICAL_RATE, "vertical_rate_mps", 64 * 0.3048 / 60, 2),
    ],
)
def test_every_value_of_a_column_is_rounded_and_unknown_is_none(
    column: int, field: str, step: float, digits: int
) -> None:
    dynamic = np.zeros((COLUMN_COUNT, len(EVERY)), np.int32)
    dynamic[column] = EVERY
    found = [getattr(made, field) for made in positions(dynamic)]
    assert found == [None if value == NULL else round(value * step, digits) for value in EVERY.tolist()]


def test_latitude_and_longitude_are_the_floats_with_five_digits() -> None:
    steps = np.random.default_rng(1).integers(-18_000_000, 18_000_001, 20_000)
    dynamic = np.zeros((COLUMN_COUNT, len(steps)), np.int32)
    dynamic[LATITUDE] = dynamic[LONGITUDE] = steps
    expected = [round(value * 1e-5, 5) for value in steps.tolist()]
    made = positions(dynamic)
    assert [each.latitude_deg for each in made] == expected
    assert [each.longitude_deg for each in made] == expected


def test_each_field_comes_from_its_own_column() -> None:
    flights = [
        position(icao24="00000a", last_contact=NOW_MS + 300, on_ground=True, status=status, squawk=squawk)
        for status in STATUSES
        for squawk in ("", "0021", "7700")
    ]
    flights += [position(category=category) for category in CATEGORIES]
    flights += [position(address_type=address_type) for address_type in ADDRESS_TYPES]
    flights += [position(baro_altitude_m=None, geo_altitude_m=1000.1), position(geo_altitude_m=None, track_deg=None)]
    identities = np.zeros(len(flights), IDENTITY)
    identities["icao24"] = [int(flight.icao24, 16) for flight in flights]
    for field, _ in TEXTS:
        identities[field] = [getattr(flight, field) for flight in flights]
    names = sorted({getattr(flight, field) for flight in flights for field in NAMES})
    for field in NAMES:
        identities[field] = [names.index(getattr(flight, field)) for flight in flights]
    for kind, words in zip(KINDS, (CATEGORIES, ADDRESS_TYPES), strict=True):
        identities[kind] = [words.index(getattr(flight, kind)) for flight in flights]
    dynamic = dynamic_columns(reports_of(flights))
    made = positions_of(identities, names, dynamic, np.array([flight.position_time for flight in flights]))
    for flight, got in zip(flights, made, strict=True):
        for field in flight.__struct_fields__:
            value, shown = getattr(flight, field), getattr(got, field)
            assert shown == (pytest.approx(value, abs=4) if isinstance(value, float) else value), field


def test_kinds_of_a_later_version_are_unknown() -> None:
    identities = np.zeros(256, IDENTITY)
    identities["category"] = identities["address_type"] = np.arange(256)
    dynamic = np.zeros((COLUMN_COUNT, 256), np.int32)
    made = positions_of(identities, ["nobody"], dynamic, np.full(256, NOW_MS, np.int64))
    assert [each.category for each in made] == [*CATEGORIES, *["unknown"] * (256 - len(CATEGORIES))]
    assert [each.address_type for each in made] == [*ADDRESS_TYPES, *["unknown"] * (256 - len(ADDRESS_TYPES))]


def test_a_status_of_a_later_version_is_unknown() -> None:
    dynamic = np.zeros((COLUMN_COUNT, 16), np.int32)
    dynamic[STATUS], dynamic[SQUAWK] = np.arange(16), NULL
    expected = [*STATUSES, *["unknown"] * (16 - len(STATUSES))]
    assert [made.status for made in positions(dynamic)] == expected
