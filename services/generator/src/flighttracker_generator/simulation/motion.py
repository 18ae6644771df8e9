"""Speed and altitude of a flight over time, from gate to gate: taxi, take-off, climb, cruise, descent, landing.

Pure and vectorised; one row is one flight. A flight is a list of phases. Within a phase the acceleration along the path
and the vertical rate are constant, so distance flown and altitude at any moment are closed formulas: continuous, exact,
and without memory of the step before. Speeds are over ground and never above 250 kt below 10,000 ft; cruise
levels follow the semicircular rule with reduced separation (RVSM). `legs` makes profiles, `traffic` evaluates them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from flighttracker_generator.simulation.aircraft_types import METRES_PER_FOOT, MPS_PER_FPM, MPS_PER_KNOT, AircraftTypes
from flighttracker_generator.simulation.arrays import Flags, Floats, Ints
from flighttracker_generator.simulation.levels import level_at_or_below, level_below

PHASES: Final = 25
(
    AT_GATE, PUSH, TAXI_OUT, HOLD, LINE_UP, ROLL, CLIMB_OUT, CLIMB_LOW, CLIMB_FASTER, CLIMB_MIDDLE, CLIMB_HIGH,
    LEVEL_OFF, CRUISE, STEP_CLIMB, CRUISE_ON, DESCENT_HIGH, DESCENT_MIDDLE, DESCENT_SLOWER, DESCENT_LOW, LEVEL,
    FINAL, LANDING_ROLL, TAXI_IN, STOP, PARKED,
) = range(PHASES)  # fmt: skip

FL100_M: Final = 10_000 * METRES_PER_FOOT
FL115_M: Final = 11_500 * METRES_PER_FOOT
FL240_M: Final = 24_000 * METRES_PER_FOOT
LOW_SPEED_MPS: Final = 249.0 * MPS_PER_KNOT
"""Just below the limit of 250 kt below 10,000 ft."""
TAXI_MPS: Final = 8.0
_TAXI_ACCELERATION: Final = 0.5
_LINE_UP_S: Final = 40.0
_AIR_ACCELERATION: Final = 0.6
_STEP_CLIMB_MPS: Final = 500 * MPS_PER_FPM
_GLIDE: Final = np.tan(np.radians(3.0))
_LONG_CRUISE_M: Final = 5_000_000.0
"""Longer flights climb to their level in two steps, because they get lighter."""


@dataclass(frozen=True)
class Flights:
    """The inputs of a profile; one entry of each column for each flight.

    Attributes:
        type: row of the aircraft type.
        origin_elevation_m: of the airport of departure.
        destination_elevation_m: of the airport of arrival.
        taxi_out_m: from the gate to where the roll begins.
        path_m: from there to the end of the landing roll.
        taxi_in_m: from there to the gate.
        landing_roll_m: length of the landing roll.
        wait_s: at the gate before the flight.
        eastbound: by the course of the great circle.
        speed_factor: of this flight, around 1: wind and how fast it is flown.
        level_bias_m: how far from its type's optimum it would like to fly.
    """

    type: Ints
    origin_elevation_m: Floats
    destination_elevation_m: Floats
    taxi_out_m: Floats
    path_m: Floats
    taxi_in_m: Floats
    landing_roll_m: Floats
    wait_s: Floats
    eastbound: Flags
    speed_factor: Floats
    level_bias_m: Floats


@dataclass
class Profiles:
    """Phases of many flights.

    Attributes:
        start_s: when each phase begins and the last but one ends, seconds after the leg begins, shape (n, 25).
        start_m: metres from the gate at these moments.
        speed_mps: over ground at these moments.
        altitude_m: above mean sea level at these moments.
    """

    start_s: Floats
    start_m: Floats
    speed_mps: Floats
    altitude_m: Floats

    @classmethod
    def empty(cls, flights: int) -> Profiles:
        """Return arrays for this many flights."""
        return cls(*(np.zeros((flights, PHASES)) for _ in range(4)))

    def put(self, rows: Ints, profiles: Profiles) -> None:
        """Replace the profiles of some flights."""
        self.start_s[rows] = profiles.start_s
        self.start_m[rows] = profiles.start_m
        self.speed_mps[rows] = profiles.speed_mps
        self.altitude_m[rows] = profiles.altitude_m

    def at(self, rows: Ints, elapsed_s: Floats) -> Moment:
        """Return the state of some flights, `elapsed_s` after their legs began."""
        starts = self.start_s[rows]
        phase = np.sum(elapsed_s[:, None] >= starts[:, 1:], axis=1)
        following = np.minimum(phase + 1, PHASES - 1)
        at = np.arange(len(rows))
        since_s = elapsed_s - starts[at, phase]
        duration_s = np.maximum(starts[at, following] - starts[at, phase], 1e-9)
        speed, altitude = self.speed_mps[rows, phase], self.altitude_m[rows, phase]
        acceleration = (self.speed_mps[rows, following] - speed) / duration_s
        vertical_rate = (self.altitude_m[rows, following] - altitude) / duration_s
        return Moment(
            phase=phase,
            flown_m=self.start_m[rows, phase] + since_s * (speed + acceleration * since_s / 2.0),
            speed_mps=speed + acceleration * since_s,
            altitude_m=altitude + vertical_rate * since_s,
            vertical_rate_mps=vertical_rate,
        )


@dataclass(frozen=True)
class Moment:
    """Flights at one moment: phase, metres from the gate, speed, altitude and vertical rate."""

    phase: Ints
    flown_m: Floats
    speed_mps: Floats
    altitude_m: Floats
    vertical_rate_mps: Floats


def profiles_of(flights: Flights, types: AircraftTypes) -> Profiles:
    """Return the phases of each flight.

    A flight too short for its type's optimum level flies lower, as low as the distance asks for.
    """
    level_m = _cruise_levels(flights, types)
    durations, speeds, altitudes = _phases(flights, types, level_m)
    starts = np.zeros_like(speeds)
    starts[:, 1:] = np.cumsum(durations, axis=1)
    metres = np.zeros_like(speeds)
    metres[:, 1:] = np.cumsum(_lengths(durations, speeds), axis=1)
    return Profiles(starts, metres, speeds, altitudes)


def _lengths(durations: Floats, speeds: Floats) -> Floats:
    return np.asarray((speeds[:, :-1] + speeds[:, 1:]) / 2.0 * durations)


def _cruise_levels(flights: Flights, types: AircraftTypes) -> Floats:
    """Return the cruise altitude of each flight: a level of the semicircular rule that fits its length."""
    lowest = np.maximum(flights.origin_elevation_m, flights.destination_elevation_m) + 1_000 * METRES_PER_FOOT
    highest = np.minimum(types.cruise_m[flights.type] + flights.level_bias_m, types.ceiling_m[flights.type])
    visual = types.visual[flights.type]
    above = np.maximum(highest - lowest, 0.0)
    fits = np.zeros(len(above), dtype=bool)
    level = lowest.copy()
    # Down in small steps until climb and descent leave some cruise; most flights fit at once.
    for share in (1.0, 0.92, 0.84, 0.76, 0.68, 0.6, 0.52, 0.45, 0.38, 0.32, 0.26, 0.2, 0.15, 0.1, 0.06, 0.03):
        rows = np.flatnonzero(~fits)
        if not len(rows):
            break
        wanted = lowest[rows] + above[rows] * share
        snapped = level_at_or_below(wanted, flights.eastbound[rows], visual[rows])
        snapped = np.maximum(snapped, lowest[rows])
        part = Flights(*(getattr(flights, name)[rows] for name in Flights.__dataclass_fields__))
        durations, speeds, _ = _phases(part, types, snapped)
        cruise_m = _lengths(durations, speeds)[:, CRUISE:DESCENT_HIGH].sum(axis=1)
        good = cruise_m >= 0.04 * part.path_m
        level[rows[good]] = snapped[good]
        fits[rows[good]] = True
    return level


def _phases(flights: Flights, types: AircraftTypes, level_m: Floats) -> tuple[Floats, Floats, Floats]:
    """Return durations (n, 24), and speeds and altitudes at the phases' limits (n, 25)."""
    kind = flights.type
    count = len(kind)
    cruise = _cruise_speed(types.cruise_mps[kind] * flights.speed_factor, types.cruise_m[kind], level_m)
    climb, approach = types.climb_mps[kind], np.minimum(types.approach_mps[kind], LOW_SPEED_MPS)
    first_level = np.where(flights.path_m > _LONG_CRUISE_M, level_below(level_m, flights.eastbound), level_m)
    first_level = np.maximum(first_level, flights.origin_elevation_m)

    altitudes = np.zeros((count, PHASES))
    altitudes[:, : CLIMB_OUT + 1] = flights.origin_elevation_m[:, None]
    for node, limit in (
        (CLIMB_LOW, flights.origin_elevation_m + 1_500 * METRES_PER_FOOT),
        (CLIMB_FASTER, FL100_M),
        (CLIMB_MIDDLE, FL115_M),
        (CLIMB_HIGH, FL240_M),
    ):
        altitudes[:, node] = np.clip(limit, altitudes[:, node - 1], first_level)
    altitudes[:, LEVEL_OFF : STEP_CLIMB + 1] = first_level[:, None]
    altitudes[:, CRUISE_ON : DESCENT_HIGH + 1] = level_m[:, None]
    circuit_m = np.where(types.visual[kind], 1_000 * METRES_PER_FOOT, 3_000 * METRES_PER_FOOT)
    circuit = np.minimum(flights.destination_elevation_m + circuit_m, level_m)
    for node, limit in (
        (DESCENT_MIDDLE, FL240_M),
        (DESCENT_SLOWER, FL115_M),
        (DESCENT_LOW, FL100_M),
        (LEVEL, circuit),
    ):
        altitudes[:, node] = np.clip(limit, circuit, altitudes[:, node - 1])
    altitudes[:, FINAL] = circuit
    altitudes[:, LANDING_ROLL:] = flights.destination_elevation_m[:, None]

    slow = np.minimum(cruise, LOW_SPEED_MPS)
    speeds = np.zeros((count, PHASES))
    speeds[:, TAXI_OUT : HOLD + 1] = TAXI_MPS
    speeds[:, CLIMB_OUT] = types.rotate_mps[kind]
    speeds[:, CLIMB_LOW] = np.minimum(np.minimum(climb, 1.35 * types.rotate_mps[kind]), slow)
    speeds[:, CLIMB_FASTER] = np.minimum(climb, slow)
    speeds[:, CLIMB_MIDDLE] = np.minimum(climb, cruise)
    speeds[:, CLIMB_HIGH] = np.minimum((climb + cruise) / 2.0, cruise)
    speeds[:, LEVEL_OFF] = np.minimum((climb + 3.0 * cruise) / 4.0, cruise)
    speeds[:, CRUISE : DESCENT_HIGH + 1] = cruise[:, None]
    speeds[:, DESCENT_MIDDLE] = 0.9 * cruise
    speeds[:, DESCENT_SLOWER] = np.minimum(0.9 * cruise, np.maximum(climb, 0.7 * cruise))
    speeds[:, DESCENT_LOW] = np.minimum(speeds[:, DESCENT_SLOWER], LOW_SPEED_MPS)
    speeds[:, LEVEL] = np.minimum(speeds[:, DESCENT_LOW], np.maximum(1.45 * approach, 0.6 * speeds[:, DESCENT_LOW]))
    speeds[:, FINAL : LANDING_ROLL + 1] = np.minimum(approach, speeds[:, LEVEL])[:, None]
    speeds[:, TAXI_IN : STOP + 1] = TAXI_MPS

    rates = np.full((count, PHASES - 1), _STEP_CLIMB_MPS)
    rates[:, CLIMB_OUT] = types.low_climb_mps[kind]
    rates[:, CLIMB_LOW] = types.low_climb_mps[kind]
    rates[:, CLIMB_FASTER] = 0.4 * types.low_climb_mps[kind]
    rates[:, CLIMB_MIDDLE] = types.middle_climb_mps[kind]
    rates[:, CLIMB_HIGH] = types.high_climb_mps[kind]
    rates[:, DESCENT_HIGH] = types.descent_mps[kind]
    rates[:, DESCENT_MIDDLE] = types.descent_mps[kind]
    rates[:, DESCENT_SLOWER] = 0.5 * types.descent_mps[kind]
    rates[:, DESCENT_LOW] = 0.6 * types.descent_mps[kind]
    rates[:, FINAL] = _GLIDE * speeds[:, FINAL]

    durations = np.maximum(
        np.abs(np.diff(altitudes, axis=1)) / rates, np.abs(np.diff(speeds, axis=1)) / _AIR_ACCELERATION
    )
    _put_ground(durations, speeds, flights, types)
    flying = _lengths(durations, speeds)[:, ROLL : LANDING_ROLL + 1]
    cruise_s = np.maximum(flights.path_m - flying.sum(axis=1), 0.0) / cruise
    stepping = first_level < level_m
    durations[:, CRUISE] = np.where(stepping, 0.45 * cruise_s, cruise_s)
    durations[:, CRUISE_ON] = np.where(stepping, 0.55 * cruise_s, 0.0)
    return durations, speeds, altitudes


