"""The frame format of `frame.md`: `encode_frame`, `decode_frame`, and `ShardTable`, the state that frames change."""

from flighttracker.frame.decode import decode_frame
from flighttracker.frame.encode import encode_frame
from flighttracker.frame.layout import (
    COLUMNS,
    COMPRESSED,
    DELTA,
    HEADER_BYTES,
    KEY,
    Additions,
    Changes,
    FrameContent,
    FrameHeader,
    FrameStamp,
    read_header,
    split_frames,
)
from flighttracker.frame.quantity import dynamic_columns, positions_of
from flighttracker.frame.table import ShardTable

__all__ = [
    "COLUMNS",
    "COMPRESSED",
    "DELTA",
    "HEADER_BYTES",
    "KEY",
    "Additions",
    "Changes",
    "FrameContent",
    "FrameHeader",
    "FrameStamp",
    "ShardTable",
    "decode_frame",
    "dynamic_columns",
    "encode_frame",
    "positions_of",
    "read_header",
    "split_frames",
]
