"""Files for programs in any language: the Avro schema of a position and the specification of the frame format.

`flight_position.avsc` is the schema in the schema registry. `frame.md` specifies the browser protocol to the byte, and
`frame_vectors.json` has the examples that test both the Python and the TypeScript codec. `released/` has the schema of
every released version: each must be able to read the records of all others.
"""

from importlib.resources import files
from typing import Any

import msgspec

__all__ = ["FLIGHT_POSITION_AVSC", "flight_position_schema", "frame_vectors"]

FLIGHT_POSITION_AVSC: str = (files(__name__) / "flight_position.avsc").read_text(encoding="utf-8")


def flight_position_schema() -> dict[str, Any]:
    """Return the Avro schema of a `FlightPosition` as parsed JSON; each call returns a new copy."""
    return msgspec.json.decode(FLIGHT_POSITION_AVSC, type=dict[str, Any])


def frame_vectors() -> dict[str, Any]:
    """Return the test vectors of the frame format as parsed JSON."""
    return msgspec.json.decode((files(__name__) / "frame_vectors.json").read_bytes(), type=dict[str, Any])
