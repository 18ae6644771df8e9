"""The files that programs in any language share: the Avro schema of a position and the specification of a frame.

`flight_position.avsc` is what stands in the schema registry, `frame.md` specifies the browser protocol to the byte and
`frame_vectors.json` holds the examples that the Python and the TypeScript codec are both tested with. `released/` keeps
the schema of every version as it was released: each must read the records of all others.
"""

from importlib.resources import files
from typing import Any

import msgspec

__all__ = ["FLIGHT_POSITION_AVSC", "flight_position_schema", "frame_vectors"]

FLIGHT_POSITION_AVSC: str = (files(__name__) / "flight_position.avsc").read_text(encoding="utf-8")


def flight_position_schema() -> dict[str, Any]:
    """Return the Avro schema of a `FlightPosition` as parsed JSON, a new copy at each call."""
    return msgspec.json.decode(FLIGHT_POSITION_AVSC, type=dict[str, Any])


def frame_vectors() -> dict[str, Any]:
    """Return the test vectors of the frame format as parsed JSON."""
    return msgspec.json.decode((files(__name__) / "frame_vectors.json").read_bytes(), type=dict[str, Any])
