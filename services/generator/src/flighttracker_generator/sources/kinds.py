"""Reads what kind of thing a target is, and how its position was obtained. Pure; the readers of answers use it.

Airport vehicles and masts send ADS-B too, but are not flights. The emitter category identifies them (DO-260B,
2.2.3.2.5.2); databases of aircraft have special type designators for them and for the aircraft that are not counted
among the aeroplanes (Doc 8643).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from flighttracker.flight import ADDRESS_TYPES, NON_ICAO_ADDRESSES, NOT_AIRCRAFT, AddressType, Category
from flighttracker_generator.sources.fields import number
from flighttracker_generator.sources.losses import Losses

Skipped = Literal["surface_vehicle", "obstacle"]
"""Reasons under which targets that are not wanted are counted."""

_OF_CODE: Final[dict[str, Category]] = {
    "A1": "light",
    "A2": "small",
    "A3": "large",
    "A4": "high_vortex",
    "A5": "heavy",
    "A6": "high_performance",
    "A7": "rotorcraft",
    "B1": "glider",
    "B2": "lighter_than_air",
    "B3": "parachutist",
    "B4": "ultralight",
    "B6": "drone",
    "B7": "space",
    "C1": "emergency_vehicle",
    "C2": "service_vehicle",
    "C3": "obstacle",
    "C4": "obstacle",
    "C5": "obstacle",
}
"""Other codes are reserved, or say that there is no information."""
_CODE: Final = re.compile(r"[A-D][0-7]")
_OPENSKY_CODES: Final = (None, None, "A1", "A2", "A3", "A4", "A5", "A6", "A7", "B1", "B2", "B3", "B4", "B5", "B6", "B7",
                         "C1", "C2", "C3", "C4", "C5")  # fmt: skip
_OF_DESIGNATOR: Final[dict[str, Category]] = {
    "BALL": "lighter_than_air",
    "SHIP": "lighter_than_air",
    "GLID": "glider",
    "GYRO": "rotorcraft",
    "UHEL": "rotorcraft",
    "ULAC": "ultralight",
    "DRON": "drone",
    "GND": "service_vehicle",
    "GRND": "service_vehicle",
    "SERV": "service_vehicle",
    "EMER": "emergency_vehicle",
    "TWR": "obstacle",
}
_OPENSKY_SOURCES: Final[tuple[AddressType, ...]] = ("adsb_icao", "radar", "mlat", "flarm")


class Wanted(NamedTuple):
    """Targets to show in addition to aircraft with ICAO addresses.

    Attributes:
        vehicles: surface vehicles and obstacles.
        non_icao_addresses: targets whose address is not ICAO's: TIS-B tracks, anonymous aircraft.
    """

    vehicles: bool = False
    non_icao_addresses: bool = False


def category_of(code: object, designator: object, losses: Losses, record: str) -> Category:
    """Return the category of a code such as `A3`, or of a type designator if the code is absent or says nothing.

    Args:
        code: the emitter category as sent.
        designator: the type designator, of a database.
        losses: counts codes that do not exist.
        record: names the record, for the example.
    """
    known = code.strip().upper() if isinstance(code, str) else code
    if known is not None and known != "" and not (isinstance(known, str) and _CODE.fullmatch(known)):
        losses.field("category", code, record)
    category = _OF_CODE.get(known) if isinstance(known, str) else None
    if category is None and isinstance(designator, str):
        category = _OF_DESIGNATOR.get(designator.strip().upper())
    return category or "unknown"


def category_of_opensky(code: object, losses: Losses, record: str) -> Category:
    """Return the category of one of OpenSky's numbers."""
    if code is None:
        return "unknown"
    known = number(code)
    if known is None or known not in range(len(_OPENSKY_CODES)):
        losses.field("category", code, record)
        return "unknown"
    return _OF_CODE.get(_OPENSKY_CODES[int(known)] or "", "unknown")


def skipped_as(category: Category, wanted: Wanted) -> Skipped | None:
    """Return why a target with a category is not shown, or None when it is."""
    if wanted.vehicles or category not in NOT_AIRCRAFT:
        return None
    return "obstacle" if category == "obstacle" else "surface_vehicle"


def address_type_of(record: Mapping[str, Any], losses: Losses, icao24: str) -> AddressType:
    """Return how the position of a record of `aircraft.json` was obtained.

    `type` says it. Programs without it list the members that came by multilateration or TIS-B, if they know.
    """
    sent, sent_address = record.get("type"), record.get("hex")
    is_icao = not (isinstance(sent_address, str) and sent_address.startswith("~"))
    word = sent.strip().lower() if isinstance(sent, str) else None
    if word in ADDRESS_TYPES:
        return word if is_icao or word in NON_ICAO_ADDRESSES else "non_icao"
    if sent is not None and word != "":
        losses.field("address_type", sent, icao24)
    if _has_place(record.get("mlat")):
        return "mlat" if is_icao else "non_icao"
    if _has_place(record.get("tisb")):
        return "tisb_icao" if is_icao else "tisb_other"
    if not is_icao:
        return "non_icao"
    return "adsb_icao" if isinstance(record.get("mlat"), list) and isinstance(record.get("tisb"), list) else "unknown"


def address_type_of_opensky(code: object, losses: Losses, record: str) -> AddressType:
    """Return how a position was obtained, by OpenSky's `position_source`."""
    if code is None:
        return "unknown"
    known = number(code)
    if known is None or known not in range(len(_OPENSKY_SOURCES)):
        losses.field("address_type", code, record)
        return "unknown"
    return _OPENSKY_SOURCES[int(known)]


def _has_place(members: object) -> bool:
    return isinstance(members, list) and "lat" in members
