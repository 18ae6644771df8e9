"""`Answer`: what an answer of a real source contains once it has been read. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, TypeVar

import msgspec

from flighttracker.bounding_box import BoundingBox
from flighttracker.errors import SourceError
from flighttracker.flight import FlightPosition
from flighttracker_generator.sources.losses import Losses

_T = TypeVar("_T")

CLOCK_TOLERANCE_MS: Final = 60_000
"""How far the clock of a source may be from ours before its times are moved."""


@dataclass(frozen=True)
class Answer:
    """What an answer of a source contains.

    Attributes:
        positions: the usable ones, in the answer's order.
        time_ms: the source's own clock when it answered, milliseconds since 1970.
        losses: the records and fields that could not be used.
    """

    positions: list[FlightPosition]
    time_ms: int
    losses: Losses = field(default_factory=Losses)

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
        return Answer(moved, now_ms, self.losses)

    def inside(self, box: BoundingBox) -> Answer:
        """Return the answer without the positions outside a box."""
        inside = [
            position for position in self.positions if box.contains(position.latitude_deg, position.longitude_deg)
        ]
        self.losses.records["outside_bbox"] += len(self.positions) - len(inside)
        return Answer(inside, self.time_ms, self.losses)


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
