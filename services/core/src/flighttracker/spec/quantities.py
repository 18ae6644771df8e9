"""Quantities and durations as numbers: "500m" is half a core, "1Ki" is 1,024 bytes, "7d" is 604,800 seconds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Final

_UNITS: Final[Mapping[str, Decimal]] = {
    "": Decimal(1),
    "m": Decimal("0.001"),
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTP", start=1)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTP", start=1)},
}
_DURATION_UNITS_S: Final[Mapping[str, int]] = {"h": 3600, "d": 86_400, "w": 604_800}
_QUANTITY: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)([a-zA-Z]*)")


@lru_cache(maxsize=1024)
def in_units(quantity: str) -> Decimal:
    """Return a quantity as a number of cores or bytes.

    Raises:
        ValueError: not a quantity. The pattern of the field rejects such a value before.
    """
    match = _QUANTITY.fullmatch(quantity)
    if match is None or match[2] not in _UNITS:
        raise ValueError(f"{quantity!r} is not a Kubernetes quantity")
    return Decimal(match[1]) * _UNITS[match[2]]


def in_seconds(duration: str) -> int:
    """Return a duration in hours, days or weeks ("12h", "7d", "8w") as seconds.

    Raises:
        ValueError: not a duration. The pattern of the field rejects such a value before.
    """
    unit_s = _DURATION_UNITS_S.get(duration[-1:])
    if unit_s is None:
        raise ValueError(f"{duration!r} is not a duration")
    return int(duration[:-1]) * unit_s
