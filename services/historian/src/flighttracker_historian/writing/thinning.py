"""`Thinner`: decides which positions are kept. Pure; `shard_rows` calls it.

A position is kept if the aircraft's last kept one does not predict it: by distance, altitude, speed, track, phase of
flight or identity. What flies straight needs few rows. A row at least every `max_silence_s` shows that it was heard.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from flighttracker.reports import QUANTITIES, Bools, Ints, Reports
from flighttracker_historian.files.motion import distance_m, predict
from flighttracker_historian.writing.rows import rounded

ALTITUDE_TOLERANCE_M: Final = 45.0
SPEED_TOLERANCE_MPS: Final = 5.0
TRACK_TOLERANCE_DEG: Final = 5.0
_BARO, _GEO, _SPEED, _TRACK, _RATE = range(len(QUANTITIES))


class Thinner:
    """The last kept report of each slot.

    Args:
        tolerance_m: largest error of a predicted position; 0 keeps every report.
        max_silence_ms: largest time between two kept reports.
    """

    def __init__(self, tolerance_m: float, max_silence_ms: int) -> None:
        self._tolerance_m = tolerance_m
        self._max_silence_ms = max_silence_ms
        self._capacity = 0
        self._heard_ms = np.zeros(0, np.int64)
        self._kept_ms = np.zeros(0, np.int64)
        self._place = np.zeros((2, 0))
        self._quantities = np.zeros((len(QUANTITIES), 0))
        self._state = np.zeros((4, 0), np.int64)

    def hear(self, slots: Ints, reports: Reports, identities: Ints) -> tuple[Bools, Bools]:
        """Return which reports (n) are newer than those before of their slots, and which of them to keep.

        Args:
            slots: (n) each slot once.
            reports: n reports.
            identities: (n) number of the identity of each.
        """
        self._reserve(int(slots.max(initial=-1)) + 1)
        times = reports.position_time_ms
        is_newer = times > self._heard_ms[slots]
        state = np.stack((reports.status, reports.on_ground, reports.squawk, identities)).astype(np.int64)
        is_kept = is_newer & (self._errs(slots, reports, state) if self._tolerance_m > 0 else True)
        self._heard_ms[slots[is_newer]] = times[is_newer]
        kept = slots[is_kept]
        self._kept_ms[kept] = times[is_kept]
        # As a file has them: a track that is rounded by 0.05 degrees leads 13 m away within a minute.
        place = np.stack((reports.latitude_deg[is_kept], reports.longitude_deg[is_kept]))
        self._place[:, kept] = place.astype(np.float32)
        self._quantities[:, kept] = rounded(reports.quantities[:, is_kept])
        self._state[:, kept] = state[:, is_kept]
        return is_newer, is_kept

    @np.errstate(invalid="ignore")
    def _errs(self, slots: Ints, reports: Reports, state: npt.NDArray[np.int64]) -> Bools:
        """Return which reports (n) the last kept ones do not predict."""
        elapsed_ms = reports.position_time_ms - self._kept_ms[slots]
        elapsed_s = elapsed_ms / 1000
        kept = self._quantities[:, slots]
        now = reports.quantities
        latitude, longitude = self._place[:, slots]
        predicted = predict(latitude, longitude, kept[_SPEED], kept[_TRACK], elapsed_s)
        errs: Bools = distance_m(*predicted, reports.latitude_deg, reports.longitude_deg) > self._tolerance_m
        errs |= (elapsed_ms >= self._max_silence_ms) | (state != self._state[:, slots]).any(axis=0)
        climbed = np.nan_to_num(kept[_RATE]) * elapsed_s
        errs |= np.abs(now[_BARO] - kept[_BARO] - climbed) > ALTITUDE_TOLERANCE_M
        errs |= np.abs(now[_GEO] - kept[_GEO] - climbed) > ALTITUDE_TOLERANCE_M
        errs |= np.abs(now[_SPEED] - kept[_SPEED]) > SPEED_TOLERANCE_MPS
        turned = (now[_TRACK] - kept[_TRACK] + 180) % 360 - 180
        errs |= (np.abs(turned) > TRACK_TOLERANCE_DEG) & (now[_SPEED] > SPEED_TOLERANCE_MPS)
        # A value that becomes known or unknown.
        errs |= (np.isnan(now) != np.isnan(kept)).any(axis=0)
        return errs

    def _reserve(self, count: int) -> None:
        if count <= self._capacity:
            return
        more = max(count, 2 * self._capacity) - self._capacity
        self._capacity += more
        self._heard_ms, self._kept_ms = np.pad(self._heard_ms, (0, more)), np.pad(self._kept_ms, (0, more))
        self._place = np.pad(self._place, ((0, 0), (0, more)))
        self._quantities = np.pad(self._quantities, ((0, 0), (0, more)))
        self._state = np.pad(self._state, ((0, 0), (0, more)), constant_values=-1)
