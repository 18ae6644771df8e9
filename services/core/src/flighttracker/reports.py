"""`Reports`: what many positions say about the flights, as columns, without who the aircraft are. Pure.

`avro_columns` reads and writes them, `frame.quantity` converts them to the integers of a frame. Rows that
`within_ranges` leaves out go through `refuse_out_of_range`, which names the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from flighttracker.flight import FUTURE_TOLERANCE_MS, NUMBER_RANGES, STATUSES, FlightPosition

Ints = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NO_SQUAWK: Final = -1
QUANTITIES: Final = ("baro_altitude_m", "geo_altitude_m", "ground_speed_mps", "track_deg", "vertical_rate_mps")
"""Fields that may be unknown, in the order of the schema."""
_STATUS_NUMBER: Final = {status: number for number, status in enumerate(STATUSES)}


class Reports(NamedTuple):
    """n reports.

    Attributes:
        latitude_deg: (n) degrees north.
        longitude_deg: (n) degrees east.
        quantities: (5, n) `QUANTITIES`; NaN is unknown.
        on_ground: (n) whether it reports surface positions.
        squawk: (n) the code as a number; `NO_SQUAWK` is unknown.
        status: (n) index of `STATUSES`.
        position_time_ms: (n) milliseconds since 1970.
        last_contact_ms: (n) milliseconds since 1970.
    """

    latitude_deg: Floats
    longitude_deg: Floats
    quantities: Floats
    on_ground: Bools
    squawk: Ints
    status: Ints
    position_time_ms: Ints
    last_contact_ms: Ints

    def take(self, rows: Ints | Bools | slice) -> Reports:
        """Return the reports of some rows."""
        return Reports._make(column[..., rows] for column in self)


def reports_of(positions: Sequence[FlightPosition]) -> Reports:
    """Return the reports in positions that passed `refuse_out_of_range`."""
    rows = [
        (
            p.latitude_deg,
            p.longitude_deg,
            p.baro_altitude_m,
            p.geo_altitude_m,
            p.ground_speed_mps,
            p.track_deg,
            p.vertical_rate_mps,
            p.on_ground,
            int(p.squawk, 8) if p.squawk else NO_SQUAWK,
            _STATUS_NUMBER[p.status],
            p.position_time,
            p.last_contact,
        )
        for p in positions
    ]
    latitude, longitude, baro, geo, speed, track, rate, on_ground, squawk, status, position_time, last_contact = (
        zip(*rows, strict=True) if rows else ((),) * 12
    )
    return Reports(
        np.array(latitude, np.float64),
        np.array(longitude, np.float64),
        np.array((baro, geo, speed, track, rate), np.float64),
        np.array(on_ground, np.bool_),
        np.array(squawk, np.int32),
        np.array(status, np.int32),
        np.array(position_time, np.int64),
        np.array(last_contact, np.int64),
    )


@np.errstate(invalid="ignore")
def within_ranges(reports: Reports, now_ms: int | Ints, oldest_ms: int | Ints) -> Bools:
    """Return which reports (n) have only values that `refuse_out_of_range` accepts.

    Args:
        reports: n reports; an unknown quantity is NaN.
        now_ms: the consumer's time, or one for each report (n), milliseconds since 1970.
        oldest_ms: positions from before this time are out of range, or (n), milliseconds since 1970.
    """
    times = reports.position_time_ms
    passed = (times <= now_ms + FUTURE_TOLERANCE_MS) & (times > 0) & (times >= oldest_ms)
    for field, values in (("latitude_deg", reports.latitude_deg), ("longitude_deg", reports.longitude_deg)):
        lowest, highest = NUMBER_RANGES[field]
        passed &= (values >= lowest) & (values <= highest)
    for field, values in zip(QUANTITIES, reports.quantities, strict=True):
        lowest, highest = NUMBER_RANGES[field]
        passed &= ~((values < lowest) | (values > highest))
    return passed
