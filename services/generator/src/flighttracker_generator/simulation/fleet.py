"""`Fleet`: the aircraft of a simulation, with their identities, types and schedules. It does not change over time.

Pure. The same settings give the same fleet, and a replica always has the same part of it. `traffic` computes the
positions of a fleet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from flighttracker_generator.replicas import replica_of
from flighttracker_generator.simulation.aircraft_types import aircraft_types
from flighttracker_generator.simulation.arrays import Floats, Ints, Names, unit_hash
from flighttracker_generator.simulation.identities import Register
from flighttracker_generator.simulation.operators import Base, bases
from flighttracker_generator.simulation.schedule import Schedule, make_schedule
from flighttracker_generator.simulation.states import registering_state


@dataclass(frozen=True)
class Fleet:
    """One row for each aircraft.

    Attributes:
        number: in the whole fleet, not only this replica's part.
        icao24: 24-bit addresses as hex digits.
        registration: registrations.
        designator: ICAO designators of the airlines, empty for others.
        operator: names of the operators.
        origin_country: names of the states that registered them.
        type: rows of the aircraft types.
        home: rows of the airports where they are based.
        flight_pair: numbers from which the flight numbers are made, unique within an airline.
        phase: moment of the report within the interval, 0 to 1.
        schedule: their flights.
    """

    number: Ints
    icao24: Names
    registration: Names
    designator: Names
    operator: Names
    origin_country: Names
    type: Ints
    home: Ints
    flight_pair: Ints
    phase: Floats
    schedule: Schedule


def make_fleet(aircraft: int, countries: Mapping[str, float], seed: int, replica: int = 0, replicas: int = 1) -> Fleet:
    """Return a replica's part of a fleet.

    Args:
        aircraft: size of the whole fleet.
        countries: weight of the traffic by ISO code; empty for the whole world.
        seed: the same seed gives the same fleet.
        replica: which part: `replica_of(icao24, replicas) == replica`.
        replicas: how many parts there are.

    Raises:
        StartError: a country has no airport where aircraft can be based.
    """
    random = np.random.default_rng(seed)
    choices = bases(countries)
    totals = np.cumsum([base.weight for base in choices])
    drawn = np.searchsorted(totals, random.uniform(size=aircraft) * totals[-1], side="right")
    owners = [choices[choice] for choice in drawn]
    kind = np.array([owner.type for owner in owners], dtype=np.int64)
    home = np.array([owner.airport for owner in owners], dtype=np.int64)
    schedule = make_schedule(kind, home, random)

    light = aircraft_types().visual
    register = Register(seed)
    identities = []
    for owner in owners:
        state = registering_state(owner.country)
        assert state is not None, f"{owner.country} has bases but no register"
        identities.append(register.enter(state, light=bool(light[owner.type])))
    mine = np.flatnonzero([replica_of(identity.icao24, replicas) == replica for identity in identities])
    return Fleet(
        number=mine,
        icao24=_names([identity.icao24 for identity in identities])[mine],
        registration=_names([identity.registration for identity in identities])[mine],
        designator=_names([owner.designator for owner in owners])[mine],
        operator=_names([owner.operator for owner in owners])[mine],
        origin_country=_names([identity.country for identity in identities])[mine],
        type=kind[mine],
        home=home[mine],
        flight_pair=_first_flight_pairs(owners)[mine],
        phase=unit_hash(8, np.array([int(identity.icao24, 16) for identity in identities])[mine]),
        schedule=Schedule(*(getattr(schedule, name)[mine] for name in Schedule.__dataclass_fields__)),
    )


def _names(values: list[str]) -> Names:
    return np.array(values, dtype=object)


def _first_flight_pairs(owners: list[Base]) -> Ints:
    """Return how many aircraft of the same airline precede each one in the fleet."""
    seen: dict[str, int] = {}
    result = np.zeros(len(owners), dtype=np.int64)
    for row, owner in enumerate(owners):
        result[row] = seen.get(owner.designator, 0)
        seen[owner.designator] = result[row] + 1
    return result
