"""`Sky`: the aircraft that one connection hears, put together from its messages. Pure.

A message of Mode S or BaseStation has a part of what is known of an aircraft: its callsign, its position, or its speed.
`mode_s` and `sbs_lines` write each part with the time at which it was received, because neither format has times that
can be trusted. A part that was not repeated for a minute is unknown again. `tcp` asks for the aircraft that changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from flighttracker.flight import AddressType, FlightPosition, FlightStatus
from flighttracker_generator.simulation.states import country_of_address
from flighttracker_generator.sources.feeds.cpr import Cell, near_position, pair_position
from flighttracker_generator.sources.fields import status_of
from flighttracker_generator.sources.kinds import Wanted, category_of, skipped_as
from flighttracker_generator.sources.losses import Losses

MAX_AIRCRAFT: Final = 20_000
"""More than any receiver hears; a further one is counted as `too_many_aircraft`."""
KEPT_MS: Final = 600_000
"""How long an aircraft is remembered after its last message."""
VALUE_LIFE_MS: Final = 60_000
"""How long a speed or an altitude is shown after it was received."""
CONFIRMED_LIFE_MS: Final = 300_000
"""How long a callsign or a squawk is shown: they are sent less often, and change less."""
AIRBORNE_PAIR_MS: Final = 10_000
SURFACE_PAIR_MS: Final = 25_000
"""Two messages that are further apart do not give a position."""
NEAR_MS: Final = 300_000
"""How long the last position is near enough to decode a single message."""
NON_ICAO: Final = "~"
"""Prefix of the key of an aircraft whose address is not ICAO's."""


@dataclass(slots=True)
class HeardAircraft:
    """What was heard of one aircraft; a time is when the value was received, milliseconds since 1970, 0 for never."""

    icao24: str
    is_icao: bool
    address_type: AddressType
    last_contact_ms: int = 0
    is_changed: bool = False
    callsign: str = ""
    callsign_ms: int = 0
    category: str = ""
    squawk: str = ""
    squawk_ms: int = 0
    declared: FlightStatus | None = None
    declared_ms: int = 0
    baro_altitude_m: float | None = None
    baro_altitude_ms: int = 0
    geo_altitude_m: float | None = None
    geo_altitude_ms: int = 0
    ground_speed_mps: float | None = None
    track_deg: float | None = None
    velocity_ms: int = 0
    vertical_rate_mps: float | None = None
    vertical_rate_ms: int = 0
    on_ground: bool = False
    latitude_deg: float = 0.0
    longitude_deg: float = 0.0
    position_ms: int = 0
    cells: dict[bool, tuple[Cell, int]] = field(default_factory=dict)
    """The last message of each grid, by `is_odd`, with the time of its receipt."""


