"""Write `tile_vectors.json`: messages of tiles and what a reader then shows, for the tests of every codec.

Run by `make generate`; CI fails if the file is not up to date. `by_hand`, `entering_and_leaving` and `quiet_world`
are written byte by byte from `tiles.md`.
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


def message(zoom: int, tick: int, interval: int, *parts: bytes) -> bytes:
    """Return a message of fewer than 128 parts; its interval is in 0.1 s, below 12.8 s."""
    return struct.pack("<BBIIBB", 0xF3, zoom, EPOCH, tick, interval, len(parts)) + b"".join(parts)


def key_part(tile: bytes, body: bytes) -> bytes:
    """Return a key part; its body is DEFLATE's stored block."""
    stored = struct.pack("<BHH", 1, len(body), len(body) ^ 0xFFFF) + body
    return tile + bytes([0, len(stored), len(body)]) + stored


def change_part(tile: bytes, since: int, bits: str) -> bytes:
    """Return a part with changes, from its bits."""
    packed = bits.replace(" ", "")
    length = -(-len(packed) // 8)
    return tile + bytes([since, length]) + int(packed.ljust(8 * length, "0"), 2).to_bytes(length)


TILE_OF_HAND: Final = b"\x81\x80\x40"
"""1,048,577, as a number of bytes."""


def by_hand() -> list[bytes]:
    """Return a key and an update of class 4, tile 1,048,577 (row 512, column 1), as `tiles.md` says."""
    key = b"\x01" + b"\x04" + struct.pack("<I", 0x3C6444) + bytes([1, 5, 1, 1])  # heavy, adsb_icao
    key += b"\x01\x02"  # sent two ticks ago
    # x 100, y 200 in the tile; velocity 10,240 to the west (20 units in 0.1 s); 1,000 times 25 ft, climbs 30
    for value in (100, 200, -10_240, 0, 1_000, 30, 0, 3, 0):
        zigzag = 2 * value if value >= 0 else -2 * value - 1
        key += b"\x00" if zigzag == 0 else b"\x02" + struct.pack("<H", zigzag)
    # No removes, no adds, one update, of place 0. x is one unit to the east of the prediction: 2 with parameter 1.
    # Heading 64 is 0 because it moves. It is on the ground now: 32 with parameter 4.
    update = "1 1 010" + "0 100001 000000 100100 0" + "010 0010000"
    return [
        message(4, 1_000, 10, key_part(TILE_OF_HAND, key)),
        message(4, 1_003, 10, change_part(TILE_OF_HAND, 3, update)),
    ]


def key_of_world() -> bytes:
    """Return a key of class 0 with one aircraft."""
    # x 8,000, y 5,000, at rest; 40 times 250 ft; status 3
    key = b"\x01" + b"\x04" + struct.pack("<I", 0x4CA7B3) + bytes([1, 3, 1, 1]) + b"\x00"
    key += b"\x02" + struct.pack("<H", 16_000) + b"\x02" + struct.pack("<H", 10_000) + bytes(2)
    key += b"\x01\x50" + bytes(2) + b"\x01\x06" + bytes(1)
    return message(0, 500, 50, key_part(b"\x00", key))


def quiet_world() -> list[bytes]:
    """Return a key of class 0, two ticks without news, and an update that follows the key."""
    update = "1 1 010" + "0 0000 100001 0000" + "011"  # two steps of altitude lower
    return [
        key_of_world(),
        message(0, 501, 50),
        message(0, 502, 50),
        message(0, 503, 50, change_part(b"\x00", 3, update)),
    ]


def entering_and_leaving() -> list[bytes]:
    """Return a key of class 0, an aircraft that enters, and the other one that leaves."""
    # Address 7: category 2, x -1, y 200, which is too large for its parameter, all else 0.
    enters = "1 010 1" + "100010 100001 0 100000 100000 0000000" + "0111 010 01" + "0" * 20 + f"{400:032b}"
    leaves = "010 1 1" + "111001" + "1 1"  # the second of two: 1 with parameter 25
    return [
        key_of_world(),
        message(0, 501, 50, change_part(b"\x00", 1, enters)),
        message(0, 502, 50, change_part(b"\x00", 1, leaves)),
    ]


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
    head = update[:12]
    return {
        "empty": b"",
        "a frame of version 1": b"FLT\x01" + key[4:],
        "an unknown class": key[:1] + b"\x05" + key[2:],
        "an interval of 0": key[:10] + b"\x00" + key[11:],
        "cut": key[:-1],
        "one byte more": key + b"\x00",
        "a number that does not end": head + b"\xff" * 6,
        "a number of 33 bits": head + b"\x81\x80\x80\x80\x10" + update[15:],
        "a tile outside the class": head + b"\x80\x80\x80\x02" + update[15:],
        "a key that is not compressed": key[:15] + b"\x00\x02\x02\xff\xff",
        "a key longer than it says": key[:17] + bytes([key[17] - 1]) + key[18:],
        "an unknown form": message(4, 1_000, 10, key_part(TILE_OF_HAND, b"\x01\x03")),
        "more aircraft than bytes": message(4, 1_000, 10, key_part(TILE_OF_HAND, b"\xff\xff\x3f\x01")),
        "more aircraft than a tile may have": message(4, 1_003, 10, change_part(TILE_OF_HAND, 3, "0" * 60)),
        "changes that end early": message(4, 1_003, 10, change_part(TILE_OF_HAND, 3, "1 1 010 0 100001")),
        "a bit after the changes": message(4, 1_003, 10, change_part(TILE_OF_HAND, 3, "1 1 1 00001")),
        "a byte after the changes": message(4, 1_003, 10, change_part(TILE_OF_HAND, 3, "1 1 1 00000 00000000")),
        "an address of 25 bits": message(
            4, 1_003, 10, change_part(TILE_OF_HAND, 3, "1 010 1" + "111000" + "0" * 11 + "01" + "0" * 24)
        ),
    }


def _lines(items: list[dict[str, Any]]) -> str:
    return ",\n".join(json.dumps(item, separators=(",", ":")) for item in items)


def main() -> int:
    """Write the file."""
    vectors = {"written by hand from the page": by_hand()}
    vectors |= {f"half a minute, class {zoom.number}": recorded(zoom) for zoom in CLASSES}
    vectors["an aircraft enters and another leaves, written by hand"] = entering_and_leaving()
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
