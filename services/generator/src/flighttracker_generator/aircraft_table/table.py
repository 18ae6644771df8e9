"""`AircraftTable`: registration, type and operator of every known aircraft, by address. Pure; `reading` fills it.

A table of 600,000 aircraft takes about 20 MB: addresses are sorted numbers, registrations and types have a fixed width,
and the name of an operator is stored once.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import Final, NamedTuple

import msgspec
import numpy as np

from flighttracker.errors import SourceError
from flighttracker.flight import (
    AIRCRAFT_TYPE_CHARACTERS,
    NON_ICAO_ADDRESSES,
    REGISTRATION_CHARACTERS,
    FlightPosition,
)

MAX_AIRCRAFT: Final = 2_000_000
"""More than twice as many as any public table has; bounds the memory."""
_NUMBER: Final = "I"


class Identity(NamedTuple):
    """What a table knows of one aircraft; unknown texts are empty."""

    registration: str
    aircraft_type: str
    operator: str


class AircraftTable:
    """A table of aircraft that is complete and does not change; `TableBuilder.build` creates it."""

    def __init__(
        self,
        addresses: array[int],
        registrations: bytes,
        types: bytes,
        operators: array[int],
        names: bytes,
        name_ends: array[int],
    ) -> None:
        self._addresses = addresses
        self._registrations = registrations
        self._types = types
        self._operators = operators
        self._names = names
        self._name_ends = name_ends

    def __len__(self) -> int:
        return len(self._addresses)

    @property
    def size_bytes(self) -> int:
        """The memory that the table takes."""
        numbers = len(self._addresses) + len(self._operators) + len(self._name_ends)
        return numbers * self._addresses.itemsize + len(self._registrations) + len(self._types) + len(self._names)

    def find(self, icao24: str) -> Identity | None:
        """Return what is known of an address, or None."""
        address = int(icao24, 16)
        row = bisect_left(self._addresses, address)
        if row == len(self._addresses) or self._addresses[row] != address:
            return None
        return Identity(
            _text(self._registrations, row, REGISTRATION_CHARACTERS),
            _text(self._types, row, AIRCRAFT_TYPE_CHARACTERS),
            self._name(self._operators[row]),
        )

    def identify(self, position: FlightPosition) -> FlightPosition:
        """Return a position with what its source does not know. What the source says is never replaced.

        A table that has another registration for the address describes another aircraft, so nothing is taken from it.
        An address that is not ICAO's may be that of any aircraft.
        """
        if position.registration and position.aircraft_type and position.operator:
            return position
        if position.address_type in NON_ICAO_ADDRESSES or (known := self.find(position.icao24)) is None:
            return position
        if position.registration and known.registration and not _is_same(position.registration, known.registration):
            return position
        return msgspec.structs.replace(
            position,
            registration=position.registration or known.registration,
            aircraft_type=position.aircraft_type or known.aircraft_type,
            operator=position.operator or known.operator,
        )

    def _name(self, number: int) -> str:
        start = self._name_ends[number - 1] if number else 0
        return self._names[start : self._name_ends[number]].decode()


class TableBuilder:
    """Collects aircraft for a table. The last row of an address counts."""

    def __init__(self) -> None:
        self._addresses = array(_NUMBER)
        self._registrations = bytearray()
        self._types = bytearray()
        self._operators = array(_NUMBER)
        self._number_of_name: dict[str, int] = {"": 0}
        self._names = bytearray()
        self._name_ends = array(_NUMBER, [0])

    def __len__(self) -> int:
        return len(self._addresses)

    def add(self, address: int, identity: Identity) -> None:
        """Add an aircraft.

        Args:
            address: its 24-bit address.
            identity: texts as `FlightPosition` allows them.

        Raises:
            SourceError: `too_large`.
        """
        if len(self._addresses) == MAX_AIRCRAFT:
            raise SourceError(f"the table has more than {MAX_AIRCRAFT:,} rows", reason="too_large")
        self._addresses.append(address)
        self._registrations += identity.registration.encode().ljust(REGISTRATION_CHARACTERS, b"\0")
        self._types += identity.aircraft_type.encode().ljust(AIRCRAFT_TYPE_CHARACTERS, b"\0")
        number = self._number_of_name.get(identity.operator)
        if number is None:
            number = self._number_of_name[identity.operator] = len(self._name_ends)
            self._names += identity.operator.encode()
            self._name_ends.append(len(self._names))
        self._operators.append(number)

    def build(self) -> AircraftTable:
        """Return the table; the builder is empty afterwards."""
        addresses = np.frombuffer(self._addresses, dtype=np.uint32)
        order = np.argsort(addresses, kind="stable")
        addresses = addresses[order]
        is_last = np.ones(len(addresses), dtype=bool)
        is_last[:-1] = addresses[1:] != addresses[:-1]
        order = order[is_last]
        table = AircraftTable(
            _numbers(addresses[is_last]),
            np.frombuffer(self._registrations, dtype=f"S{REGISTRATION_CHARACTERS}")[order].tobytes(),
            np.frombuffer(self._types, dtype=f"S{AIRCRAFT_TYPE_CHARACTERS}")[order].tobytes(),
            _numbers(np.frombuffer(self._operators, dtype=np.uint32)[order]),
            bytes(self._names),
            self._name_ends,
        )
        self.__init__()  # type: ignore[misc]  # frees the memory of the rows
        return table


def _numbers(values: np.ndarray[tuple[int], np.dtype[np.uint32]]) -> array[int]:
    return array(_NUMBER, values.tobytes())


def _text(column: bytes, row: int, width: int) -> str:
    return column[row * width : (row + 1) * width].rstrip(b"\0").decode()


def _is_same(registration: str, other: str) -> bool:
    return registration.replace("-", "").upper() == other.replace("-", "").upper()


EMPTY: Final = TableBuilder().build()
"""The table before the first one is read."""
