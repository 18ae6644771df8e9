"""What an answer of a real source is once it has been read, and the step from bytes to typed values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from flighttracker.bounding_box import BoundingBox
from flighttracker.errors import SourceError
from flighttracker.flight import FlightPosition

_T = TypeVar("_T")

CLOCK_TOLERANCE_MS: Final = 60_000
"""How far the clock of a source may be from ours before its times are moved."""

MAX_TIME_S: Final = 100_000_000_000
"""Seconds since 1970 in the year 5138: a number beyond is no time."""


@dataclass(frozen=True)
class Answer:
    """What an answer of a source holds.

    Attributes:
        positions: the usable ones, in the answer's order.
        skipped: how many aircraft gave none, by reason.
        time_ms: the source's own clock when it answered, milliseconds since 1970.
    """

    positions: list[FlightPosition]
    skipped: Mapping[str, int]
    time_ms: int

    def moved_to(self, now_ms: int) -> Answer:
        """Return the answer as if its clock had shown `now_ms`; every position keeps its age.

        For a recorded answer and a source whose clock is wrong: else its positions are too old or in the future.
        """
        by_ms = now_ms - self.time_ms
        moved = [
            msgspec.structs.replace(
                position, position_time=position.position_time + by_ms, last_contact=position.last_contact + by_ms
            )
            for position in self.positions
        ]
        return Answer(moved, self.skipped, now_ms)

    def inside(self, box: BoundingBox) -> Answer:
        """Return the answer without the positions outside a box."""
        inside = [
            position for position in self.positions if box.contains(position.latitude_deg, position.longitude_deg)
        ]
        return Answer(inside, {**self.skipped, "outside_bbox": len(self.positions) - len(inside)}, self.time_ms)


def parsed(body: bytes, kind: type[_T], what: str) -> _T:
    """Return a body as a typed value.

    Raises:
        SourceError: `not_json`, or `wrong_shape` when it is JSON of another kind.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise SourceError(f"the answer is not {what}: {error}", reason="wrong_shape") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(f"the answer is not JSON: {error}", reason="not_json") from error
