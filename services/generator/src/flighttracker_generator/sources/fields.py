"""Turns what real sources say of an aircraft into the values of a `FlightPosition`.

Pure. Text is trimmed and cut to what the record allows; numbers keep their value, because ranges are the consumer's
validation, and become None when they are something else. The status, which no source sends, follows from the rest.
"""

from __future__ import annotations

from typing import Final

from flighttracker.flight import EMERGENCY_SQUAWKS, NAME_BYTES, FlightStatus

LEVEL_MPS: Final = 1.5
"""About 300 ft/min: less is turbulence."""
MOVING_MPS: Final = 1.5
_LARGEST: Final = 1e15
"""Far beyond every quantity and time; what is larger would overflow where it is converted."""


def text(value: object, characters: int) -> str:
    """Return printable ASCII without spaces around it, at most so many characters; empty when it is no text."""
    if not isinstance(value, str):
        return ""
    return "".join(character for character in value if " " <= character <= "~").strip()[:characters].rstrip()


def name(value: object) -> str:
    """Return a name without spaces around it, cut to what a record allows; empty when it is no text."""
    if not isinstance(value, str):
        return ""
    # Lone surrogates cannot be written as UTF-8, and a cut may split a character: both are left out.
    return value.strip().encode(errors="ignore")[:NAME_BYTES].decode(errors="ignore").rstrip()


def number(value: object) -> float | None:
    """Return a number, which may be an integer in the answer, or None when it is something else or infinite."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > _LARGEST:
        return None
    return float(value)


def status_of(
    *,
    on_ground: bool,
    ground_speed_mps: float | None,
    altitude_m: float | None,
    vertical_rate_mps: float | None,
    squawk: str,
) -> FlightStatus:
    """Return the phase of flight that these values show."""
    if squawk in EMERGENCY_SQUAWKS:
        return "emergency"
    if on_ground:
        return "landed" if ground_speed_mps is not None and ground_speed_mps < MOVING_MPS else "taxiing"
    if vertical_rate_mps is None:
        return "unknown"
    if vertical_rate_mps > LEVEL_MPS:
        return "climbing"
    if vertical_rate_mps < -LEVEL_MPS:
        return "descending"
    return "unknown" if altitude_m is None else "cruising"
