"""Reads the data feed of VATSIM, a network of flight simulators. Pure; `vatsim` fetches it.

Pilots have a number (`cid`) and no address. Three blocks of addresses that ICAO keeps for the future hold the numbers
1 to 3,080,190 one to one, so a pilot never has the address of an aircraft; `address_of_pilot` says how.
https://vatsim.dev/api/data-api/get-network-data
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from flighttracker.errors import SourceError
from flighttracker.flight import AIRCRAFT_TYPE_CHARACTERS, AIRPORT_CHARACTERS, FlightPosition
from flighttracker_generator.simulation.aircraft_types import METRES_PER_FOOT, MPS_PER_KNOT
from flighttracker_generator.sources.answers import Answer
from flighttracker_generator.sources.fields import callsign, number, quantity, squawk, status_of, text
from flighttracker_generator.sources.json_text import decoded
from flighttracker_generator.sources.kinds import category_of
from flighttracker_generator.sources.losses import Losses, shortened

SOURCE: Final = "vatsim"
RECORDS_IN: Final = ("pilots",)
_BLOCKS: Final = (range(0xB00000, 0xC00000), range(0xD00000, 0xE00000), range(0xF10000, 0xFFFFFF))
"""Addresses without a state (Annex 10, volume III, table 9-1)."""
FLYING_KT: Final = 40.0
"""The feed does not say who is on the ground: slower pilots are shown there."""


def address_of_pilot(cid: object) -> str:
    """Return the address of a pilot's number, six lower-case hex digits; empty when it is none."""
    known = number(cid)
    if known is None or not known.is_integer() or known < 1:
        return ""
    place = int(known)
    for block in _BLOCKS:
        if place < len(block):
            return f"{block[place]:06x}"
        place -= len(block)
    return ""


def read_pilots(body: bytes) -> Answer:
    """Return the positions in an answer; raises `SourceError` with `not_json`, `too_large` or `wrong_shape`."""
    losses = Losses()
    document = decoded(body, RECORDS_IN, losses)
    pilots = document.get("pilots") if isinstance(document, dict) else None
    if not isinstance(pilots, list):
        raise SourceError(f"the answer has no pilots: {shortened(document)}", reason="wrong_shape")
    general = document.get("general")
    sent = general.get("update_timestamp") if isinstance(general, dict) else None
    now_ms = _time_ms(sent)
    if now_ms is None and sent is not None:
        losses.field("update_timestamp", sent, "the answer")
    positions: dict[str, FlightPosition] = {}
    for pilot in pilots:
        position = _position(pilot, losses)
        # One pilot is connected once; after a reconnect the feed may have both for a while.
        if position is not None:
            before = positions.get(position.icao24)
            if before is None or before.position_time <= position.position_time:
                positions[position.icao24] = position
    fingerprints = [hash((one.latitude_deg, one.longitude_deg, one.position_time)) for one in positions.values()]
    return Answer(list(positions.values()), fingerprints, now_ms, losses)


def _position(pilot: object, losses: Losses) -> FlightPosition | None:
    icao24 = address_of_pilot(pilot.get("cid")) if isinstance(pilot, dict) else ""
    if not isinstance(pilot, dict) or not icao24:
        losses.record("malformed", pilot)
        return None
    record = text(pilot.get("callsign"), 16) or icao24
    latitude, longitude = pilot.get("latitude"), pilot.get("longitude")
    if latitude is None or longitude is None:
        losses.record("no_position")
        return None
    latitude_deg = quantity("latitude_deg", (latitude,), 1.0, losses, record)
    longitude_deg = quantity("longitude_deg", (longitude,), 1.0, losses, record)
    if latitude_deg is None or longitude_deg is None:
        losses.record("bad_position", {"latitude": latitude, "longitude": longitude})
        return None
    time_ms = _time_ms(pilot.get("last_updated"))
    if time_ms is None:
        losses.record("no_time", {"callsign": record, "last_updated": pilot.get("last_updated")})
        return None
    return _report(pilot, icao24, (latitude_deg, longitude_deg), time_ms, losses)


def _report(
    pilot: Mapping[str, Any], icao24: str, place_deg: tuple[float, float], time_ms: int, losses: Losses
) -> FlightPosition:
    filed = pilot.get("flight_plan")
    flight_plan: Mapping[str, Any] = filed if isinstance(filed, dict) else {}
    ground_speed_mps = quantity("ground_speed_mps", (pilot.get("groundspeed"),), MPS_PER_KNOT, losses, icao24)
    on_ground = ground_speed_mps is not None and ground_speed_mps < FLYING_KT * MPS_PER_KNOT
    altitude_m = quantity("geo_altitude_m", (pilot.get("altitude"),), METRES_PER_FOOT, losses, icao24)
    designator = text(flight_plan.get("aircraft_short"), AIRCRAFT_TYPE_CHARACTERS)
    code = squawk(pilot.get("transponder"), losses, icao24)
    return FlightPosition(
        icao24=icao24,
        callsign=callsign(pilot.get("callsign")),
        registration="",
        aircraft_type=designator,
        operator="",
        origin_country="",
        origin=_airport(flight_plan.get("departure")),
        destination=_airport(flight_plan.get("arrival")),
        category=category_of(None, designator, losses, icao24),
        address_type="non_icao",
        latitude_deg=place_deg[0],
        longitude_deg=place_deg[1],
        baro_altitude_m=None,
        geo_altitude_m=None if on_ground else altitude_m,
        ground_speed_mps=ground_speed_mps,
        # The feed has no track.
        track_deg=quantity("track_deg", (pilot.get("heading"),), 1.0, losses, icao24),
        vertical_rate_mps=None,
        on_ground=on_ground,
        squawk=code,
        status=status_of(
            on_ground=on_ground,
            ground_speed_mps=ground_speed_mps,
            altitude_m=altitude_m,
            vertical_rate_mps=None,
            squawk=code,
        ),
        position_time=time_ms,
        last_contact=time_ms,
        source=SOURCE,
    )


def _airport(value: object) -> str:
    code = text(value, 16)
    return code if len(code) <= AIRPORT_CHARACTERS and code.isalnum() else ""


def _time_ms(value: object) -> int | None:
    """Return a time such as "2025-06-15T14:26:40.1234567Z", milliseconds since 1970, or None when it is none."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        if moment is None:
            return None
        known = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        time_ms = round(known.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
    return time_ms if time_ms > 0 else None
