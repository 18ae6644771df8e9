"""Write `tile_vectors.json`: messages of tiles and what a reader then shows, for the tests of every codec.

Run by `make generate`; CI fails if the file is not up to date. `by_hand` and `quiet_world` are written byte by byte
from `tiles.md`.
"""

from __future__ import annotations

import json
import random
import struct
import sys
from pathlib import Path
from typing import Any, Final

from scripts.make_frame_vectors import flight

from flighttracker.errors import FrameError
from flighttracker.tiles import CLASSES, TileReader, ZoomClass, decode_message, join
from flighttracker_gateway.delivery.class_stream import ClassStream
from flighttracker_gateway.delivery.sky import Sky
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.picture import Picture

TARGET: Final = Path(__file__).parents[1] / "schemas/flighttracker_schemas/tile_vectors.json"
START_MS: Final = 1_750_000_000_000
EPOCH: Final = 3
NOTE: Final = (
    "shown is what a reader of the class shows after all messages of a vector, in order, at each tick: nine columns "
    "of tiles.md by address."
)
AFTER_TICKS: Final = (0, 1, 7, 40, 5_000)
"""Ticks after the last message."""


def by_hand() -> list[bytes]:
    """Return a key and an update of class 4, tile 1,048,577 (row 512, column 1), as `tiles.md` says."""
    header = b"FL3" + struct.pack("<BIIHH", 4, EPOCH, 1_000, 10, 1)
    key = struct.pack("<III", 0, 1, 0)
    key += b"\x04" + struct.pack("<I", 0x3C6444) + bytes([5, 1]) + b"\x01\x02"  # heavy, adsb_icao; sent two ticks ago
    # x 100, y 200 in the tile; velocity 10,240 to the west (20 units in 0.1 s); 1,000 times 25 ft, climbs 30
    for value in (100, 200, -10_240, 0, 1_000, 30, 0, 3, 0):
        zigzag = 2 * value if value >= 0 else -2 * value - 1
        key += b"\x00" if zigzag == 0 else b"\x02" + struct.pack("<H", zigzag)
    update = struct.pack("<III", 0, 0, 1) + b"\x04" + struct.pack("<I", 0x3C6444)
    # one unit to the east of the prediction, heading 64 is 0 because it moves, now on the ground
    update += b"\x01\x02" + bytes(6) + b"\x01" + bytes([2 * 16]) + b"\x00"
    tile = 512 * 2048 + 1
    return [
        header + struct.pack("<IHBBII", tile, 0, 1, 0, len(key), len(key)) + key,
        b"FL3"
        + struct.pack("<BIIHH", 4, EPOCH, 1_003, 10, 1)
        + struct.pack("<IHBBII", tile, 3, 0, 0, len(update), len(update))
        + update,
    ]


def quiet_world() -> list[bytes]:
    """Return a key of class 0, two ticks without news, and an update that follows the key."""

    def message(tick: int, *parts: bytes) -> bytes:
        return b"FL3" + struct.pack("<BIIHH", 0, EPOCH, tick, 50, len(parts)) + b"".join(parts)

    def part(since: int, flags: int, body: bytes) -> bytes:
        return struct.pack("<IHBBII", 0, since, flags, 0, len(body), len(body)) + body

    address = b"\x04" + struct.pack("<I", 0x4CA7B3)
    # x 8,000, y 5,000, at rest; 40 times 250 ft; status 3
    key = struct.pack("<III", 0, 1, 0) + address + bytes([3, 1]) + b"\x00"
    key += b"\x02" + struct.pack("<H", 16_000) + b"\x02" + struct.pack("<H", 10_000) + bytes(2)
    key += b"\x01\x50" + bytes(2) + b"\x01\x06" + bytes(1)
    update = struct.pack("<III", 0, 0, 1) + address + bytes(4) + b"\x01\x03" + bytes(4)  # two steps of altitude lower
    return [message(500, part(0, 1, key)), message(501), message(502), message(503, part(3, 0, update))]


