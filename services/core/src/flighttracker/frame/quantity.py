"""Converts positions to the integers of `frame.md` and back. Rounds half to even; unknown values are NULL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from flighttracker.flight import STATUSES, FlightPosition
from flighttracker.frame.layout import (
    AGE_MS,
    BARO_ALTITUDE,
    COLUMN_COUNT,
    CONTACT_LEAD,
    GEO_OFFSET,
    GROUND_SPEED,
    LATITUDE,
    LONGITUDE,
    NULL,
    POSITION_AGE,
    SQUAWK,
    STATUS,
    TRACK,
    VERTICAL_RATE,
)

DEGREE: Final = 1e-5
UNITS_PER_DEGREE: Final = 100_000
"""Units of latitude and longitude in a degree: 1 / `DEGREE`, exactly."""
ALTITUDE_M: Final = 25 * 0.3048
SPEED_MPS: Final = 1852 / 3600
TRACK_DEG: Final = 0.1
VERTICAL_RATE_MPS: Final = 64 * 0.3048 / 60

_YOUNGEST: Final = -600
_LARGEST: Final = 32767
_ON_GROUND: Final = 16
_STATUS_NUMBER: Final = {status: number for number, status in enumerate(STATUSES)}


def dynamic_of(positions: Sequence[FlightPosition], tick_time_ms: int) -> npt.NDArray[np.int32]:
    """Return the dynamic columns of positions that passed `refuse_out_of_range`, shape (11, n), int32.

    Args:
        positions: n positions.
        tick_time_ms: time of the frame, from which ages are counted.
    """
    dynamic = np.empty((COLUMN_COUNT, len(positions)), np.int32)
    if not positions:
        return dynamic
    (latitude, longitude, baro, geo, speed, track, rate, on_ground, squawk, status, position_time, last_contact) = zip(
        *[
            (
                p.latitude_deg,
                p.longitude_deg,
                p.baro_altitude_m,
                p.geo_altitude_m,
                p.ground_speed_mps,
                p.track_deg,
                p.vertical_rate_mps,
                p.on_ground,
                p.squawk,
                p.status,
                p.position_time,
                p.last_contact,
            )
            for p in positions
        ],
        strict=True,
    )
    dynamic[LATITUDE] = np.rint(np.array(latitude, np.float64) / DEGREE)
    dynamic[LONGITUDE] = np.rint(np.array(longitude, np.float64) / DEGREE)
    dynamic[BARO_ALTITUDE] = _steps(baro, ALTITUDE_M)
    dynamic[GROUND_SPEED] = _steps(speed, SPEED_MPS)
    dynamic[TRACK] = np.where((tenths := _steps(track, TRACK_DEG)) == 3600, 0, tenths)
    dynamic[VERTICAL_RATE] = _steps(rate, VERTICAL_RATE_MPS)
    times = np.array(position_time, np.int64)
    dynamic[POSITION_AGE] = age_of(times, tick_time_ms)
    dynamic[CONTACT_LEAD] = np.clip(np.rint((np.array(last_contact, np.int64) - times) / AGE_MS), -_LARGEST, _LARGEST)
    above = np.where(dynamic[BARO_ALTITUDE] == NULL, 0, dynamic[BARO_ALTITUDE])
    geo_steps = _steps(geo, ALTITUDE_M)
    dynamic[GEO_OFFSET] = np.where(geo_steps == NULL, NULL, geo_steps - above)
    dynamic[SQUAWK] = [int(code, 8) if code else NULL for code in squawk]
    dynamic[STATUS] = [_STATUS_NUMBER[word] for word in status]
    dynamic[STATUS] |= np.array(on_ground, np.int32) * _ON_GROUND
    return dynamic


def age_of(position_time_ms: npt.NDArray[np.int64], tick_time_ms: int) -> npt.NDArray[np.int32]:
    """Return the column `position_age` for position times in a frame of `tick_time_ms`."""
    return np.clip(np.rint((tick_time_ms - position_time_ms) / AGE_MS), _YOUNGEST, _LARGEST).astype(np.int32)


def _steps(values: Sequence[float | None], step: float) -> npt.NDArray[np.int32]:
    numbers = np.array(values, np.float64) / step
    return np.where(np.isnan(numbers), NULL, np.rint(numbers)).astype(np.int32)


def position_of(
    icao24: int, texts: Sequence[str], names: Sequence[str], dynamic: Sequence[int], position_time_ms: int
) -> FlightPosition:
    """Return the position in a slot, with the precision of a frame.

    Args:
        icao24: the 24-bit address.
        texts: callsign, registration, aircraft type, origin, destination.
        names: operator, origin country, source.
        dynamic: the eleven integers of the slot.
        position_time_ms: when the position was measured, milliseconds since 1970.
    """
    baro = dynamic[BARO_ALTITUDE]
    above = 0 if baro == NULL else baro
    return FlightPosition(
        icao24=f"{icao24:06x}",
        callsign=texts[0],
        registration=texts[1],
        aircraft_type=texts[2],
        operator=names[0],
        origin_country=names[1],
        origin=texts[3],
        destination=texts[4],
        latitude_deg=round(dynamic[LATITUDE] * DEGREE, 5),
        longitude_deg=round(dynamic[LONGITUDE] * DEGREE, 5),
        baro_altitude_m=_quantity(baro, ALTITUDE_M, 2),
        geo_altitude_m=None if dynamic[GEO_OFFSET] == NULL else round((dynamic[GEO_OFFSET] + above) * ALTITUDE_M, 2),
        ground_speed_mps=_quantity(dynamic[GROUND_SPEED], SPEED_MPS, 2),
        track_deg=_quantity(dynamic[TRACK], TRACK_DEG, 1),
        vertical_rate_mps=_quantity(dynamic[VERTICAL_RATE], VERTICAL_RATE_MPS, 2),
        on_ground=bool(dynamic[STATUS] & _ON_GROUND),
        squawk="" if dynamic[SQUAWK] == NULL else f"{dynamic[SQUAWK]:04o}",
        status=STATUSES[number] if (number := dynamic[STATUS] & 15) < len(STATUSES) else "unknown",
        position_time=position_time_ms,
        last_contact=position_time_ms + dynamic[CONTACT_LEAD] * AGE_MS,
        source=names[2],
    )


def _quantity(steps: int, step: float, digits: int) -> float | None:
    return None if steps == NULL else round(steps * step, digits)
