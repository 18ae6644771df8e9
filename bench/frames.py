"""`make bench-frames`: bytes per update, compared with other encodings, and the time to encode a tick.

Simulated: the generator's own traffic; every aircraft reports once a second, or once in `--interval` seconds.
Real: a saved answer of OpenSky's `/api/states/all` (OPENSKY_STATES=FILE); each aircraft moves along its own track at
its own speed and reports once a second. Without the file, real traffic is not measured, and the output says so.
The compared encodings carry every aircraft in each tick, at the same precision: JSON objects with gzip, and readsb's
binCraft rows (112 bytes per aircraft) with gzip.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from flighttracker.errors import RecordRefusedError
from flighttracker.flight import FlightPosition, refuse_out_of_range
from flighttracker.partition import shard_of
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.picture import Picture
from flighttracker_generator.simulation.fleet import make_fleet
from flighttracker_generator.simulation.traffic import Traffic
from flighttracker_generator.sources.opensky_states import read_states
from flighttracker_generator.sources.simulated import STEP_MS

SHARDS: Final = 6
START_MS: Final = 1_750_000_000_000
EARTH_M: Final = 6_371_000.0

_COLUMNS: Final = [
    ("hex", "<u4", 0),
    ("lon", "<i4", 8),
    ("lat", "<i4", 12),
    ("baro_rate", "<i2", 16),
    ("baro_alt", "<i2", 20),
    ("geom_alt", "<i2", 22),
    ("squawk", "<u2", 32),
    ("gs", "<i2", 34),
    ("track", "<i2", 40),
    ("air_ground", "u1", 68),
    ("flight", "S8", 78),
    ("type_code", "S4", 88),
    ("registration", "S12", 92),
]
_NAMES, _FORMATS, _OFFSETS = zip(*_COLUMNS, strict=True)
BINCRAFT: Final = np.dtype(
    {"names": list(_NAMES), "formats": list(_FORMATS), "offsets": list(_OFFSETS), "itemsize": 112}
)
"""The columns of readsb's `struct binCraft` that a position has values for; the others stay 0."""

Ticks = Callable[[int], list[FlightPosition]]


def simulated(aircraft: int, interval_s: float = 1.0) -> Ticks:
    """Return the generator's traffic: second → the positions that are reported in it.

    As in the simulated source, all aircraft report in second 0, then each at its own moment of the interval.
    """
    traffic = Traffic(make_fleet(aircraft, {}, 1, 0, 1))

    def in_second(second: int) -> list[FlightPosition]:
        end_ms = START_MS + second * 1000
        if second == 0:
            return traffic.positions(traffic.due(0, end_ms, interval_s), end_ms)
        moments = range(end_ms - 1000 + STEP_MS, end_ms + 1, STEP_MS)
        return [
            position
            for moment_ms in moments
            for position in traffic.positions(traffic.due(moment_ms - STEP_MS, moment_ms, interval_s), moment_ms)
        ]

    return in_second


def real(path: Path) -> Ticks:
    """Return the traffic of an OpenSky answer: each aircraft moves along its own track at its own speed."""
    heard = heard_once(path)
    return lambda second: [moved(position, second) for position in heard]


def heard_once(path: Path) -> list[FlightPosition]:
    """Return the positions of an OpenSky answer that have a speed and a track and pass validation."""
    return [position for position in read_states(path.read_bytes()).positions if _moves(position)]


def _moves(position: FlightPosition) -> bool:
    try:
        refuse_out_of_range(moved(position, 0), START_MS)
    except (RecordRefusedError, AssertionError):
        return False
    return True


def moved(position: FlightPosition, seconds: float) -> FlightPosition:
    """Return the position this many seconds later, at a constant speed and track."""
    assert position.ground_speed_mps is not None
    assert position.track_deg is not None
    angle = position.ground_speed_mps * seconds / EARTH_M
    bearing, latitude = math.radians(position.track_deg), math.radians(position.latitude_deg)
    to_latitude = math.asin(
        math.sin(latitude) * math.cos(angle) + math.cos(latitude) * math.sin(angle) * math.cos(bearing)
    )
    east = math.atan2(
        math.sin(bearing) * math.sin(angle) * math.cos(latitude),
        math.cos(angle) - math.sin(latitude) * math.sin(to_latitude),
    )
    climb_m = (position.vertical_rate_mps or 0.0) * seconds
    time_ms = START_MS + round(seconds * 1000)
    return msgspec.structs.replace(
        position,
        latitude_deg=math.degrees(to_latitude),
        longitude_deg=(position.longitude_deg + math.degrees(east) + 180) % 360 - 180,
        baro_altitude_m=None if position.baro_altitude_m is None else max(0.0, position.baro_altitude_m + climb_m),
        geo_altitude_m=None if position.geo_altitude_m is None else max(0.0, position.geo_altitude_m + climb_m),
        position_time=time_ms,
        last_contact=time_ms,
    )


