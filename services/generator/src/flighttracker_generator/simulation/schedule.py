"""The schedule of a fleet: each aircraft repeats a rotation of flights from its base and back.

Pure and vectorised; deterministic for a seed. A rotation lasts a whole number of days, so each flight always departs at
the same local time. Short-haul aircraft start in the morning and park at night; long-haul aircraft fly around the
clock. Because rotations repeat, the state of an aircraft is a function of the time. `fleet` creates the schedule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from flighttracker_generator.simulation.aircraft_types import aircraft_types
from flighttracker_generator.simulation.airports import airports
from flighttracker_generator.simulation.arrays import Flags, Floats, Ints
from flighttracker_generator.simulation.legs import longest_block_s
from flighttracker_generator.simulation.operators import SMALLEST_SERVED_M
from flighttracker_generator.simulation.routes import distance_m

PAIRS: Final = 6
"""Maximum number of round trips in a rotation."""
LEGS: Final = 2 * PAIRS
DAY_S: Final = 86_400.0
_LONG_PAIR_S: Final = 11 * 3600.0
"""An aircraft whose round trip takes at least this long flies around the clock."""
_GATE_SHARE: Final = 0.6
"""Share of a turnaround during which the aircraft already reports the next flight."""


@dataclass(frozen=True)
class Schedule:
    """The rotations of a fleet; one row for each aircraft.

    Attributes:
        outstations: rows of the airports that are flown to, shape (n, 6).
        leg_start_s: when each leg begins, seconds after the rotation does, shape (n, 12); infinite when there is none.
        wait_s: how long it stands at the gate before each leg, shape (n, 12).
        period_s: how long the rotation lasts: whole days.
        anchor_s: when one rotation began, seconds since 1970 UTC.
    """

    outstations: Ints
    leg_start_s: Floats
    wait_s: Floats
    period_s: Floats
    anchor_s: Floats


def make_schedule(kind: Ints, home: Ints, random: np.random.Generator) -> Schedule:
    """Return rotations for aircraft of these types at these airports."""
    types, fields = aircraft_types(), airports()
    count = len(kind)
    outstations = choose_outstations(kind, home, random)
    turns_s = types.turnaround_s[kind][:, None] * random.uniform(0.75, 1.2, (count, LEGS))
    visual = types.visual[kind]
    active_s = np.where(visual, random.uniform(5.0, 10.0, count), random.uniform(21.0, 23.3, count)) * 3600.0

    there_s = np.stack([longest_block_s(kind, home, outstations[:, pair]) for pair in range(PAIRS)], axis=1)
    back_s = np.stack([longest_block_s(kind, outstations[:, pair], home) for pair in range(PAIRS)], axis=1)
    pairs_s = there_s + back_s + turns_s[:, 0::2] + turns_s[:, 1::2]
    around_the_clock = (pairs_s[:, 0] > _LONG_PAIR_S) & ~visual
    order, fitting = _fill_day(pairs_s, active_s)
    order[around_the_clock] = np.arange(PAIRS)
    outstations = np.take_along_axis(outstations, order, axis=1)
    there_s, back_s = np.take_along_axis(there_s, order, axis=1), np.take_along_axis(back_s, order, axis=1)
    for way in (0, 1):
        turns_s[:, way::2] = np.take_along_axis(turns_s[:, way::2], order, axis=1)
    pairs_end_s = np.cumsum(np.take_along_axis(pairs_s, order, axis=1), axis=1)
    idle = np.ceil(pairs_end_s / DAY_S) * DAY_S - pairs_end_s
    pairs = np.where(around_the_clock, 1 + np.argmin(idle / pairs_end_s, axis=1), fitting)
    busy_s = pairs_end_s[np.arange(count), pairs - 1]
    period_s = np.ceil(busy_s / DAY_S) * DAY_S

    wait_s = turns_s * _GATE_SHARE
    # The rest of the last day: shared among the visits at home, or spent as one night.
    idle_s = period_s - busy_s
    wait_s[:, 0::2] += np.where(around_the_clock, idle_s / pairs, 0.0)[:, None]
    wait_s[:, 0] += np.where(around_the_clock, 0.0, idle_s)
    slots_s = np.empty((count, LEGS))
    slots_s[:, 0::2], slots_s[:, 1::2] = there_s, back_s
    slots_s += wait_s + turns_s * (1.0 - _GATE_SHARE)
    leg_start_s = np.zeros((count, LEGS))
    leg_start_s[:, 1:] = np.cumsum(slots_s, axis=1)[:, :-1]
    leg_start_s[np.arange(LEGS)[None, :] >= 2 * pairs[:, None]] = np.inf

    first_off_s = _first_local_departure_s(around_the_clock, visual, random)
    days = np.floor(random.uniform(0.0, 1.0, count) * period_s / DAY_S) * DAY_S
    local_to_utc_s = -fields.longitude_deg[home] / 360.0 * DAY_S
    return Schedule(outstations, leg_start_s, wait_s, period_s, days + first_off_s + local_to_utc_s - wait_s[:, 0])


def _fill_day(pairs_s: Floats, active_s: Floats) -> tuple[Ints, Ints]:
    """Return an order of round trips in which the first ones fill a day, and their number.

    The first round trip is always taken, and then each one that still fits.
    """
    total_s = pairs_s[:, 0].copy()
    taken = np.zeros(pairs_s.shape, dtype=bool)
    taken[:, 0] = True
    for pair in range(1, PAIRS):
        taken[:, pair] = total_s + pairs_s[:, pair] <= active_s
        total_s += np.where(taken[:, pair], pairs_s[:, pair], 0.0)
    return np.argsort(~taken, axis=1, kind="stable"), taken.sum(axis=1)


def _first_local_departure_s(around_the_clock: Flags, visual: Flags, random: np.random.Generator) -> Floats:
    """Return the local solar time of each rotation's first departure."""
    count = len(visual)
    morning = 5.0 + 4.0 * random.beta(1.5, 2.5, count)
    at_noon, in_the_evening = random.uniform(9.0, 15.0, count), random.uniform(18.0, 23.5, count)
    long_haul = np.where(random.uniform(size=count) < 0.5, at_noon, in_the_evening)
    by_day = random.uniform(8.0, 12.5, count)
    return np.asarray(np.where(visual, by_day, np.where(around_the_clock, long_haul, morning)) * 3600.0)


