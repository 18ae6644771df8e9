"""Which of two sources shows an aircraft that both hear, and what one adds to the other's positions. Pure.

The clocks and places of two sources differ a little, so always taking the newest position would move the aircraft back
and forth. One source is the owner of an aircraft. A position of another one is shown only if it is newer by more than
the clocks of sources differ. Then the aircraft cannot move back along its track when its owner changes.

The generator uses this for the sources of one replica (`merge`), the gateway for those of different replicas (`Fleet`).
"""

from __future__ import annotations

from typing import Final

import msgspec

from flighttracker.flight import ADDRESS_TYPES, NON_ICAO_ADDRESSES, AddressType, FlightPosition

TAKEOVER_MS: Final = 2_000
"""How much newer a position must be to replace one of another source."""
COARSE_TAKEOVER_MS: Final = 10_000
"""The same for a less precise type of message: MLAT after ADS-B, TIS-B after MLAT."""
OTHER_TARGET_MS: Final = 60_000
"""The same for an address that is not ICAO's, after an aircraft with the ICAO address: they are two targets."""

_PRECISION: Final[dict[AddressType, int]] = dict.fromkeys(ADDRESS_TYPES, 2) | {
    "adsb_icao": 0,
    "adsb_icao_nt": 0,
    "adsb_other": 0,
    "flarm": 0,
    "simulated": 0,
    "adsr_icao": 1,
    "adsr_other": 1,
    "mlat": 3,
    "tisb_icao": 4,
    "tisb_other": 4,
    "tisb_trackfile": 4,
    "adsc": 4,
}
PRECISION: Final[dict[AddressType, int]] = {
    address_type: precision + (10 if address_type in NON_ICAO_ADDRESSES else 0)
    for address_type, precision in _PRECISION.items()
}
"""Order of the types of messages, the most precise has the lowest number. Unknown ones are in the middle."""

Identity = tuple[str, ...]
"""Callsign, registration, type, origin, destination, operator, country and category; unknown ones are empty."""
_FIELDS: Final = (
    "callsign",
    "registration",
    "aircraft_type",
    "origin",
    "destination",
    "operator",
    "origin_country",
    "category",
)
NOTHING: Final[Identity] = ("",) * len(_FIELDS)
UNKNOWN: Final = "unknown"


def takeover_ms(shown: AddressType, other: AddressType) -> int:
    """Return how much newer a position of another source must be to replace the one that is shown."""
    if other in NON_ICAO_ADDRESSES and shown not in NON_ICAO_ADDRESSES:
        return OTHER_TARGET_MS
    return TAKEOVER_MS if PRECISION[other] <= PRECISION[shown] else COARSE_TAKEOVER_MS


def identity_of(position: FlightPosition) -> Identity:
    """Return what a source knows about an aircraft and its flight; empty for an address that is not ICAO's."""
    if position.address_type in NON_ICAO_ADDRESSES:
        return NOTHING
    return (
        position.callsign,
        position.registration,
        position.aircraft_type,
        position.origin,
        position.destination,
        position.operator,
        position.origin_country,
        "" if position.category == UNKNOWN else position.category,
    )


def completed(position: FlightPosition, identity: Identity) -> FlightPosition:
    """Return a position with those parts of an identity that it does not have itself."""
    own = identity_of(position)
    if "" not in own or own is NOTHING:
        return position
    # Without `strict`, which would cost a third of the time.
    added = {name: known for name, mine, known in zip(_FIELDS, own, identity) if known and not mine}  # noqa: B905
    return msgspec.structs.replace(position, **added) if added else position
