"""Converts positions to the integers of `frame.md` and back. Rounds half to even; unknown values are NULL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from flighttracker.flight import ADDRESS_TYPES, CATEGORIES, STATUSES, FlightPosition
from flighttracker.frame.layout import (
    AGE_MS,
    BARO_ALTITUDE,
    COLUMN_COUNT,
    CONTACT_LEAD,
    GEO_OFFSET,
    GROUND_SPEED,
    KINDS,
    LATITUDE,
    LONGITUDE,
    NAMES,
    NULL,
    POSITION_AGE,
    SQUAWK,
    STATUS,
    TEXTS,
    TRACK,
    VERTICAL_RATE,
    IdentityArray,
    IntArray,
)
from flighttracker.reports import NO_SQUAWK, Reports

DEGREE: Final = 1e-5
UNITS_PER_DEGREE: Final = 100_000
"""Units of latitude and longitude in a degree: 1 / `DEGREE`, exactly."""
ALTITUDE_M: Final = 25 * 0.3048
SPEED_MPS: Final = 1852 / 3600
TRACK_DEG: Final = 0.1
VERTICAL_RATE_MPS: Final = 64 * 0.3048 / 60

_YOUNGEST: Final = -600
_LARGEST: Final = 32767
ON_GROUND: Final = 16
"""Bit of the status column."""
_STATUS_OF_NUMBER: Final = (*STATUSES, *["unknown"] * (16 - len(STATUSES)))
WORDS_OF_KIND: Final = {
    kind: (*words, *["unknown"] * (256 - len(words)))
    for kind, words in zip(KINDS, (CATEGORIES, ADDRESS_TYPES), strict=True)
}
"""The word for each number of a category and an address type; a newer program may send numbers without one."""
NUMBERS_OF_KIND: Final[dict[str, dict[str, int]]] = {
    kind: {word: number for number, word in enumerate(words)}
    for kind, words in zip(KINDS, (CATEGORIES, ADDRESS_TYPES), strict=True)
}


def dynamic_columns(reports: Reports) -> npt.NDArray[np.int32]:
    """Return the dynamic columns of reports that are `within_ranges`, shape (11, n), int32, with ages of 0."""
    baro, geo, speed, track, rate = reports.quantities
    times = reports.position_time_ms
    dynamic = np.empty((COLUMN_COUNT, len(times)), np.int32)
    dynamic[LATITUDE] = np.rint(reports.latitude_deg / DEGREE)
    dynamic[LONGITUDE] = np.rint(reports.longitude_deg / DEGREE)
    dynamic[BARO_ALTITUDE] = _steps(baro, ALTITUDE_M)
    dynamic[GROUND_SPEED] = _steps(speed, SPEED_MPS)
    dynamic[TRACK] = np.where((tenths := _steps(track, TRACK_DEG)) == 3600, 0, tenths)
    dynamic[VERTICAL_RATE] = _steps(rate, VERTICAL_RATE_MPS)
    dynamic[POSITION_AGE] = 0
    dynamic[CONTACT_LEAD] = np.clip(np.rint((reports.last_contact_ms - times) / AGE_MS), -_LARGEST, _LARGEST)
    above = np.where(dynamic[BARO_ALTITUDE] == NULL, 0, dynamic[BARO_ALTITUDE])
    geo_steps = _steps(geo, ALTITUDE_M)
    dynamic[GEO_OFFSET] = np.where(geo_steps == NULL, NULL, geo_steps - above)
    dynamic[SQUAWK] = np.where(reports.squawk == NO_SQUAWK, NULL, reports.squawk)
    dynamic[STATUS] = reports.status | reports.on_ground.astype(np.int32) * ON_GROUND
    return dynamic


def age_of(position_time_ms: npt.NDArray[np.int64], tick_time_ms: int) -> npt.NDArray[np.int32]:
    """Return the column `position_age` for position times in a frame of `tick_time_ms`."""
    return np.clip(np.rint((tick_time_ms - position_time_ms) / AGE_MS), _YOUNGEST, _LARGEST).astype(np.int32)


def _steps(values: npt.NDArray[np.float64], step: float) -> npt.NDArray[np.int32]:
    numbers = values / step
    return np.where(np.isnan(numbers), NULL, np.rint(numbers)).astype(np.int32)


def positions_of(
    identities: IdentityArray,
    names: Sequence[str],
    dynamic: IntArray,
    position_time_ms: IntArray,
) -> list[FlightPosition]:
    """Return the positions in n slots, with the precision of a frame.

    Columns are converted as a whole, which takes a tenth of the time of converting value by value.

    Args:
        identities: the aircraft, dtype `IDENTITY`.
        names: the table that `identities` has indexes of.
        dynamic: the eleven integers of each slot, shape (11, n).
        position_time_ms: when each position was measured, milliseconds since 1970.
    """
    baro, offset, status = dynamic[BARO_ALTITUDE], dynamic[GEO_OFFSET], dynamic[STATUS]
    geo = np.where(offset == NULL, NULL, offset + np.where(baro == NULL, 0, baro))
    texts = [identities[field].astype("U").tolist() for field, _ in TEXTS]
    operator, origin_country, source = ([names[number] for number in identities[field].tolist()] for field in NAMES)
    columns = (
        [f"{address:06x}" for address in identities["icao24"].tolist()],
        *texts[:3],
        operator,
        origin_country,
        *texts[3:],
        *([words[number] for number in identities[kind].tolist()] for kind, words in WORDS_OF_KIND.items()),
        _rounded(dynamic[LATITUDE], DEGREE, 5).tolist(),
        _rounded(dynamic[LONGITUDE], DEGREE, 5).tolist(),
        _quantities(baro, ALTITUDE_M, 2),
        _quantities(geo, ALTITUDE_M, 2),
        _quantities(dynamic[GROUND_SPEED], SPEED_MPS, 2),
        _quantities(dynamic[TRACK], TRACK_DEG, 1),
        _quantities(dynamic[VERTICAL_RATE], VERTICAL_RATE_MPS, 2),
        ((status & ON_GROUND) != 0).tolist(),
        ["" if code == NULL else f"{code:04o}" for code in dynamic[SQUAWK].tolist()],
        [_STATUS_OF_NUMBER[number] for number in (status & 15).tolist()],
        position_time_ms.tolist(),
        (position_time_ms + dynamic[CONTACT_LEAD].astype(np.int64) * AGE_MS).tolist(),
        source,
    )
    return list(map(FlightPosition, *columns))


def _rounded(steps: IntArray, step: float, digits: int) -> npt.NDArray[np.float64]:
    # Dividing an integer gives the float that is nearest to the decimal, so it is printed with few digits.
    return np.asarray(np.rint(steps * (step * 10**digits)) / 10**digits, np.float64)


def _quantities(steps: IntArray, step: float, digits: int) -> list[float | None]:
    values: list[float | None] = _rounded(steps, step, digits).tolist()
    for place in np.flatnonzero(steps == NULL).tolist():
        values[place] = None
    return values
