"""Callsigns and transponder codes of simulated flights.

Pure. Airlines use their ICAO designator and a flight number: odd for the outbound flight, and the next even number for
the return. After 9,900 flights, an airline's numbers end in letters, as in Europe. All others use the registration.
"""

from __future__ import annotations

import zlib
from typing import Final

from flighttracker.flight import EMERGENCY_SQUAWKS

_PAIRS_OF_DIGITS: Final = 4_950
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_STRIDE: Final = 1_013
VISUAL_SQUAWK_NORTH_AMERICA: Final = "1200"
VISUAL_SQUAWK: Final = "7000"


def callsign(designator: str, registration: str, pair: int, *, back: bool) -> str:
    """Return the callsign of a flight, at most 8 characters.

    Args:
        designator: of the airline, empty for private flights.
        registration: of the aircraft.
        pair: number of the flight there and back within its airline.
        back: True on the way back to the base.
    """
    if not designator:
        return registration.replace("-", "")[:8]
    if pair < _PAIRS_OF_DIGITS:
        place = (zlib.crc32(designator.encode()) + pair * _STRIDE) % _PAIRS_OF_DIGITS
        return f"{designator}{2 * place + 1 + back}"
    rest, second = divmod(pair - _PAIRS_OF_DIGITS, len(_LETTERS) // 2)
    number, first = divmod(rest, len(_LETTERS))
    return f"{designator}{1 + number % 99}{_LETTERS[first]}{_LETTERS[2 * second + back]}"


def squawk(code: int, *, visual: bool, country: str) -> str:
    """Return the transponder code of a normal flight, never an emergency code.

    Args:
        code: any number from 0 to 4095.
        visual: True for flights under visual rules, which share a code.
        country: name of the state of registry.
    """
    if visual:
        return VISUAL_SQUAWK_NORTH_AMERICA if country in ("United States", "Canada") else VISUAL_SQUAWK
    text = f"{code:04o}"
    return "2000" if text in EMERGENCY_SQUAWKS else text
