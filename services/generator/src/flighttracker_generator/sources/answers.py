"""What an answer of a real source is once it has been read, and the step from bytes to typed values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from flighttracker.errors import SourceError
from flighttracker.flight import FlightPosition

_T = TypeVar("_T")


@dataclass(frozen=True)
class Answer:
    """What an answer of a source holds.

    Attributes:
        positions: the usable ones, in the answer's order.
        skipped: how many aircraft gave none, by reason.
    """

    positions: list[FlightPosition]
    skipped: Mapping[str, int]


def parsed(body: bytes, kind: type[_T], what: str) -> _T:
    """Return a body as a typed value.

    Raises:
        SourceError: `not_json`, or `wrong_shape` when it is JSON of another kind.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise SourceError(f"the answer is not {what}: {error}", reason="wrong_shape") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"the answer is not JSON: {error}", reason="not_json") from error