def recorded(zoom: ZoomClass) -> list[bytes]:
    """Return the messages of half a minute: aircraft turn, climb, cross tiles and the 180th meridian, and leave."""
    chance = random.Random(zoom.number)
    picture = Picture()
    sky, stream = Sky(picture), ClassStream(zoom, 1_000)
    owner = ShardOwner(0, 1, tick_interval_ms=1_000, time_to_live_ms=20_000, max_aircraft=100)
    messages: list[bytes] = []
    seen: set[int] = set()
    for second in range(32):
        now_ms = START_MS + second * 1_000
        for number in range(12):
            if (number < 3 and second > 5) or chance.random() < 0.3:
                continue
            longitude = (179.95 if number % 2 else 8.0) + number * 0.001 + second * 0.004
            owner.hear(
                flight(
                    f"3c{number:04x}",
                    second,
                    latitude_deg=50.0 + number * 0.01 - second * 0.001,
                    longitude_deg=(longitude + 180) % 360 - 180,
                    ground_speed_mps=None if number == 4 else 230.0 + chance.random(),
                    track_deg=None if number == 5 else (90.0 + second * number) % 360,
                    baro_altitude_m=None if number == 6 else 3_000.0 + second * number * 5,
                    vertical_rate_mps=float(number),
                    on_ground=number == 7,
                    position_time=now_ms,
                    last_contact=now_ms,
                )
            )
        picture.apply(owner.tick(now_ms))
        sky.advance()
        if not stream.is_due(now_ms):
            continue
        stream.advance(sky, now_ms)
        parts = stream.parts()
        new = stream.tiles_with_aircraft() - seen
        for tile in new:
            stream.watch(tile)
            parts[tile] = stream.key(tile)
        seen |= new
        if parts:
            messages.append(join(stream.header(EPOCH), [parts[tile] for tile in sorted(parts)]))
    return messages


def described(messages: list[bytes]) -> dict[str, Any]:
    """Return a vector."""
    headers = [decode_message(message)[0] for message in messages]
    reader = TileReader(CLASSES[headers[0].zoom])
    for message in messages:
        missing = reader.apply(message)
        if missing:
            raise SystemExit(f"error: a reader misses tiles {missing}")
    shown = {}
    for tick in (headers[-1].tick + later for later in AFTER_TICKS):
        icao24, motion = reader.shown(tick)
        columns = motion.T.tolist()
        shown[str(tick)] = {f"{address:06x}": column for address, column in zip(icao24, columns, strict=True)}
    kinds = {f"{address:06x}": list(known.kinds) for address, known in reader.aircraft.items()}
    return {
        "class": headers[0].zoom,
        "messages": [message.hex() for message in messages],
        "kinds": kinds,
        "shown": shown,
    }


def rejected() -> dict[str, bytes]:
    """Return messages that a reader rejects."""
    key, update = by_hand()
    return {
        "empty": b"",
        "a frame of version 1": b"FLT\x01" + key[4:],
        "an unknown class": key[:3] + b"\x05" + key[4:],
        "an interval of 0": key[:12] + bytes(2) + key[14:],
        "cut": key[:-1],
        "one byte more": key + b"\x00",
        "an unknown flag": key[:22] + b"\x05" + key[23:],
        "a tile outside the class": key[:16] + struct.pack("<I", 4**11) + key[20:],
        "a key with updates": update[:22] + b"\x01" + update[23:],
        "an unknown form": key[:44] + b"\x03" + key[45:],
        "more aircraft than bytes": key[:36] + struct.pack("<I", 2_000_000) + key[40:],
    }


def _lines(items: list[dict[str, Any]]) -> str:
    return ",\n".join(json.dumps(item, separators=(",", ":")) for item in items)


def main() -> int:
    """Write the file."""
    vectors = {"written by hand from the page": by_hand()}
    vectors |= {f"half a minute, class {zoom.number}": recorded(zoom) for zoom in CLASSES}
    vectors["a quiet world, written by hand"] = quiet_world()
    for name, message in rejected().items():
        try:
            decode_message(message)
        except FrameError:
            continue
        raise SystemExit(f"error: '{name}' is not rejected")
    document = {
        "vectors": [{"name": name, **described(messages)} for name, messages in vectors.items()],
        "rejected": [{"name": name, "message": message.hex()} for name, message in rejected().items()],
    }
    lists = [f'"{name}": [\n{_lines(document[name])}\n]' for name in ("vectors", "rejected")]
    TARGET.write_text(",\n".join((f'{{"note": {json.dumps(NOTE)}', *lists)) + "}\n", encoding="utf-8")
    print(f"{TARGET.name}: {len(vectors)} vectors, {len(document['rejected'])} rejected")
    return 0


if __name__ == "__main__":
    sys.exit(main())
