"""The operators of simulated aircraft: airlines with hubs and fleets, and the private flights of each country.

Pure. A *base* is an operator with one aircraft type at one airport. Each base has a weight. A country without an
airline in the data has charter bases at its largest airports. `fleet` draws the aircraft from the bases.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from flighttracker.errors import StartError
from flighttracker_generator.simulation.aircraft_types import aircraft_types
from flighttracker_generator.simulation.airports import Airports, airports
from flighttracker_generator.simulation.arrays import Flags, Floats, Ints
from flighttracker_generator.simulation.routes import distance_m
from flighttracker_generator.simulation.states import registering_state
from flighttracker_generator.simulation.tables import read_table

PRIVATE_SHARE: Final = 0.09
"""Number of private aircraft per airliner, worldwide."""
PRIVATE_TYPES: Final = {
    "C172": 16, "P28A": 8, "SR22": 9, "DA42": 4, "BE36": 4, "C208": 5, "PC12": 9, "B350": 7, "EC35": 5, "AS50": 4,
    "R44": 4, "AS21": 2, "DG80": 2, "C25B": 6, "E55P": 6, "C56X": 8, "CL35": 6, "GLF6": 5, "GLEX": 4,
}  # fmt: skip
CHARTER_TYPES: Final = {"AT76": 3, "E190": 2, "B738": 2}
_PRIVATE_FLYING: Final = {
    "US": 100, "CA": 12, "GB": 12, "DE": 14, "FR": 14, "AU": 12, "BR": 12, "IT": 5, "ES": 4, "CH": 5, "AT": 3,
    "NL": 3, "SE": 3, "NO": 3, "NZ": 4, "ZA": 4, "MX": 4, "AR": 3, "PL": 3, "CZ": 3,
}  # fmt: skip
"""Relative amount of private flights by country; 1 for all others."""


SMALLEST_SERVED_M: Final = 0.3
"""Airliners fly only to airports with this many million passengers a year, other aircraft to all."""


class Base(NamedTuple):
    """One operator's aircraft of one type at one airport; `designator` is empty for private and charter flying."""

    designator: str
    operator: str
    country: str
    airport: int
    type: int
    weight: float


class _Airline(NamedTuple):
    designator: str
    name: str
    country: str
    hubs: dict[str, float]
    fleet: dict[str, float]


def bases(countries: Mapping[str, float]) -> list[Base]:
    """Return bases with their weights, which add up to 1.

    Args:
        countries: weight of the traffic by ISO code; empty for the whole world with realistic weights. Otherwise only
            operators of these countries fly, from airports in their own country.

    Raises:
        StartError: a country has no airport where aircraft can be based, or no weight is above zero.
    """
    chosen = []
    if not countries:
        chosen = _every_base()
    else:
        at_home: dict[str, list[Base]] = {}
        for base in _every_base():
            if airports().country[base.airport] == base.country:
                at_home.setdefault(base.country, []).append(base)
        unknown = sorted(countries.keys() - at_home.keys())
        if unknown:
            raise StartError(
                f"no simulated aircraft can be based in {', '.join(unknown)}: name countries that have an airport "
                "and neighbouring airports, by ISO 3166 alpha-2 code"
            )
        for country, weight in sorted(countries.items()):
            within = sum(base.weight for base in at_home[country])
            chosen += [base._replace(weight=base.weight / within * weight) for base in at_home[country]]
    total = sum(base.weight for base in chosen)
    if total <= 0 or min(base.weight for base in chosen) < 0:
        raise StartError("the weights of the countries must not be negative, and one must be above zero")
    return [base._replace(weight=base.weight / total) for base in chosen]


@cache
def _every_base() -> list[Base]:
    """Return all bases; a weight is a number of aircraft."""
    fields, types = airports(), aircraft_types()
    place = {iata: row for row, iata in enumerate(fields.iata)}
    every = []
    for airline in _airlines():
        hubs_total = sum(airline.hubs.values())
        for iata, share in airline.hubs.items():
            for designator, count in airline.fleet.items():
                weight = count * share / hubs_total
                aircraft_type = types.index(designator)
                every.append(
                    Base(airline.designator, airline.name, airline.country, place[iata], aircraft_type, weight)
                )
    flown: dict[str, float] = {}
    for base in every:
        flown[base.country] = flown.get(base.country, 0.0) + base.weight
    airline_aircraft = sum(flown.values())
    private_flying = {country: _PRIVATE_FLYING.get(country, 1) for country in set(fields.country)}
    private_aircraft = airline_aircraft * PRIVATE_SHARE / sum(private_flying.values())
    near, far = _has_neighbours(fields)
    for country in sorted(private_flying):
        if registering_state(country) is None:
            continue
        rows = np.flatnonzero(fields.country == country)
        every += _shared_out(
            country,
            rows[near[rows]],
            PRIVATE_TYPES,
            private_aircraft * private_flying[country],
            np.zeros(len(fields.icao)),
        )
        if country not in flown:
            largest = rows[far[rows]][np.argsort(-fields.passengers_m[rows[far[rows]]], kind="stable")][:3]
            every += _shared_out(
                country, largest, CHARTER_TYPES, 2.0 * fields.passengers_m[largest].sum(), fields.passengers_m
            )
    return every


def _shared_out(country: str, rows: Ints, fleet: Mapping[str, float], aircraft: float, busy: Floats) -> list[Base]:
    """Return a base without a designator for each airport and type."""
    types = aircraft_types()
    shares = 1.0 + busy[rows]
    shares = shares / max(shares.sum(), 1.0)
    total = sum(fleet.values())
    return [
        Base("", "", country, int(row), types.index(designator), aircraft * float(share) * part / total)
        for row, share in zip(rows, shares, strict=True)
        for designator, part in fleet.items()
    ]


def _has_neighbours(fields: Airports) -> tuple[Flags, Flags]:
    """Return which airports have another one within a light aircraft's hop, and within an airliner's."""
    near, far = np.zeros(len(fields.icao), dtype=bool), np.zeros(len(fields.icao), dtype=bool)
    for row, location in enumerate(fields.location):
        metres = distance_m(fields.location, location)
        near[row] = bool(np.any((metres > 45_000.0) & (metres < 190_000.0)))
        far[row] = bool(np.any((metres > 200_000.0) & (metres < 1_200_000.0)))
    return near, far


def _airlines() -> list[_Airline]:
    return [
        _Airline(row["designator"], row["name"], row["country"], _weights(row["hubs"]), _weights(row["fleet"]))
        for row in read_table("airlines")
    ]


def _weights(text: str) -> dict[str, float]:
    return {name: float(weight) for name, _, weight in (word.partition(":") for word in text.split())}
