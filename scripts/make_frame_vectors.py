"""Write `frame_vectors.json`: frames and the resulting state, for the tests of every codec.

Run by `make generate`; CI fails if the file is not up to date. Some are written byte by byte in
`frames_by_hand`.
"""

from __future__ import annotations

import json
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from scripts.frames_by_hand import START_MS, by_hand, by_hand_with_kinds

from flighttracker.errors import FrameError
from flighttracker.flight import FlightPosition
from flighttracker.frame import HEADER_BYTES, ShardTable, decode_frame
from flighttracker.frame.layout import KINDS, NAMES, TEXTS
from flighttracker_gateway.owner.shard import ShardOwner

TARGET = Path(__file__).parents[1] / "schemas/flighttracker_schemas/frame_vectors.json"
EPOCH = 1_749_999_999_000
NOTE = (
    "state is what a reader holds after all frames of a vector, in order. dynamic are the eleven columns of frame.md; "
    "position_age (number 6) is 0 there and position_time_ms stands beside it."
)


def flight(icao24: str, seconds: float, **changes: Any) -> FlightPosition:
    """Return a position `seconds` after the start, with changed fields."""
    time_ms = START_MS + round(seconds * 1000)
    fields: dict[str, Any] = {
        "icao24": icao24,
        "callsign": "DLH4YA",
        "registration": "D-AIBL",
        "aircraft_type": "A319",
        "operator": "Lufthansa",
        "origin_country": "Germany",
        "origin": "EDDF",
        "destination": "EGLL",
        "category": "large",
        "address_type": "adsb_icao",
        "latitude_deg": 50.0 + seconds * 0.001,
        "longitude_deg": 8.0 - seconds * 0.002,
        "baro_altitude_m": 10668.0,
        "geo_altitude_m": 10820.4,
        "ground_speed_mps": 231.5,
        "track_deg": 301.4,
        "vertical_rate_mps": 0.0,
        "on_ground": False,
        "squawk": "1000",
        "status": "cruising",
        "position_time": time_ms,
        "last_contact": time_ms,
        "source": "simulated",
    }
    return FlightPosition(**(fields | changes))


UNKNOWN = {
    "callsign": "",
    "registration": "",
    "aircraft_type": "",
    "operator": "",
    "origin_country": "",
    "origin": "",
    "destination": "",
    "category": "unknown",
    "address_type": "unknown",
    "baro_altitude_m": None,
    "geo_altitude_m": None,
    "ground_speed_mps": None,
    "track_deg": None,
    "vertical_rate_mps": None,
    "squawk": "",
    "status": "unknown",
}


def owner(time_to_live_s: int = 300) -> ShardOwner:
    """Return the owner of shard 3."""
    return ShardOwner(3, EPOCH, tick_interval_ms=1000, time_to_live_ms=time_to_live_s * 1000, max_aircraft=1000)


def ticks(shard: ShardOwner, *heard: list[FlightPosition]) -> list[bytes]:
    """Return one frame for each list of positions."""
    frames = []
    for second, positions in enumerate(heard):
        for position in positions:
            shard.hear(position)
        frames.append(shard.tick(START_MS + 500 + second * 1000))
    return frames