class Sky:
    """The aircraft of one connection.

    Args:
        source: name of the source in positions.
        wanted: what is shown besides aircraft with ICAO addresses.
        losses: counts what cannot be used.
        receiver_deg: latitude and longitude of the receiver. Without it, positions on the surface are known only of
            aircraft that were heard in the air.
    """

    def __init__(
        self, source: str, wanted: Wanted, losses: Losses, receiver_deg: tuple[float, float] | None = None
    ) -> None:
        self.losses = losses
        self._source = source
        self._wanted = wanted
        self._receiver_deg = receiver_deg
        self._aircraft: dict[str, HeardAircraft] = {}
        self._next_sweep_ms = 0

    def known(self, icao24: str) -> HeardAircraft | None:
        """Return an aircraft with an ICAO address that was heard before, or None."""
        return self._aircraft.get(icao24)

    def hear(
        self, icao24: str, address_type: AddressType, received_ms: int, *, is_icao: bool = True
    ) -> HeardAircraft | None:
        """Return the aircraft that sent a message, or None when there are too many.

        Args:
            icao24: its address, six lower-case hex digits.
            address_type: by readsb's names, such as `adsb_icao`.
            received_ms: when the message was received.
            is_icao: whether the address is ICAO's. Others are kept apart, because an aircraft may have the same.
        """
        key = icao24 if is_icao else NON_ICAO + icao24
        aircraft = self._aircraft.get(key)
        if aircraft is None:
            if len(self._aircraft) >= MAX_AIRCRAFT:
                self.losses.record("too_many_aircraft", icao24)
                return None
            aircraft = self._aircraft[key] = HeardAircraft(icao24, is_icao, address_type)
        aircraft.last_contact_ms = received_ms
        aircraft.is_changed = True
        return aircraft

    def place(self, aircraft: HeardAircraft, cell: Cell, received_ms: int) -> None:
        """Add the position in a message to an aircraft."""
        aircraft.on_ground = cell.is_surface
        other, other_ms = aircraft.cells.get(not cell.is_odd, (None, 0))
        aircraft.cells[cell.is_odd] = cell, received_ms
        last_deg = None
        if aircraft.position_ms and 0 <= received_ms - aircraft.position_ms <= NEAR_MS:
            last_deg = aircraft.latitude_deg, aircraft.longitude_deg
        near_deg = last_deg or self._receiver_deg
        place_deg = None
        longest_ms = SURFACE_PAIR_MS if cell.is_surface else AIRBORNE_PAIR_MS
        if other is not None and 0 <= received_ms - other_ms <= longest_ms:
            place_deg = pair_position(cell, other, near_deg)
        if place_deg is None and last_deg is not None:
            place_deg = near_position(cell, last_deg)
        if place_deg is not None:
            aircraft.latitude_deg, aircraft.longitude_deg = place_deg
            aircraft.position_ms = received_ms

    def recent(self, now_ms: int) -> int:
        """Return the number of aircraft with a position that were heard in the last minute."""
        oldest_ms = now_ms - VALUE_LIFE_MS
        return sum(
            1 for aircraft in self._aircraft.values() if aircraft.position_ms and aircraft.last_contact_ms >= oldest_ms
        )

    def changed(self, now_ms: int) -> list[FlightPosition]:
        """Return the aircraft that were heard since the last call and have a position, and forget silent ones."""
        positions = []
        icao_only = not self._wanted.non_icao_addresses
        for aircraft in self._aircraft.values():
            if not aircraft.is_changed:
                continue
            aircraft.is_changed = False
            if not aircraft.is_icao and (icao_only or self._is_taken(aircraft)):
                self.losses.record("non_icao_address")
            elif not aircraft.position_ms:
                self.losses.record("no_position")
            elif reason := skipped_as((position := self._position(aircraft)).category, self._wanted):
                self.losses.record(reason)
            else:
                positions.append(position)
        if not 0 <= self._next_sweep_ms - now_ms <= VALUE_LIFE_MS:
            self._next_sweep_ms = now_ms + VALUE_LIFE_MS
            self._aircraft = {
                key: aircraft
                for key, aircraft in self._aircraft.items()
                if 0 <= now_ms - aircraft.last_contact_ms < KEPT_MS
            }
        return positions

    def _is_taken(self, aircraft: HeardAircraft) -> bool:
        return aircraft.icao24 in self._aircraft

    def _position(self, aircraft: HeardAircraft) -> FlightPosition:
        now_ms = aircraft.last_contact_ms
        recent_ms, confirmed_ms = now_ms - VALUE_LIFE_MS, now_ms - CONFIRMED_LIFE_MS
        on_ground = aircraft.on_ground
        baro_altitude_m = aircraft.baro_altitude_m if aircraft.baro_altitude_ms >= recent_ms and not on_ground else None
        geo_altitude_m = aircraft.geo_altitude_m if aircraft.geo_altitude_ms >= recent_ms and not on_ground else None
        is_moving_known = aircraft.velocity_ms >= recent_ms
        ground_speed_mps = aircraft.ground_speed_mps if is_moving_known else None
        vertical_rate_mps = (
            aircraft.vertical_rate_mps if aircraft.vertical_rate_ms >= recent_ms and not on_ground else None
        )
        squawk = aircraft.squawk if aircraft.squawk_ms >= confirmed_ms else ""
        return FlightPosition(
            icao24=aircraft.icao24,
            callsign=aircraft.callsign if aircraft.callsign_ms >= confirmed_ms else "",
            registration="",
            aircraft_type="",
            operator="",
            origin_country=country_of_address(int(aircraft.icao24, 16)) if aircraft.is_icao else "",
            origin="",
            destination="",
            category=category_of(aircraft.category, "", self.losses, aircraft.icao24),
            address_type=aircraft.address_type,
            latitude_deg=aircraft.latitude_deg,
            longitude_deg=aircraft.longitude_deg,
            baro_altitude_m=baro_altitude_m,
            geo_altitude_m=geo_altitude_m,
            ground_speed_mps=ground_speed_mps,
            track_deg=aircraft.track_deg if is_moving_known else None,
            vertical_rate_mps=vertical_rate_mps,
            on_ground=on_ground,
            squawk=squawk,
            status=status_of(
                on_ground=on_ground,
                ground_speed_mps=ground_speed_mps,
                altitude_m=geo_altitude_m if baro_altitude_m is None else baro_altitude_m,
                vertical_rate_mps=vertical_rate_mps,
                squawk=squawk,
                declared=aircraft.declared if aircraft.declared_ms >= recent_ms else None,
            ),
            position_time=aircraft.position_ms,
            last_contact=now_ms,
            source=self._source,
        )
