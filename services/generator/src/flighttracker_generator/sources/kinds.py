"""Distinguishes aircraft from surface vehicles and obstacles. Pure; the readers of answers use it.

Airport vehicles and masts send ADS-B too, but are not flights. The emitter category identifies them (DO-260B,
2.2.3.2.5.2); databases of aircraft have special type designators for them.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from flighttracker_generator.sources.fields import number

Kind = Literal["aircraft", "surface_vehicle", "obstacle"]

_OF_CATEGORY: Final[dict[object, Kind]] = {
    "C1": "surface_vehicle",
    "C2": "surface_vehicle",
    "C3": "obstacle",
    "C4": "obstacle",
    "C5": "obstacle",
}
_OF_OPENSKY: Final[dict[float | None, Kind]] = {
    16: "surface_vehicle",
    17: "surface_vehicle",
    18: "obstacle",
    19: "obstacle",
    20: "obstacle",
}
_OF_TYPE: Final[dict[object, Kind]] = {
    "GND": "surface_vehicle",
    "GRND": "surface_vehicle",
    "SERV": "surface_vehicle",
    "EMER": "surface_vehicle",
    "TWR": "obstacle",
}


class Wanted(NamedTuple):
    """Targets to show in addition to aircraft with ICAO addresses.

    Attributes:
        vehicles: surface vehicles and obstacles.
        non_icao_addresses: targets whose address is not ICAO's: TIS-B tracks, anonymous aircraft.
    """

    vehicles: bool = False
    non_icao_addresses: bool = False


def kind_of(category: object, aircraft_type: object) -> Kind:
    """Return the kind of an emitter category such as `A3`, or of a type designator if the category is unknown."""
    if isinstance(category, str) and (kind := _OF_CATEGORY.get(category.strip().upper())):
        return kind
    return _OF_TYPE.get(aircraft_type, "aircraft") if isinstance(aircraft_type, str) else "aircraft"


def kind_of_opensky(category: object) -> Kind:
    """Return the kind of a category in OpenSky's numbers."""
    return _OF_OPENSKY.get(number(category), "aircraft")