def vectors() -> dict[str, list[bytes]]:
    """Return the frames of each vector."""
    many = [
        [
            flight(
                f"{0x3C0000 + number * 7:06x}",
                second,
                latitude_deg=-60 + number * 0.4 + second * 0.0021,
                longitude_deg=-170 + number * 1.1 + second * (0.001 + number * 0.00001),
                callsign=f"DLH{number}",
                baro_altitude_m=10_000.0 + second * 8 * (number % 5 == 0),
                track_deg=(number * 3.7 + 0.1 * second * (number % 2)) % 360,
                operator=("Lufthansa", "SAS", "Turkish Airlines")[number % 3],
            )
            for number in range(300)
            if number % 11 or second % 3 == 0
        ]
        for second in range(4)
    ]
    turning = [
        [
            flight(
                "3c6444",
                second + 0.1 * (second % 3),
                latitude_deg=50 + 0.002 * second,
                longitude_deg=179.995 + 0.001 * second - 360 * (second > 5),
            ),
            flight("400000", second, latitude_deg=51 - 0.3 * second, ground_speed_mps=None),
            *([flight("500000", second, callsign=f"BAW{second // 2}", latitude_deg=-33.0)] if second != 3 else []),
        ]
        for second in range(9)
    ]
    return {
        "written by hand from the page": by_hand(),
        "written by hand, with kinds": by_hand_with_kinds(),
        "an aircraft, a vehicle, a category and an address type that are found out later": ticks(
            owner(),
            [
                flight("3c6444", 0, category="unknown", address_type="unknown"),
                flight("4b1801", 0, category="service_vehicle", address_type="adsb_icao_nt", on_ground=True),
            ],
            [flight("3c6444", 1, category="rotorcraft", address_type="mlat")],
            [flight("3c6444", 2, category="rotorcraft", address_type="adsb_icao")],
            [flight("3c6444", 3, category="unknown", address_type="unknown")],
        ),
        "over the 180th meridian, with jumps, silence and new callsigns": ticks(owner(time_to_live_s=4), *turning),
        "an empty shard": ticks(owner(), [], []),
        "one aircraft for three ticks": ticks(owner(), *([flight("3c6444", second)] for second in range(3))),
        "everything unknown": ticks(
            owner(), [flight("000000", 0, **UNKNOWN)], [flight("000000", 1, **UNKNOWN)], [flight("000000", 2)]
        ),
        "known becomes unknown": ticks(owner(), [flight("3c6444", 0)], [flight("3c6444", 1, **UNKNOWN)]),
        "a jump across the world escapes": ticks(
            owner(),
            [flight("3c6444", 0), flight("a00001", 0, longitude_deg=179.9999)],
            [
                flight("3c6444", 1, latitude_deg=-33.9, longitude_deg=151.2),
                flight("a00001", 1, longitude_deg=-179.9999),
            ],
        ),
        "a new callsign takes the same slot": ticks(
            owner(), [flight("3c6444", 0)], [flight("3c6444", 1, callsign="DLH9AB", origin="EGLL", destination="LIRF")]
        ),
        "a silent aircraft is removed and its slot taken again": ticks(
            owner(time_to_live_s=2),
            [flight("3c6444", 0), flight("400000", 0)],
            [flight("400000", 1)],
            [flight("400000", 2)],
            [flight("400000", 3), flight("500000", 3)],
            [flight("400000", 4), flight("600000", 4)],
        ),
        "poles, antimeridian and extremes": ticks(
            owner(),
            [
                flight("000001", 0, latitude_deg=90.0, longitude_deg=180.0, track_deg=359.99, squawk="7777"),
                flight("000002", 0, latitude_deg=-90.0, longitude_deg=-180.0, track_deg=0.0, squawk="0000"),
                flight("ffffff", 0, baro_altitude_m=50_000.0, geo_altitude_m=-1_500.0, ground_speed_mps=1_500.0),
                flight("000003", 0, position_time=START_MS - 290_000, last_contact=START_MS, vertical_rate_mps=-300.0),
            ],
        ),
        "names beyond ASCII": ticks(
            owner(), [flight("4b1800", 0, operator="Aéro Zürich 航空", origin_country="Türkiye")]
        ),
        "emergency on the ground": ticks(
            owner(),
            [flight("3c6444", 0)],
            [flight("3c6444", 1, status="emergency", squawk="7700", on_ground=True, ground_speed_mps=0.0)],
        ),
        "three hundred aircraft, some of them silent": ticks(owner(), *many),
    }


