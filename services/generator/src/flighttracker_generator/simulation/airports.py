"""The airports that ship with this package, as columns.

Pure and read once. `scripts/make_airports.py` creates the file. It has no runway directions, so each airport has one
runway whose direction follows from its code. `fleet` and `legs` use the airports.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cache

import numpy as np

from flighttracker_generator.simulation.aircraft_types import METRES_PER_FOOT
from flighttracker_generator.simulation.arrays import Floats, Names
from flighttracker_generator.simulation.routes import unit_vectors
from flighttracker_generator.simulation.tables import read_table


@dataclass(frozen=True)
class Airports:
    """One entry of each column for each airport.

    Attributes:
        icao: ICAO location indicators.
        iata: IATA codes.
        country: ISO 3166 alpha-2 codes.
        location: unit vectors from the centre of the earth, shape (n, 3).
        longitude_deg: degrees east; local solar time follows from it.
        elevation_m: metres above mean sea level.
        runway_deg: direction of the runway, 0 to 180 degrees clockwise from true north.
        passengers_m: millions of passengers a year, the weight of the traffic.
    """

    icao: Names
    iata: Names
    country: Names
    location: Floats
    longitude_deg: Floats
    elevation_m: Floats
    runway_deg: Floats
    passengers_m: Floats


@cache
def airports() -> Airports:
    """Return the airports that ship with this package, sorted by ICAO code."""
    rows = read_table("airports")
    latitude_deg = np.array([float(row["latitude_deg"]) for row in rows])
    longitude_deg = np.array([float(row["longitude_deg"]) for row in rows])
    return Airports(
        icao=np.array([row["icao"] for row in rows], dtype=object),
        iata=np.array([row["iata"] for row in rows], dtype=object),
        country=np.array([row["country"] for row in rows], dtype=object),
        location=unit_vectors(latitude_deg, longitude_deg),
        longitude_deg=longitude_deg,
        elevation_m=np.array([float(row["elevation_ft"]) for row in rows]) * METRES_PER_FOOT,
        runway_deg=np.array([zlib.crc32(row["icao"].encode()) % 18 * 10.0 for row in rows]),
        passengers_m=np.array([float(row["passengers_m"]) for row in rows]),
    )
