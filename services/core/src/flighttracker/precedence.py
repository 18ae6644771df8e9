"""Which of two sources shows an aircraft that both hear, and what one adds to the other's positions. Pure.

The generator uses it for the sources of one replica, the gateway for those of different replicas.
"""

from __future__ import annotations

from typing import Final

import msgspec

from flighttracker.flight import FlightPosition

TAKEOVER_MS: Final = 2_000
"""A position of another source is shown if it is newer than the shown one by this much. Clocks of sources differ by
less, so an aircraft never moves back along its track when its source changes."""

IDENTITY: Final = (
    "callsign",
    "registration",
    "aircraft_type",
    "operator",
    "origin_country",
    "origin",
    "destination",
)
"""Fields that identify an aircraft and its flight; a source that does not know one leaves it empty."""


def completed(position: FlightPosition, other: FlightPosition) -> FlightPosition:
    """Return a position with the identity that only another report of its aircraft has."""
    if (
        position.callsign
        and position.registration
        and position.aircraft_type
        and position.operator
        and position.origin_country
        and position.origin
        and position.destination
    ):
        return position
    added = {name: value for name in IDENTITY if not getattr(position, name) and (value := getattr(other, name))}
    return msgspec.structs.replace(position, **added) if added else position