def state_of(frames: list[bytes]) -> dict[str, Any]:
    """Return a reader's state after these frames."""
    table = ShardTable()
    for frame in frames:
        header, content = decode_frame(frame)
        if header.is_key:
            table = ShardTable()
        table.apply(content, header.tick_time_ms)
    flights = []
    for slot in table.taken_slots():
        identity = table.identities[slot]
        flights.append(
            {
                "slot": int(slot),
                "icao24": f"{identity['icao24']:06x}",
                **{name: identity[name].decode() for name, _ in TEXTS},
                **{name: table.names[identity[name]] for name in NAMES},
                **{name: int(identity[name]) for name in KINDS},
                "position_time_ms": int(table.position_time_ms[slot]),
                "dynamic": [int(value) for value in table.dynamic[:, slot]],
            }
        )
    return {"slot_count": table.slot_count, "flights": flights}


def refused() -> dict[str, bytes]:
    """Return bytes that every decoder must reject."""
    key, delta = by_hand()
    compressed = ticks(owner(), [flight("3c6444", 0)])[0]
    inflated = zlib.decompress(compressed[HEADER_BYTES:], -zlib.MAX_WBITS)

    def at(frame: bytes, place: int, value: bytes) -> bytes:
        return frame[:place] + value + frame[place + len(value) :]

    def sized(frame: bytes) -> bytes:
        length = struct.pack("<I", len(frame) - HEADER_BYTES)
        return at(at(frame, 20, length), 32, length)

    huge = np.full(1, 0xFFFFFFFF, "<u4").tobytes()
    return {
        "nothing": b"",
        "a header cut short": key[:39],
        "another magic": at(key, 0, b"FLY"),
        "another version": at(key, 3, b"\x03"),
        "kinds that are announced and not there": at(key, 3, b"\x02"),
        "kinds that are there and not announced": at(by_hand_with_kinds()[0], 3, b"\x01"),
        "another kind": at(key, 4, b"\x03"),
        "another flag": at(key, 5, b"\x08"),
        "the flag of rates, which older gateways sent": at(key, 5, b"\x04"),
        "a payload cut short": key[:-1],
        "a byte too many": key + b"\0",
        "a byte too many inside": sized(key + b"\0"),
        "a payload that ends early": sized(key[:-1]),
        "an inflated size that is too small": at(compressed, 32, struct.pack("<I", len(inflated) - 1)),
        "an inflated size that is too large": at(compressed, 32, struct.pack("<I", len(inflated) + 1)),
        "an inflated size beyond the limit": at(compressed, 32, struct.pack("<I", 64 * 1024 * 1024 + 1)),
        "not DEFLATE": at(compressed, HEADER_BYTES, b"\xff\xff\xff\xff"),
        "more additions than bytes": at(key, HEADER_BYTES + 8, huge),
        "more updates than bytes": at(delta, HEADER_BYTES + 12, huge),
        "a key frame with an update": at(key, HEADER_BYTES + 12, b"\x01"),
        "an added slot that is too high": at(key, HEADER_BYTES + 20, b"\x02"),
        "a name that is not in the table": at(key, len(key) - 26 - 2, b"\x03"),
        "a column form that is not known": at(delta, HEADER_BYTES + 23, b"\x05"),
        "a bit after the last slot": at(delta, HEADER_BYTES + 22, b"\x06"),
        "an escaped column that is not known": at(delta, len(delta) - 5, b"\x0b"),
    }


def main() -> int:
    """Write the file, after checking that the decoder rejects invalid bytes."""
    for name, frame in refused().items():
        try:
            decode_frame(frame)
        except FrameError:
            continue
        print(f"error: {name!r} was decoded", file=sys.stderr)
        return 1
    document = {
        "note": NOTE,
        "vectors": [
            {"name": name, "frames": [frame.hex() for frame in frames], "state": state_of(frames)}
            for name, frames in vectors().items()
        ],
        "refused": [{"name": name, "frame": frame.hex()} for name, frame in refused().items()],
    }
    TARGET.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {len(document['vectors'])} vectors, {len(document['refused'])} refused")
    return 0


if __name__ == "__main__":
    sys.exit(main())