def bincraft(positions: Sequence[FlightPosition]) -> bytes:
    """Return the positions as rows of readsb's binCraft."""
    rows = np.zeros(len(positions), BINCRAFT)
    for row, position in zip(rows, positions, strict=True):
        row["hex"] = int(position.icao24, 16)
        row["lat"], row["lon"] = round(position.latitude_deg * 1e6), round(position.longitude_deg * 1e6)
        row["baro_alt"] = round((position.baro_altitude_m or 0) / 0.3048 / 25)
        row["geom_alt"] = round((position.geo_altitude_m or 0) / 0.3048 / 25)
        row["baro_rate"] = round((position.vertical_rate_mps or 0) / 0.3048 * 60 / 8)
        row["gs"] = round((position.ground_speed_mps or 0) * 3600 / 1852 * 10)
        row["track"] = round((position.track_deg or 0) * 90)
        row["squawk"] = int(position.squawk or "0", 16)
        row["air_ground"] = 1 if position.on_ground else 2
        row["flight"], row["type_code"] = position.callsign.encode(), position.aircraft_type.encode()
        row["registration"] = position.registration.encode()
    return rows.tobytes()


def measure(ticks: Ticks, seconds: int) -> dict[str, float]:
    """Return the bytes per update in each encoding, and the milliseconds to encode a tick of 20,000 updates."""
    owners = [
        ShardOwner(shard, 1, tick_interval_ms=1000, time_to_live_ms=300_000, max_aircraft=100_000)
        for shard in range(SHARDS)
    ]
    picture = Picture()
    delta_bytes, updates, encode_ms, key_bytes, whole_size = 0, 0, [], 0, 1
    positions: list[FlightPosition] = []
    for second in range(seconds + 1):
        positions = ticks(second)
        for position in positions:
            refuse_out_of_range(position, START_MS + second * 1000)
            owners[shard_of(position.icao24.encode(), SHARDS)].hear(position)
        started_s = time.process_time()
        frames = [owner.tick(START_MS + second * 1000) for owner in owners]
        spent_ms = (time.process_time() - started_s) * 1000
        for frame in frames:
            picture.apply(frame)
        if second == 0:
            key_bytes, whole_size = sum(map(len, frames)), len(positions)
        else:
            delta_bytes += sum(map(len, frames))
            updates += len(positions)
            encode_ms.append(spent_ms * 20_000 / len(positions))
    if len(picture) < whole_size:
        raise SystemExit(f"error: {len(picture)} of {whole_size} aircraft arrived")
    shown = list(picture.flights())
    whole = [gzip.compress(msgspec.json.encode(shown)), gzip.compress(bincraft(shown))]
    return {
        "aircraft": len(shown),
        "frame": delta_bytes / updates,
        "key": key_bytes / whole_size,
        "json_gzip": len(whole[0]) / len(shown),
        "bincraft_gzip": len(whole[1]) / len(shown),
        "encode_ms_20000": statistics.median(encode_ms),
        "encode_ms_20000_min": min(encode_ms),
        "encode_ms_20000_max": max(encode_ms),
    }


def rows(results: dict[str, dict[str, float]]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"{'bytes per aircraft and update':<34}" + "".join(f"{name:>12}" for name in results)
    for key, label in [
        ("aircraft", "aircraft"),
        ("frame", "delta frame (ours)"),
        ("bincraft_gzip", "readsb binCraft, gzip"),
        ("json_gzip", "JSON objects, gzip"),
        ("key", "key frame (ours, at each join)"),
    ]:
        digits = 0 if key == "aircraft" else 2
        yield f"{label:<34}" + "".join(f"{result[key]:>12.{digits}f}" for result in results.values())
    for name, result in results.items():
        spread = f"{result['encode_ms_20000_min']:.0f} to {result['encode_ms_20000_max']:.0f}"
        yield f"encode 20,000 updates, {name}: median {result['encode_ms_20000']:.0f} ms of CPU ({spread})"


def main() -> int:
    """Measure; print the table and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aircraft", type=int, default=20_000, help="simulated aircraft (default: %(default)s)")
    parser.add_argument(
        "--interval", type=float, default=1.0, help="seconds between two reports of an aircraft (default: %(default)s)"
    )
    parser.add_argument("--seconds", type=int, default=30, help="ticks to measure (default: %(default)s)")
    parser.add_argument("--opensky", type=Path, default=os.environ.get("OPENSKY_STATES"), help="a saved OpenSky answer")
    arguments = parser.parse_args()
    results = {"simulated": measure(simulated(arguments.aircraft, arguments.interval), arguments.seconds)}
    figures: dict[str, Any] = {"bytes_per_update_simulated": round(results["simulated"]["frame"], 3)}
    if arguments.opensky is not None:
        results["real"] = measure(real(Path(arguments.opensky)), arguments.seconds)
        figures["bytes_per_update_real"] = round(results["real"]["frame"], 3)
    for row in rows(results):
        print(row)
    if arguments.opensky is None:
        print("Real traffic was not measured: set OPENSKY_STATES to a saved answer of OpenSky's /api/states/all.")
    figures["encode_ms_20000"] = round(results["simulated"]["encode_ms_20000"], 1)
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
