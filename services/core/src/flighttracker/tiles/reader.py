"""`TileReader`: what a viewer of one class knows after the messages so far, and where it shows the aircraft. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from flighttracker.errors import FrameError
from flighttracker.tiles.message import TileChanges, TileFrame, TileHeader, decode_message
from flighttracker.tiles.motion import MOTION_COUNT, TENTH_MS, apply_differences, predict
from flighttracker.tiles.zoom_class import CLASSES, ZoomClass

_NOBODY: Final = np.zeros(0, np.int64)
_EMPTY: Final = np.zeros((MOTION_COUNT, 0), np.int64)


@dataclass(slots=True)
class Known:
    """One aircraft, as it was sent.

    Attributes:
        tile: its tile.
        kinds: numbers of category and address type.
        motion: (9) see `motion`.
        tick: of the class, when the motion was sent.
    """

    tile: int
    kinds: tuple[int, int]
    motion: npt.NDArray[np.int64]
    tick: int


class TileReader:
    """Follows the tiles of one class.

    Attributes:
        zoom: the class.
        aircraft: what is known, by address.
        tiles: tick of the newest part of each tile.
        interval_ms: time between two ticks, of the newest message.
    """

    def __init__(self, zoom: ZoomClass) -> None:
        self.zoom = zoom
        self.aircraft: dict[int, Known] = {}
        self.tiles: dict[int, int] = {}
        self._members: dict[int, npt.NDArray[np.int64]] = {}
        self._epoch: int | None = None
        self.interval_ms = zoom.interval_ms

    def apply(self, message: bytes) -> list[int]:
        """Apply a message; return the tiles of which something is missing, and which need a key part.

        Raises:
            FrameError: the message is damaged, of another class, or changes an aircraft that is not known.
        """
        header, frames = decode_message(message)
        if CLASSES[header.zoom] is not self.zoom:
            raise FrameError(f"a message of class {header.zoom} came to a reader of class {self.zoom.number}")
        if header.epoch != self._epoch or header.interval_ms != self.interval_ms:
            self.aircraft.clear()
            self.tiles.clear()
            self._members.clear()
            self._epoch, self.interval_ms = header.epoch, header.interval_ms
        return [frame.tile for frame in frames if not self._apply(header, frame)]

    def forget(self, tile: int) -> None:
        """Forget a tile that is out of view."""
        if self.tiles.pop(tile, None) is not None:
            for icao24 in self._members.pop(tile).tolist():
                self._remove(icao24, tile)

    def shown(self, tick: int) -> tuple[list[int], npt.NDArray[np.int64]]:
        """Return addresses (n) and motions (9, n) as they are shown at a tick of the class."""
        known = list(self.aircraft.values())
        motion = np.stack([one.motion for one in known], axis=1) if known else _EMPTY
        sent = np.array([one.tick for one in known], np.int64)
        return list(self.aircraft), predict(motion, self._tenths(tick - sent), self.zoom)

    def _tenths(self, ticks: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        return ticks * (self.interval_ms // TENTH_MS)

    def _apply(self, header: TileHeader, frame: TileFrame) -> bool:
        have = self.tiles.get(frame.tile)
        if frame.is_key:
            if have is not None and have > header.tick:
                return True
            self.forget(frame.tile)
        elif have is None or have < header.tick - frame.since:
            return False
        elif have >= header.tick:
            return True
        self._change(frame.tile, header.tick, frame.changes)
        self.tiles[frame.tile] = header.tick
        return True

    def _change(self, tile: int, tick: int, changes: TileChanges) -> None:
        removed, added, updated = changes
        before = self._members.get(tile, _NOBODY)
        if max(removed[-1:].tolist() + updated.places[-1:].tolist(), default=-1) >= len(before):
            raise FrameError("a tile changes an aircraft that it does not have")
        for icao24 in before[removed].tolist():
            self._remove(icao24, tile)
        for place, icao24 in enumerate(added.icao24.tolist()):
            one = self.aircraft.get(icao24)
            if one is not None and self.tiles.get(one.tile, tick) > tick:
                continue  # It is in another tile by now: this part is late.
            kinds = (int(added.kinds[0, place]), int(added.kinds[1, place]))
            sent = tick - int(added.elapsed[place])
            self.aircraft[icao24] = Known(tile, kinds, added.motion[:, place], sent)
        self._update(tile, tick, before[updated.places].tolist(), updated.differences)
        self._members[tile] = np.union1d(np.delete(before, removed), added.icao24)

    def _update(self, tile: int, tick: int, icao24: list[int], differences: npt.NDArray[np.int64]) -> None:
        known = [self.aircraft.get(one) for one in icao24]
        # One that entered another tile by a later part, or by an earlier one of this message, flies as that says.
        rows = [row for row, one in enumerate(known) if one is not None and one.tile == tile]
        here = [one for one in known if one is not None and one.tile == tile]
        if not here:
            return
        sent_ticks = np.array([one.tick for one in here], np.int64)
        motion = np.stack([one.motion for one in here], axis=1)
        predicted = predict(motion, self._tenths(tick - sent_ticks), self.zoom)
        now = apply_differences(predicted, differences[:, rows], self.zoom)
        for place, one in enumerate(here):
            one.motion, one.tick = now[:, place], tick

    def _remove(self, icao24: int, tile: int) -> None:
        """Forget an aircraft, unless it has entered another tile by now."""
        one = self.aircraft.get(icao24)
        if one is not None and one.tile == tile:
            del self.aircraft[icao24]
