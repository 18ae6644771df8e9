"""Turns the values that real sources send for an aircraft into those of a `FlightPosition`. Pure.

Sources differ in types: numbers come as text and texts as numbers. A value that is impossible becomes unknown and is
counted in `Losses`; a value that is absent is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from flighttracker.flight import (
    CALLSIGN_CHARACTERS,
    EMERGENCY_SQUAWKS,
    NAME_BYTES,
    NUMBER_RANGES,
    FlightStatus,
)
from flighttracker.text import printable
from flighttracker_generator.sources.losses import Losses

LEVEL_MPS: Final = 1.5
"""About 300 ft/min: less is turbulence."""
MOVING_MPS: Final = 1.5
MAX_TIME_S: Final = 100_000_000_000
"""Seconds since 1970 in the year 5138. A larger number is in milliseconds, as the networks' v2 answers have it."""
_LARGEST: Final = 1e15
"""Far beyond every quantity and time; what is larger would overflow where it is converted."""
_ADDRESS: Final = re.compile(r"(?:0x)?([0-9a-f]{4,6})")
_INVALID_ADDRESSES: Final = frozenset({"000000", "ffffff"})
_SQUAWK: Final = re.compile(r"[0-7]{4}")
_FILLER: Final = re.compile(r"[^0-9A-Za-z]*|0+")
_FILLER_AROUND: Final = "@?_# "

_TEXT_TYPES: Final = frozenset({str, int, float, type(None)})
_FLAGS: Final = frozenset({"", True, False, "0", "1", "true", "false", "True", "False"})

EMERGENCY_STATES: Final = ("none", "general", "lifeguard", "minfuel", "nordo", "unlawful", "downed", "reserved")
"""By the number that a transponder sends (DO-260B, 2.2.3.2.7.8.1.1)."""
_DECLARED: Final[Mapping[str, FlightStatus | None]] = {
    "none": None,
    "reserved": None,
    "general": "emergency",
    "nordo": "emergency",
    "unlawful": "emergency",
    "downed": "emergency",
    "lifeguard": "lifeguard",
    "medical": "lifeguard",
    "minfuel": "minimum_fuel",
}
"""The status that each emergency state declares; newer programs write medical for lifeguard."""


def text(value: object, characters: int) -> str:
    """Return printable ASCII without spaces around it, at most so many characters; empty when it is no text."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        known = number(value)
        value = "" if known is None else f"{known:.15g}"
    if not isinstance(value, str):
        return ""
    if not (value.isascii() and value.isprintable()):
        value = "".join(character for character in value if " " <= character <= "~")
    return value.strip()[:characters].rstrip()


def callsign(value: object) -> str:
    """Return a callsign; empty when it is only filler, such as "@@@@@@@@", "????????" or zeros."""
    known = text(value, CALLSIGN_CHARACTERS).strip(_FILLER_AROUND)
    return "" if _FILLER.fullmatch(known) else known


def name(value: object) -> str:
    """Return a name without hidden characters, cut to what a record allows; empty when it is no text."""
    if not isinstance(value, str):
        return ""
    # Lone surrogates cannot be written as UTF-8, and a cut may split a character: both are left out.
    return printable(value).strip().encode(errors="ignore")[:NAME_BYTES].decode(errors="ignore").rstrip()


def number(value: object) -> float | None:
    """Return a number, which may be an integer or text in the answer, or None when it is something else."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    # Written so that NaN fails the comparison.
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= _LARGEST:
        return None
    return float(value)


def quantity(field: str, values: tuple[object, ...], unit: float, losses: Losses, record: str) -> float | None:
    """Return the first value that is possible for a field of `FlightPosition`, or None.

    Args:
        field: name of the field; `NUMBER_RANGES` has what is possible.
        values: where the value may be, best first; None and blanks are absent.
        unit: what one of the source's units is in ours.
        losses: counts values that are impossible.
        record: names the record, for the example.
    """
    lowest, highest = NUMBER_RANGES[field]
    for value in values:
        if value is None or value == "":
            continue
        known = number(value)
        if known is not None and lowest <= (known := known * unit) <= highest:
            return known
        losses.field(field, value, record)
    return None


