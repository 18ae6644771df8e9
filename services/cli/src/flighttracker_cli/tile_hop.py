"""One aircraft as the page gets it with `flights.v3`, in text: its tile, and what changes in that. Pure; for `hops`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from flighttracker.tiles import CLASSES, MOTION_COLUMNS, TileReader, ZoomClass, decode_message, join
from flighttracker.tiles.motion import TENTH_MS
from flighttracker.tiles.varint import varint
from flighttracker_gateway.delivery.class_stream import ClassStream
from flighttracker_gateway.delivery.sky import Sky
from flighttracker_gateway.picture.picture import Picture

_EPOCH: Final = 1
_SHOWN_BYTES: Final = 16
_FIXED_BYTES: Final = 10
"""Of the head of a message: the fields before its two numbers."""


def explain_tiles(icao24: str, ticks: Sequence[tuple[int, bytes]], tick_interval_ms: int) -> Iterator[str]:
    """Yield the lines that show the tile of an aircraft in the finest class of zoom.

    Args:
        icao24: the aircraft.
        ticks: time and frame of each tick of its shard; the first has it.
        tick_interval_ms: of the gateway.
    """
    zoom, address = CLASSES[-1], int(icao24, 16)
    picture = Picture()
    sky, stream, reader = Sky(picture), ClassStream(zoom, tick_interval_ms), TileReader(zoom)
    for time_ms, frame in ticks:
        picture.apply(frame)
        if not stream.is_due(time_ms):
            continue
        sky.advance()
        stream.advance(sky, time_ms)
        header = stream.header(_EPOCH)
        if not reader.aircraft:
            for tile in stream.tiles_with_aircraft():
                stream.watch(tile)
                reader.apply(join(header, [stream.key(tile)]))
            tile = reader.aircraft[address].tile
            yield from _message(join(header, [stream.key(tile)]))
            yield from _motion(icao24, reader, zoom)
            continue
        parts = stream.parts()
        if parts:
            reader.apply(join(header, [*parts.values()]))
    if time_ms // stream.interval_ms > ticks[0][0] // stream.interval_ms:
        yield ""
        known = reader.aircraft.get(address)
        if known is None:
            yield f"   {icao24} has left"
        elif known.tick != stream.tick:
            yield f"   {icao24} flies as predicted, within half a pixel at zoom {zoom.finest_zoom}: nothing is sent"
        else:
            yield from _message(join(header, [parts[known.tile]]))
            yield from _motion(icao24, reader, zoom)


def _message(message: bytes) -> Iterator[str]:
    header, (part,) = decode_message(message)
    added, updated = len(part.changes.added.icao24), len(part.changes.updated.places)
    kind = f"key part: {added:,} aircraft" if part.is_key else f"part: {added:,} added, {updated:,} updated"
    yield f"   {len(message):,} bytes with the {kind}, in tile {part.tile}"
    interval = header.interval_ms // TENTH_MS
    parts_at = _FIXED_BYTES + len(varint(interval))
    for name, start, end, value, words in (
        ("magic", 0, 1, "", ""),
        ("class", 1, 2, header.zoom, "of zoom"),
        ("epoch", 2, 6, header.epoch, "of this gateway's tiles"),
        ("tick", 6, 10, header.tick, "times the interval: since 1970"),
        ("interval", _FIXED_BYTES, parts_at, interval, "0.1 s"),
        ("parts", parts_at, parts_at + 1, 1, "tiles that follow"),
    ):
        yield f"     {message[start:end].hex(' '):<24} {name:<18}{value!s:<15}{words}".rstrip()
    yield f"     {message[parts_at + 1 : parts_at + 1 + _SHOWN_BYTES].hex(' ')} …  the part"


def _motion(icao24: str, reader: TileReader, zoom: ZoomClass) -> Iterator[str]:
    units = (
        f"2^-{zoom.position_bits} of the world",
        "to the south",
        f"2^-{zoom.velocity_shift} of that in 0.1 s",
        "to the south",
        f"{25 * zoom.altitude_step} ft",
        "64 ft/min",
        "360/256 degree, unless it moves",
        "status and flags",
        "s without a report",
    )
    yield f"     {icao24} flies on from these integers:"
    motion = reader.aircraft[int(icao24, 16)].motion.tolist()
    for column, value, unit in zip(MOTION_COLUMNS, motion, units, strict=True):
        yield f"       {column:<15}{value:>11}  {unit}"
