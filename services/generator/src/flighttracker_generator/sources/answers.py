"""`Answer`: the positions and losses of one answer of a real source. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from flighttracker.bounding_box import BoundingBox
from flighttracker.errors import SourceError
from flighttracker.flight import FlightPosition
from flighttracker_generator.sources.losses import Losses

_T = TypeVar("_T")


@dataclass(frozen=True)
class Answer:
    """The content of one answer of a source.

    Attributes:
        positions: the usable ones, in the answer's order, with times by the source's clock.
        fingerprints: one hash per position, of the place and ages in its record. A live receiver never sends the same
            values twice: if nothing was received, the ages have grown.
        time_ms: the source's own clock when it answered, milliseconds since 1970; None if the answer has no time. The
            times of positions are then by our clock.
        losses: the records and fields that could not be used.
        undated: addresses whose record does not say how old its position is. Their position has the time of the last
            contact; it is new only at another place.
    """

    positions: list[FlightPosition]
    fingerprints: list[int]
    time_ms: int | None
    losses: Losses = field(default_factory=Losses)
    undated: frozenset[str] = frozenset()

    def inside(self, box: BoundingBox) -> Answer:
        """Return the answer without the positions outside a box."""
        inside = [
            place
            for place, position in enumerate(self.positions)
            if box.contains(position.latitude_deg, position.longitude_deg)
        ]
        self.losses.records["outside_bbox"] += len(self.positions) - len(inside)
        positions, fingerprints = [self.positions[i] for i in inside], [self.fingerprints[i] for i in inside]
        return Answer(positions, fingerprints, self.time_ms, self.losses, self.undated)


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
