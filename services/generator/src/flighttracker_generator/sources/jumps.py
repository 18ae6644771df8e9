"""Detects jumps: positions that an aircraft cannot reach from its previous one. Pure; `timeline` uses it.

Jamming, spoofing, decoding errors and shared addresses cause such positions.
"""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import Final

FASTEST_MPS: Final = 1_500.0
"""Faster than every aircraft that reports positions, and the limit of `ground_speed_mps`."""
INACCURACY_M: Final = 5_000.0
"""Greatest distance between two correct positions of the same time: multilateration, times in whole seconds."""
EARTH_RADIUS_M: Final = 6_371_000.0


def can_reach(from_deg: tuple[float, float], to_deg: tuple[float, float], elapsed_ms: int) -> bool:
    """Whether the distance between two positions can be flown in a time.

    Args:
        from_deg: latitude and longitude.
        to_deg: latitude and longitude.
        elapsed_ms: from the first position to the second; its sign does not matter.
    """
    from_latitude, to_latitude = radians(from_deg[0]), radians(to_deg[0])
    half_north = sin((to_latitude - from_latitude) / 2)
    half_east = sin(radians(to_deg[1] - from_deg[1]) / 2)
    haversine = half_north * half_north + cos(from_latitude) * cos(to_latitude) * half_east * half_east
    distance_m = 2 * EARTH_RADIUS_M * asin(min(sqrt(haversine), 1.0))
    return distance_m <= INACCURACY_M + FASTEST_MPS * abs(elapsed_ms) / 1000
