"""Where an aircraft is between two kept rows: it continues with the speed and track of the earlier one. Pure.

`writing` keeps a row when this errs by more than the tolerance, and `reading` shows what this returns.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

EARTH_RADIUS_M: Final = 6_371_008.8


def predict(
    latitude_deg: Floats, longitude_deg: Floats, ground_speed_mps: Floats, track_deg: Floats, elapsed_s: Floats
) -> tuple[Floats, Floats]:
    """Return latitudes and longitudes (n), degrees, after flying along a great circle.

    Args:
        latitude_deg: (n) degrees north.
        longitude_deg: (n) degrees east.
        ground_speed_mps: (n) NaN does not move.
        track_deg: (n) NaN does not move.
        elapsed_s: (n) seconds since the positions.
    """
    angle = np.nan_to_num(ground_speed_mps * elapsed_s / EARTH_RADIUS_M)
    track = np.radians(np.nan_to_num(track_deg))
    angle = np.where(np.isnan(track_deg), 0.0, angle)
    latitude = np.radians(latitude_deg)
    north, east = angle * np.cos(track), angle * np.sin(track)
    # The series of the great circle to the second order: within a metre for a minute of flight up to 80 degrees north.
    new_latitude = latitude + north - east * east * np.tan(latitude) / 2
    new_longitude = longitude_deg + np.degrees(east / np.cos(latitude) * (1 + north * np.tan(latitude)))
    return np.clip(np.degrees(new_latitude), -90.0, 90.0), (new_longitude + 180.0) % 360.0 - 180.0


def distance_m(
    latitude_deg: Floats, longitude_deg: Floats, other_latitude_deg: Floats, other_longitude_deg: Floats
) -> Floats:
    """Return the distances (n) between places that are near each other, metres."""
    north = other_latitude_deg - latitude_deg
    east = (other_longitude_deg - longitude_deg + 180.0) % 360.0 - 180.0
    scale = np.cos(np.radians((latitude_deg + other_latitude_deg) / 2))
    distance: Floats = np.radians(np.hypot(north, east * scale)) * EARTH_RADIUS_M
    return distance
