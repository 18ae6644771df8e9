"""Computes the path over the ground and the profile over time of flights between two airports.

Pure and vectorised; one row is one flight. `schedule` uses the duration of flights, and `traffic` evaluates the result
of `prepare`. Variations between flights come from a hash of the aircraft and the flight, so they are reproducible.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from flighttracker_generator.simulation.aircraft_types import METRES_PER_FOOT, AircraftTypes, aircraft_types
from flighttracker_generator.simulation.airports import airports
from flighttracker_generator.simulation.arrays import Floats, Ints, unit_hash
from flighttracker_generator.simulation.motion import (
    Flights,
    Profiles,
    landing_roll_m,
    profiles_of,
    take_off_roll_m,
)
from flighttracker_generator.simulation.routes import (
    TAXI_IN,
    Paths,
    RouteEnd,
    bearing_deg,
    distance_m,
    paths_between,
    tangent_to,
)

_TURN_RADIUS_PER_SPEED_S = 45.0
"""A turn at three degrees a second at low speed, at half of that and less when fast: radius over approach speed."""
_SLOWEST = 0.985
"""Slowest flight, as a factor of the usual speed; the fastest is as far above 1."""
_LOWEST_M = 3_000 * METRES_PER_FOOT
_HIGHEST_M = 2_000 * METRES_PER_FOOT
"""How far the preferred level of a flight is below or above the optimum level of its type."""
_BLOCK_EXTRA_S = 300.0


@dataclass(frozen=True)
class Journeys:
    """Flights between two airports; one entry of each column for each flight.

    Attributes:
        aircraft: number of the aircraft in the fleet, the key of everything that varies.
        number: which flight of the aircraft's rotation it is.
        type: row of the aircraft type.
        origin: row of the airport of departure.
        destination: row of the airport of arrival.
        wait_s: time at the gate before the flight.
    """

    aircraft: Ints
    number: Ints
    type: Ints
    origin: Ints
    destination: Ints
    wait_s: Floats


def prepare(journeys: Journeys) -> tuple[Paths, Profiles]:
    """Return the paths and profiles of flights."""
    types, fields = aircraft_types(), airports()
    take_off_m, landing_m = take_off_roll_m(journeys.type, types), landing_roll_m(journeys.type, types)
    paths = paths_between(
        _end(journeys.aircraft, journeys.origin, journeys.type, take_off_m, 3_000.0),
        _end(journeys.aircraft, journeys.destination, journeys.type, landing_m, 14_000.0),
        types.approach_mps[journeys.type] * _TURN_RADIUS_PER_SPEED_S,
    )
    start, end = fields.location[journeys.origin], fields.location[journeys.destination]
    course_deg = bearing_deg(start, tangent_to(start, end))
    varied = unit_hash(1, journeys.aircraft, journeys.number)
    flights = Flights(
        type=journeys.type,
        origin_elevation_m=fields.elevation_m[journeys.origin],
        destination_elevation_m=fields.elevation_m[journeys.destination],
        taxi_out_m=paths.start_m[:, 1],
        path_m=paths.start_m[:, TAXI_IN] - paths.start_m[:, 1],
        taxi_in_m=paths.start_m[:, TAXI_IN + 1] - paths.start_m[:, TAXI_IN],
        landing_roll_m=landing_m,
        wait_s=journeys.wait_s,
        eastbound=course_deg < 180.0,
        speed_factor=_wind_factor(start, end, course_deg, journeys.type, types)
        * (_SLOWEST + 2.0 * (1.0 - _SLOWEST) * varied),
        level_bias_m=unit_hash(2, journeys.aircraft, journeys.number) * (_HIGHEST_M + _LOWEST_M) - _LOWEST_M,
    )
    return paths, profiles_of(flights, types)


def _end(aircraft: Ints, airport: Ints, kind: Ints, roll_m: Floats, straight_m: float) -> RouteEnd:
    """Return an end of a flight; an aircraft always parks at the same place of an airport."""
    types, fields = aircraft_types(), airports()
    big = np.where(types.visual[kind], 0.35, 1.0)
    side = np.where(fields.runway_deg[airport] % 20.0 == 0.0, 1.0, -1.0)
    return RouteEnd(
        airport=fields.location[airport],
        runway_deg=fields.runway_deg[airport],
        gate_side_m=side * big * (700.0 + 900.0 * unit_hash(3, aircraft, airport)),
        gate_along_m=big * 1_600.0 * (unit_hash(4, aircraft, airport) - 0.5),
        roll_m=roll_m,
        straight_m=straight_m * np.where(types.visual[kind], 0.25, 1.0),
    )


def _wind_factor(start: Floats, end: Floats, course_deg: Floats, kind: Ints, types: AircraftTypes) -> Floats:
    """Return what the westerlies of the middle latitudes do to the speed over ground of those who fly high."""
    latitude_deg = np.degrees(np.arcsin(np.clip((start[:, 2] + end[:, 2]) / 2.0, -1.0, 1.0)))
    westerly = np.exp(-(((np.abs(latitude_deg) - 42.0) / 16.0) ** 2))
    high = np.clip(types.cruise_m[kind] / 11_000.0, 0.0, 1.0)
    return np.asarray(1.0 + 0.07 * westerly * high * np.sin(np.radians(course_deg)))


def longest_block_s(kind: Ints, origin: Ints, destination: Ints) -> Floats:
    """Return a time from gate to gate that no flight exceeds, seconds, waiting before it not counted."""
    types, fields = aircraft_types(), airports()
    start, end = fields.location[origin], fields.location[destination]
    metres = distance_m(start, end)
    course_deg = bearing_deg(start, tangent_to(start, end))
    grid_m, table_s = _block_table()
    result = np.zeros(len(kind))
    for row in np.unique(kind):
        chosen = kind == row
        result[chosen] = np.interp(metres[chosen], grid_m, table_s[row])
    return result / (_SLOWEST * np.minimum(_wind_factor(start, end, course_deg, kind, types), 1.0)) + _BLOCK_EXTRA_S


@cache
def _block_table() -> tuple[Floats, Floats]:
    """Return distances and, for each type, what a flight over them takes at most, without wind."""
    types = aircraft_types()
    grid_m = np.concatenate([np.geomspace(30_000.0, 1_500_000.0, 40), np.linspace(1_600_000.0, 16_500_000.0, 60)])
    kind = np.repeat(np.arange(len(types.designator)), len(grid_m))
    path_m = np.tile(grid_m, len(types.designator)) + 25_000.0
    zero, taxi_m = np.zeros(len(kind)), np.full(len(kind), 2_800.0)
    flights = Flights(
        kind,
        zero,
        zero,
        taxi_m,
        path_m,
        taxi_m,
        landing_roll_m(kind, types),
        zero,
        zero < 1.0,
        zero + 1.0,
        zero - _LOWEST_M - 2_000 * METRES_PER_FOOT,  # the level of the other direction may be lower
    )
    return grid_m, profiles_of(flights, types).start_s[:, -1].reshape(-1, len(grid_m))
