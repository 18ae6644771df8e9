"""Performance of aircraft types: speeds, climb rates, levels and ranges, as columns in SI units.

Pure and read once. The figures are typical values of each type in service, not those of its certificate. The file has
them in knots, feet and nautical miles, as published. `motion` and `schedule` use them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from flighttracker_generator.simulation.arrays import Flags, Floats, Names
from flighttracker_generator.simulation.tables import read_table

MPS_PER_KNOT: Final = 1852.0 / 3600.0
MPS_PER_FPM: Final = 0.3048 / 60.0
METRES_PER_FOOT: Final = 0.3048
METRES_PER_NAUTICAL_MILE: Final = 1852.0


@dataclass(frozen=True)
class AircraftTypes:
    """One entry of each column for each type; speeds over ground without wind.

    Attributes:
        designator: ICAO type designators (Doc 8643).
        kind: jet, turboprop, piston, helicopter or glider.
        category: emitter category, which follows from the greatest mass at take-off.
        visual: True for types that fly by visual rules: VFR levels and squawk.
        cruise_mps: at the optimum level.
        climb_mps: when the first climb is over.
        approach_mps: on final approach.
        rotate_mps: at the end of the take-off roll.
        low_climb_mps: climb rate below FL100.
        middle_climb_mps: climb rate from FL115 to FL240.
        high_climb_mps: climb rate above FL240.
        descent_mps: rate of descent, positive.
        cruise_m: optimum level.
        ceiling_m: highest level.
        range_m: longest flight.
        typical_m: most common length of a flight.
        turnaround_s: shortest usual time between two flights.
    """

    designator: Names
    kind: Names
    category: Names
    visual: Flags
    cruise_mps: Floats
    climb_mps: Floats
    approach_mps: Floats
    rotate_mps: Floats
    low_climb_mps: Floats
    middle_climb_mps: Floats
    high_climb_mps: Floats
    descent_mps: Floats
    cruise_m: Floats
    ceiling_m: Floats
    range_m: Floats
    typical_m: Floats
    turnaround_s: Floats

    def index(self, designator: str) -> int:
        """Return the row of a type."""
        return _rows()[designator]


@cache
def aircraft_types() -> AircraftTypes:
    """Return the types that ship with this package."""
    rows = read_table("aircraft_types")

    def column(name: str, unit: float) -> Floats:
        return np.array([float(row[name]) for row in rows]) * unit

    kind = np.array([row["kind"] for row in rows], dtype=object)
    return AircraftTypes(
        designator=np.array([row["designator"] for row in rows], dtype=object),
        kind=kind,
        category=np.array([row["category"] for row in rows], dtype=object),
        visual=np.isin(kind.astype(str), ["piston", "helicopter", "glider"]),
        cruise_mps=column("cruise_kt", MPS_PER_KNOT),
        climb_mps=column("climb_kt", MPS_PER_KNOT),
        approach_mps=column("approach_kt", MPS_PER_KNOT),
        rotate_mps=column("rotate_kt", MPS_PER_KNOT),
        low_climb_mps=column("low_climb_fpm", MPS_PER_FPM),
        middle_climb_mps=column("middle_climb_fpm", MPS_PER_FPM),
        high_climb_mps=column("high_climb_fpm", MPS_PER_FPM),
        descent_mps=column("descent_fpm", MPS_PER_FPM),
        cruise_m=column("cruise_ft", METRES_PER_FOOT),
        ceiling_m=column("ceiling_ft", METRES_PER_FOOT),
        range_m=column("range_nm", METRES_PER_NAUTICAL_MILE),
        typical_m=column("typical_nm", METRES_PER_NAUTICAL_MILE),
        turnaround_s=column("turnaround_min", 60.0),
    )


@cache
def _rows() -> dict[str, int]:
    return {designator: row for row, designator in enumerate(aircraft_types().designator)}