def _put_ground(durations: Floats, speeds: Floats, flights: Flights, types: AircraftTypes) -> None:
    """Set the durations on the ground, and those of the cruise to zero, in place."""
    ramp_s = TAXI_MPS / _TAXI_ACCELERATION
    ramp_m = TAXI_MPS * ramp_s / 2.0
    durations[:, AT_GATE] = flights.wait_s
    durations[:, PUSH] = durations[:, HOLD] = durations[:, STOP] = ramp_s
    durations[:, TAXI_OUT] = (flights.taxi_out_m - 2.0 * ramp_m) / TAXI_MPS
    durations[:, LINE_UP] = _LINE_UP_S
    durations[:, ROLL] = 2.0 * take_off_roll_m(flights.type, types) / speeds[:, CLIMB_OUT]
    durations[:, CRUISE] = durations[:, CRUISE_ON] = 0.0
    durations[:, LANDING_ROLL] = 2.0 * flights.landing_roll_m / (speeds[:, LANDING_ROLL] + TAXI_MPS)
    durations[:, TAXI_IN] = (flights.taxi_in_m - ramp_m) / TAXI_MPS


def _cruise_speed(optimum: Floats, optimum_level: Floats, level: Floats) -> Floats:
    """Return the speed at a level: full at the optimum, less below it, and below FL100 within the limit."""
    lower = np.clip(level / optimum_level, 0.0, 1.0)
    speed = optimum * (0.65 + 0.35 * lower)
    return np.asarray(np.where(level < FL115_M, np.minimum(speed, LOW_SPEED_MPS), speed))


def take_off_roll_m(kind: Ints, types: AircraftTypes) -> Floats:
    """Return the length of the take-off roll, metres."""
    return np.asarray(types.rotate_mps[kind] ** 2 / (2.0 * 1.7))


def landing_roll_m(kind: Ints, types: AircraftTypes) -> Floats:
    """Return the length of the roll after touch-down, metres."""
    return np.asarray(types.approach_mps[kind] ** 2 / (2.0 * 1.6) + 50.0)
