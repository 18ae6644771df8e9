"""`Traffic`: the positions of a simulated fleet at a given time. The simulated source calls it at each step.

Pure: the result depends only on the fleet and the time. `Traffic` caches the path and profile of each aircraft's
current flight, and computes them when the flight begins. 20,000 aircraft cost about 20 ms as columns.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from flighttracker.flight import STATUSES, FlightPosition, FlightStatus
from flighttracker.reports import NO_SQUAWK, Reports
from flighttracker_generator.position_batch import PositionBatch
from flighttracker_generator.simulation.aircraft_types import aircraft_types
from flighttracker_generator.simulation.airports import airports
from flighttracker_generator.simulation.arrays import Floats, Ints, hash64, unit_hash
from flighttracker_generator.simulation.callsigns import callsign, squawk
from flighttracker_generator.simulation.fleet import Fleet
from flighttracker_generator.simulation.legs import Journeys, prepare
from flighttracker_generator.simulation.motion import (
    CLIMB_OUT,
    CRUISE,
    CRUISE_ON,
    LANDING_ROLL,
    PARKED,
    PHASES,
    PUSH,
    TAXI_IN,
    Profiles,
)
from flighttracker_generator.simulation.routes import Paths
from flighttracker_generator.simulation.schedule import LEGS

SOURCE: Final = "simulated"
ADDRESS_TYPE: Final = "simulated"
_FLIGHTS_PER_EMERGENCY: Final = 10_000


def _status_of(phase: int) -> FlightStatus:
    if phase < PUSH:
        return "scheduled"
    if phase < CLIMB_OUT or TAXI_IN <= phase < PARKED:
        return "taxiing"
    if phase < CRUISE:
        return "climbing"
    if phase <= CRUISE_ON:
        return "cruising"
    return "descending" if phase < LANDING_ROLL else "landed"


_STATUS: Final = np.array([STATUSES.index(_status_of(phase)) for phase in range(PHASES)])
_EMERGENCY: Final = STATUSES.index("emergency")


class Traffic:
    """A fleet in motion."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        count = len(fleet.number)
        self._paths, self._profiles = Paths.empty(count), Profiles.empty(count)
        self._flight = np.full(count, -1, dtype=np.int64)
        self._type = np.asarray(aircraft_types().designator[fleet.type])
        self._category = np.asarray(aircraft_types().category[fleet.type])
        self._callsign, self._origin, self._destination = (np.full(count, "", dtype=object) for _ in range(3))
        self._squawk, self._emergency_squawk = (np.full(count, NO_SQUAWK) for _ in range(2))
        self._geometric_factor = np.ones(count)

    def due(self, since_ms: int, now_ms: int, interval_s: float) -> Ints:
        """Return the rows of the aircraft that report after `since_ms`, up to `now_ms`.

        Each aircraft reports once per interval. Reports are spread evenly over the interval.
        """
        offset = self._fleet.phase
        then, now = since_ms / 1000.0 / interval_s, now_ms / 1000.0 / interval_s
        return np.flatnonzero(np.floor(now - offset) > np.floor(then - offset))

    def batch(self, rows: Ints, now_ms: int, source: str = SOURCE) -> PositionBatch:
        """Return the positions of some aircraft at a time, as columns."""
        reports = self._reports(rows, now_ms)
        return PositionBatch(
            rows,
            self._flight[rows],
            reports,
            source,
            now_ms,
            lambda places: self._positions(rows[places], reports.take(places), source),
        )

    def positions(self, rows: Ints, now_ms: int) -> list[FlightPosition]:
        """Return the positions of some aircraft at a time."""
        return list(self.batch(rows, now_ms))

    def _reports(self, rows: Ints, now_ms: int) -> Reports:
        moment = self._profiles.at(rows, self._advance(rows, now_ms / 1000.0))
        latitude_deg, longitude_deg, track_deg = self._paths.at(rows, moment.flown_m)
        status, code, emergency = _STATUS[moment.phase], self._squawk[rows], self._emergency_squawk[rows]
        urgent = (emergency != NO_SQUAWK) & (moment.phase >= CRUISE) & (moment.phase <= LANDING_ROLL)
        status[urgent], code[urgent] = _EMERGENCY, emergency[urgent]
        altitude_m = moment.altitude_m
        geo_altitude_m = altitude_m * self._geometric_factor[rows]
        times = np.full(len(rows), now_ms)
        return Reports(
            latitude_deg,
            longitude_deg,
            np.stack((altitude_m, geo_altitude_m, moment.speed_mps, track_deg, moment.vertical_rate_mps)),
            (moment.phase < CLIMB_OUT) | (moment.phase >= LANDING_ROLL),
            code,
            status,
            times,
            times,
        )

    def _positions(self, rows: Ints, reports: Reports, source: str) -> list[FlightPosition]:
        """Return positions of reports whose quantities are all known, as those of the simulation are."""
        fleet = self._fleet
        count = len(rows)
        columns: list[list[object]] = [
            fleet.icao24[rows].tolist(),
            self._callsign[rows].tolist(),
            fleet.registration[rows].tolist(),
            self._type[rows].tolist(),
            fleet.operator[rows].tolist(),
            fleet.origin_country[rows].tolist(),
            self._origin[rows].tolist(),
            self._destination[rows].tolist(),
            self._category[rows].tolist(),
            [ADDRESS_TYPE] * count,
            reports.latitude_deg.tolist(),
            reports.longitude_deg.tolist(),
            *reports.quantities.tolist(),
            reports.on_ground.tolist(),
            [f"{code:04o}" for code in reports.squawk.tolist()],
            [STATUSES[status] for status in reports.status.tolist()],
            reports.position_time_ms.tolist(),
            reports.last_contact_ms.tolist(),
            [source] * count,
        ]
        return list(map(FlightPosition, *columns))

    def _advance(self, rows: Ints, now_s: float) -> Floats:
        """Update the cached flights of some aircraft; return the time since each leg began, in seconds."""
        schedule = self._fleet.schedule
        since_s = now_s - schedule.anchor_s[rows]
        rotation = np.floor(since_s / schedule.period_s[rows])
        since_s -= rotation * schedule.period_s[rows]
        starts = schedule.leg_start_s[rows]
        leg = np.sum(since_s[:, None] >= starts, axis=1) - 1
        flight = rotation.astype(np.int64) * LEGS + leg
        changed = np.flatnonzero(flight != self._flight[rows])
        if len(changed):
            self._flight[rows[changed]] = flight[changed]
            self._begin(rows[changed], leg[changed], flight[changed])
        return np.asarray(since_s - starts[np.arange(len(rows)), leg])

    def _begin(self, rows: Ints, leg: Ints, flight: Ints) -> None:
        """Prepare the current flights of these aircraft."""
        fleet, fields, types = self._fleet, airports(), aircraft_types()
        back = leg % 2 == 1
        outstation = fleet.schedule.outstations[rows, leg // 2]
        origin = np.where(back, outstation, fleet.home[rows])
        destination = np.where(back, fleet.home[rows], outstation)
        number = fleet.number[rows]
        paths, profiles = prepare(
            Journeys(number, leg, fleet.type[rows], origin, destination, fleet.schedule.wait_s[rows, leg])
        )
        self._paths.put(rows, paths)
        self._profiles.put(rows, profiles)
        self._origin[rows], self._destination[rows] = fields.icao[origin], fields.icao[destination]
        self._geometric_factor[rows] = 0.995 + 0.04 * unit_hash(5, number, flight)
        codes = (hash64(6, number, flight) % np.uint64(4096)).tolist()
        urgency = hash64(7, number, flight) % np.uint64(_FLIGHTS_PER_EMERGENCY)
        self._emergency_squawk[rows] = np.where(urgency == 0, 0o7700, np.where(urgency == 1, 0o7600, NO_SQUAWK))
        for row, code, pair, returning in zip(rows.tolist(), codes, (leg // 2).tolist(), back.tolist(), strict=True):
            designator = fleet.designator[row]
            self._callsign[row] = callsign(
                designator, fleet.registration[row], int(fleet.flight_pair[row]) * 6 + pair, back=returning
            )
            visual = bool(types.visual[fleet.type[row]])
            self._squawk[row] = int(squawk(code, visual=visual, country=fleet.origin_country[row]), 8)
