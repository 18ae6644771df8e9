"""`PendingReports`: the newest report of each slot since the previous tick. Pure; `fleet` uses it.

Reports that were read as columns are kept as the integers of a frame. Positions are kept as they are, and converted
together when they are taken: numpy costs as much for one as for a hundred.
"""

from __future__ import annotations

import numpy as np

from flighttracker.flight import FlightPosition
from flighttracker.frame import dynamic_columns
from flighttracker.frame.layout import COLUMN_COUNT, IntArray
from flighttracker.reports import Bools, Reports, reports_of


class PendingReports:
    """Reports by slot.

    Attributes:
        is_pending: (capacity) whether a slot has a report.
        position_time_ms: (capacity) time of the newest known report, pending or shown, milliseconds since 1970.
        last_contact_ms: (capacity) a report with the same time must have a later contact than this.
    """

    def __init__(self) -> None:
        self.is_pending = np.zeros(0, np.bool_)
        self.position_time_ms = np.zeros(0, np.int64)
        self.last_contact_ms = np.zeros(0, np.int64)
        self._dynamic = np.zeros((COLUMN_COUNT, 0), np.int32)
        self._positions: dict[int, FlightPosition] = {}

    def reserve(self, capacity: int) -> None:
        """Grow the arrays to a capacity."""
        more = capacity - len(self.is_pending)
        if more > 0:
            self.is_pending = np.pad(self.is_pending, (0, more))
            self.position_time_ms = np.pad(self.position_time_ms, (0, more))
            self.last_contact_ms = np.pad(self.last_contact_ms, (0, more))
            self._dynamic = np.pad(self._dynamic, ((0, 0), (0, more)))

    def are_newer(self, slots: IntArray, reports: Reports) -> Bools:
        """Return which reports (n) are newer than the known one of their slot."""
        times, known_ms = reports.position_time_ms, self.position_time_ms[slots]
        is_newer: Bools = (times > known_ms) | (
            (times == known_ms) & (reports.last_contact_ms > self.last_contact_ms[slots])
        )
        return is_newer

    def put(self, slots: IntArray, reports: Reports) -> None:
        """Replace the reports of n different slots."""
        self._dynamic[:, slots] = dynamic_columns(reports)
        self.is_pending[slots] = True
        self.position_time_ms[slots] = reports.position_time_ms
        self.last_contact_ms[slots] = reports.last_contact_ms
        if self._positions:
            for slot in slots.tolist():
                self._positions.pop(slot, None)

    def put_position(self, slot: int, position: FlightPosition) -> None:
        """Replace the report of a slot."""
        self._positions[slot] = position
        self.is_pending[slot] = True
        self.position_time_ms[slot] = position.position_time
        self.last_contact_ms[slot] = position.last_contact

    def take(self) -> tuple[IntArray, IntArray]:
        """Return the slots with reports, ascending (n), and their integers (11, n) with ages of 0; nothing is pending.

        The times stay: they are those of the newest known reports.
        """
        if self._positions:
            self._dynamic[:, list(self._positions)] = dynamic_columns(reports_of(list(self._positions.values())))
            self._positions.clear()
        slots = np.flatnonzero(self.is_pending)
        self.is_pending[slots] = False
        return slots, self._dynamic[:, slots]