def choose_outstations(kind: Ints, home: Ints, random: np.random.Generator) -> Ints:
    """Return the destinations of each aircraft, shape (n, 6): busy airports at a typical distance for its type."""
    draws = random.uniform(size=(len(kind), PAIRS))
    result = np.zeros((len(kind), PAIRS), dtype=np.int64)
    keys = kind * len(airports().icao) + home
    order = np.argsort(keys, kind="stable")
    _, starts = np.unique(keys[order], return_index=True)
    for rows in np.split(order, starts[1:]):
        totals = np.cumsum(_attraction(int(kind[rows[0]]), int(home[rows[0]])))
        result[rows] = np.searchsorted(totals, draws[rows] * totals[-1], side="right")
    return result


def _attraction(kind: int, home: int) -> Floats:
    """Return the weight of each airport as a destination, for a type and an airport of departure."""
    types, fields = aircraft_types(), airports()
    metres = distance_m(fields.location, fields.location[home])
    shape = types.kind[kind]
    wide = types.typical_m[kind] > 3_000_000.0
    nearest_m = {"jet": 190_000.0, "turboprop": 100_000.0}.get(shape, 45_000.0)
    passengers = fields.passengers_m
    if types.visual[kind] or types.typical_m[kind] < 240_000.0:
        busy = 1.0 / (1.0 + passengers)
    elif wide:
        busy = np.where(passengers >= 4.0, passengers, 0.0)
    elif shape == "jet":
        busy = np.where(passengers >= SMALLEST_SERVED_M, passengers**0.75, 0.0)
    else:
        busy = passengers**0.5
    suits = np.exp(-((np.log(np.maximum(metres, 1.0) / types.typical_m[kind]) / 0.75) ** 2))
    domestic = 1.0 if wide else np.where(fields.country == fields.country[home], 2.5, 1.0)
    climbable = fields.elevation_m < types.ceiling_m[kind] - 1_500.0
    reachable = (metres >= nearest_m) & (metres <= 0.85 * types.range_m[kind]) & climbable
    attraction = np.where(reachable, busy * suits * domestic, 0.0)
    if attraction.sum() <= 0.0:
        # Nothing suitable within range: the nearest airport that is far enough.
        beyond = np.where((metres >= nearest_m) & climbable, metres, np.inf)
        attraction[int(np.argmin(beyond))] = 1.0
    return np.asarray(attraction)
