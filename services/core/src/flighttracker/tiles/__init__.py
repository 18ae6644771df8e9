"""`flights.v3`: aircraft by class of zoom and tile, sent only when a viewer could see it. Specified in `tiles.md`."""

from flighttracker.tiles.message import (
    TileAdditions,
    TileChanges,
    TileFrame,
    TileHeader,
    TileUpdates,
    decode_message,
    encode_key,
    encode_tile,
    join,
    read_tile_header,
    split_messages,
)
from flighttracker.tiles.motion import MOTION_COLUMNS, predict
from flighttracker.tiles.reader import TileReader
from flighttracker.tiles.zoom_class import CLASSES, ZoomClass, class_of_zoom

__all__ = [
    "CLASSES",
    "MOTION_COLUMNS",
    "TileAdditions",
    "TileChanges",
    "TileFrame",
    "TileHeader",
    "TileReader",
    "TileUpdates",
    "ZoomClass",
    "class_of_zoom",
    "decode_message",
    "encode_key",
    "encode_tile",
    "join",
    "predict",
    "read_tile_header",
    "split_messages",
]
