"""`PositionBatch`: the positions of a fleet at one moment, as columns.

The simulation creates it, and `encoding` writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import overload

from flighttracker.flight import FlightPosition
from flighttracker.reports import Ints, Reports


class PositionBatch(Sequence[FlightPosition]):
    """n positions of different aircraft; a `FlightPosition` is created when one is asked for.

    Positions can be asked for until the source yields its next batch: then an aircraft may be on another flight.

    Args:
        rows: (n) the aircraft, as rows of its fleet.
        identities: (n) a number that changes when anything does that identifies the aircraft or its flight.
        reports: what they report.
        source: name of the source.
        time_ms: the moment, milliseconds since 1970.
        positions_at: returns the positions at some places.
    """

    def __init__(
        self,
        rows: Ints,
        identities: Ints,
        reports: Reports,
        source: str,
        time_ms: int,
        positions_at: Callable[[Ints | slice], list[FlightPosition]],
    ) -> None:
        self.rows = rows
        self.identities = identities
        self.reports = reports
        self.source = source
        self.time_ms = time_ms
        self.positions_at = positions_at

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[FlightPosition]:
        return iter(self.positions_at(slice(None)))

    @overload
    def __getitem__(self, place: int) -> FlightPosition: ...
    @overload
    def __getitem__(self, place: slice) -> list[FlightPosition]: ...
    def __getitem__(self, place: int | slice) -> FlightPosition | list[FlightPosition]:
        """Return the position at a place, or those of a slice."""
        if isinstance(place, slice):
            return self.positions_at(place)
        return self.positions_at(slice(place, place + 1 or None))[0]