def age_s(value: object, losses: Losses, record: str, field: str) -> float | None:
    """Return an age in seconds, or None when it is absent or impossible; ages just below 0 are rounding."""
    if value is None or value == "":
        return None
    known = number(value)
    if known is None or not -1.0 <= known <= MAX_TIME_S:
        losses.field(field, value, record)
        return None
    return max(known, 0.0)


def time_s(value: object) -> float | None:
    """Return a time in seconds since 1970 that may be in milliseconds, or None when it is no time."""
    known = number(value)
    if known is None or known <= 0:
        return None
    return known if known <= MAX_TIME_S else known / 1000


def address(value: object) -> str:
    """Return a 24-bit address as six lower-case hex digits; empty when it is none.

    Some programs leave out leading zeros. A number is no address: nobody knows whether its digits are hex.
    """
    if not isinstance(value, str):
        return ""
    match = _ADDRESS.fullmatch(value.strip().lower())
    known = match[1].zfill(6) if match else ""
    return "" if known in _INVALID_ADDRESSES else known


def squawk(value: object, losses: Losses, record: str) -> str:
    """Return a squawk; numbers get their leading zeros back."""
    if value is None or value == "":
        return ""
    known = text(value, 8)
    if not isinstance(value, str):
        known = known.zfill(4)
    if _SQUAWK.fullmatch(known):
        return known
    losses.field("squawk", value, record)
    return ""


def declared_status(value: object, losses: Losses, record: str) -> FlightStatus | None:
    """Return the status that a transponder's emergency state declares, or None; it may be a word or its number."""
    if value is None or value == "":
        return None
    code = number(value)
    word = value.strip().lower() if isinstance(value, str) else ""
    if code is not None and code in range(len(EMERGENCY_STATES)):
        word = EMERGENCY_STATES[int(code)]
    if word not in _DECLARED:
        losses.field("emergency", value, record)
    return _DECLARED.get(word)


def count_wrong_texts(record: Mapping[str, Any], fields: Mapping[str, str], losses: Losses, icao24: str) -> None:
    """Count texts that are neither text nor number; readers leave them empty.

    Args:
        record: the members by name.
        fields: the field of each member that is a text.
        losses: counts them.
        icao24: names the record, for the example.
    """
    for member, field in fields.items():
        value = record.get(member)
        if type(value) not in _TEXT_TYPES:
            losses.field(field, value, icao24)


def flag(field: str, value: object, losses: Losses, icao24: str) -> bool:
    """Whether a flag is set; what is neither true nor false is counted."""
    if value is not None and (isinstance(value, (list, dict)) or value not in _FLAGS):
        losses.field(field, value, icao24)
    return is_true(value)


def is_true(value: object) -> bool:
    """Whether a flag is set: true, 1, or one of them as text."""
    return value is True or value in (1, "1", "true", "True")


def first(record: Mapping[str, Any], *names: str) -> Any:
    """Return the first member of these names that is there, or None."""
    for member in names:
        value = record.get(member)
        if value is not None:
            return value
    return None


def status_of(
    *,
    on_ground: bool,
    ground_speed_mps: float | None,
    altitude_m: float | None,
    vertical_rate_mps: float | None,
    squawk: str,
    declared: FlightStatus | None = None,
) -> FlightStatus:
    """Return what the crew declares, or else the phase of flight that these values show."""
    if squawk in EMERGENCY_SQUAWKS:
        return "emergency"
    if declared is not None:
        return declared
    if on_ground:
        if ground_speed_mps is None:
            return "unknown"
        return "landed" if ground_speed_mps < MOVING_MPS else "taxiing"
    if vertical_rate_mps is None:
        return "unknown"
    if vertical_rate_mps > LEVEL_MPS:
        return "climbing"
    if vertical_rate_mps < -LEVEL_MPS:
        return "descending"
    return "unknown" if altitude_m is None else "cruising"
