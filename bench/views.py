"""`make bench-views`: bytes a second, and errors in pixels, of what viewers at four zooms get with `flights.v3`.

A real gateway sends through real sockets, on a clock that the bench moves. Every viewer also gets the world (class 0).
The traffic is that of `bench-frames`, one report a second; with OPENSKY_STATES also a real answer whose aircraft turn,
with noise and irregular reports. Beside it in the same run: `flights.v1`, and readsb's binCraft rows of the same
views, gzipped, once a second. A viewer's error is the distance between where it shows an aircraft just before
the next tick and where the newest report then says it is, in pixels of its zoom.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import math
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from bench.frames import START_MS, Ticks, bincraft, heard_once, moved, simulated
from bench.owners import Gateway

from flighttracker.bounding_box import BoundingBox
from flighttracker.flight import FlightPosition
from flighttracker.tiles import CLASSES, ZoomClass, class_of_zoom, join
from flighttracker_gateway.delivery.class_stream import ClassStream
from flighttracker_gateway.delivery.measured import Flying, flying
from flighttracker_gateway.delivery.sky import Sky
from tests.gateway_server import running_gateway
from tests.tile_viewer import TileViewer

WIDTH_PX: Final = 1600
HEIGHT_PX: Final = 900
TILE_PX: Final = 256
CITIES: Final = ((51.47, -0.45), (50.03, 8.57), (40.64, -73.78), (33.64, -84.43), (49.0, 2.55))
"""London, Frankfurt, New York, Atlanta, Paris: latitude and longitude of an airport, degrees."""
TURN_DEG_PER_S: Final = 1.5
TURNING: Final = 0.2
"""Share of the aircraft that turn at any time."""
TURN_S: Final = 40
HEARD: Final = 0.7
"""Share of the seconds in which a receiver hears an aircraft."""
LATEST_MS: Final = 900
NOISE_DEG: Final = 2.5e-5


class Box(NamedTuple):
    """A part of the map, Web Mercator, 0 to 1."""

    west: float
    north: float
    east: float
    south: float

    def holds(self, at: Flying) -> npt.NDArray[np.bool_]:
        """Return which aircraft are inside."""
        return (at.x >= self.west) & (at.x <= self.east) & (at.y >= self.north) & (at.y <= self.south)


def box_around(latitude_deg: float, longitude_deg: float, zoom: int) -> Box:
    """Return what a screen of 1600 by 900 pixels shows."""
    x = longitude_deg / 360 + 0.5
    y = 0.5 - math.atanh(math.sin(math.radians(latitude_deg))) / (2 * math.pi)
    wide, high = WIDTH_PX / TILE_PX / 2**zoom, HEIGHT_PX / TILE_PX / 2**zoom
    return Box(max(0.0, x - wide / 2), max(0.0, y - high / 2), min(1.0, x + wide / 2), min(1.0, y + high / 2))


VIEWS: Final[dict[str, tuple[int, list[Box]]]] = {
    "world": (3, [Box(0.0, 0.0, 1.0, 1.0)]),
    "europe": (5, [box_around(50.0, 10.0, 5)]),
    "city": (9, [box_around(*city, 9) for city in CITIES]),
    "airport": (12, [box_around(*city, 12) for city in CITIES]),
}


def tiles_in(box: Box, zoom: ZoomClass) -> list[int]:
    """Return the tiles of a class that a box touches."""
    count = 1 << zoom.tile_zoom
    columns = range(int(box.west * count), min(count - 1, int(box.east * count)) + 1)
    rows = range(int(box.north * count), min(count - 1, int(box.south * count)) + 1)
    return [row * count + column for row in rows for column in columns]


def turning(path: Path, seed: int = 3, one_in: int = 1) -> Ticks:
    """Return real aircraft, one in `one_in`, that turn now and then, as receivers hear them: with gaps, late, noisy."""
    chance = random.Random(seed)
    aircraft = heard_once(path)[::one_in]
    turns = {one.icao24: 0.0 for one in aircraft}
    now = {one.icao24: one for one in aircraft}

    def tick(second: int) -> list[FlightPosition]:
        if second % TURN_S == 0:
            for icao24 in turns:
                turns[icao24] = chance.choice((-1, 1)) * TURN_DEG_PER_S if chance.random() < TURNING else 0.0
        reported = []
        for icao24, before in now.items():
            after = moved(before, 1) if second else before
            assert after.track_deg is not None
            now[icao24] = msgspec.structs.replace(after, track_deg=(after.track_deg + turns[icao24]) % 360)
            if second == 0 or chance.random() < HEARD:
                reported.append(_heard(now[icao24], second, chance))
        return reported

    return tick


def _heard(position: FlightPosition, second: int, chance: random.Random) -> FlightPosition:
    late_s = chance.randrange(LATEST_MS) / 1000 if second else 0.0
    at = moved(position, -late_s)
    time_ms = START_MS + round((second - late_s) * 1000)
    return msgspec.structs.replace(
        at,
        latitude_deg=max(-90.0, min(90.0, (at.latitude_deg or 0.0) + chance.gauss(0, NOISE_DEG))),
        longitude_deg=((at.longitude_deg or 0.0) + chance.gauss(0, NOISE_DEG) + 180) % 360 - 180,
        position_time=time_ms,
        last_contact=time_ms,
    )


class View:
    """The viewers of one name: one for each of its boxes, through real sockets, and what they get."""

    def __init__(self, zoom: int, boxes: Sequence[Box], viewers: Sequence[TileViewer]) -> None:
        self.zoom = zoom
        self.boxes = boxes
        self.viewers = viewers
        self.join_bytes = 0
        self.world_bytes = 0
        self.error_px: list[npt.NDArray[np.float64]] = []

    async def join(self) -> None:
        """Look at the boxes, and get their tiles."""
        seen = class_of_zoom(self.zoom)
        for viewer, box in zip(self.viewers, self.boxes, strict=True):
            await viewer.binary()
            self.join_bytes = viewer.received_bytes
            await viewer.look(seen.number, tiles_in(box, seen))
            await viewer.handled()
            viewer.received_bytes = viewer.world_bytes = 0

    @property
    def received_bytes(self) -> float:
        """Of one viewer since it joined, on average."""
        return statistics.mean(viewer.received_bytes for viewer in self.viewers)

    def measure(self, at: Flying, row_of: dict[int, int], now_ms: int) -> None:
        """Keep how far each shown aircraft is from where it is, if the class has a tick now."""
        pixels = TILE_PX * 2**self.zoom
        for viewer, box in zip(self.viewers, self.boxes, strict=True):
            reader = viewer.view or viewer.world
            if now_ms % reader.interval_ms:
                continue
            icao24, motion = reader.shown(now_ms // reader.interval_ms)
            rows = np.array([row_of.get(address, -1) for address in icao24], np.int64)
            inside = (rows >= 0) & box.holds(at)[rows]
            units = 1 << reader.zoom.position_bits
            across = motion[0] / units - at.x[rows]
            down = motion[1] / units - at.y[rows]
            self.error_px.append(np.hypot(across - np.rint(across), down)[inside] * pixels)


async def measure_views(ticks: Ticks, warm_s: int, seconds: int) -> dict[str, float]:
    """Return kilobytes a second and errors of each view, the size of a join, and v1 and binCraft beside them."""
    gateway = Gateway(ticks)
    sky = Sky(gateway.picture)
    figures: dict[str, float] = {}
    v1_bytes = 0
    async with running_gateway() as running, AsyncExitStack() as sockets:
        views: dict[str, View] = {}
        for second in range(warm_s + seconds):
            frames = gateway.tick()
            now_ms = START_MS + second * 1000
            await running.clock.advance(now_ms - running.clock.now_ms())
            for frame in frames:
                running.gateway.picture.apply(frame)
            sky.advance()
            at = flying(sky.dynamic, sky.position_time_ms, now_ms)
            row_of = {int(address): row for row, address in enumerate(sky.icao24) if sky.used[row]}
            for view in views.values():
                view.measure(at, row_of, now_ms)
            await running.gateway.hub.broadcast(frames)
            for view in views.values():
                for viewer in view.viewers:
                    await viewer.everything()
            if second >= warm_s:
                v1_bytes += sum(map(len, frames))
            if second == warm_s - 1:
                for name, (zoom, boxes) in VIEWS.items():
                    viewers = [
                        TileViewer(
                            await sockets.enter_async_context(
                                running.connect(protocols=("flights.v3",), autoping=False)
                            )
                        )
                        for _ in boxes
                    ]
                    views[name] = View(zoom, boxes, viewers)
                    await views[name].join()
    if any(viewer.must_resync for view in views.values() for viewer in view.viewers):
        raise SystemExit("error: a viewer misses something")
    shown = list(gateway.picture.flights())
    for name, view in views.items():
        error = np.concatenate(view.error_px)
        world = statistics.mean(viewer.world_bytes for viewer in view.viewers)
        packed = [len(gzip.compress(bincraft(_inside(shown, box)))) for box in view.boxes]
        figures |= {
            f"kbps_{name}": view.received_bytes / seconds / 1000,
            f"tiles_kbps_{name}": (view.received_bytes - (world if name != "world" else 0)) / seconds / 1000,
            f"error_px_p99_{name}": float(np.quantile(error, 0.99)),
            f"error_px_max_{name}": float(error.max()),
            f"bincraft_kbps_{name}": statistics.mean(packed) / 1000,
        }
    return figures | {"v1_kbps": v1_bytes / seconds / 1000, "join_kb": views["world"].join_bytes / 1000}


def _bounding_box(box: Box) -> BoundingBox:
    south, north = (math.degrees(math.asin(math.tanh((0.5 - y) * 2 * math.pi))) for y in (box.south, box.north))
    return BoundingBox.of_edges(box.west * 360 - 180, south, box.east * 360 - 180, north)


def _inside(positions: Sequence[FlightPosition], box: Box) -> list[FlightPosition]:
    bounds = _bounding_box(box)
    return [one for one in positions if bounds.contains(one.latitude_deg, one.longitude_deg)]


class ViewportCost(NamedTuple):
    """What different viewports of screens cost, and what each viewer gets.

    Attributes:
        tick_ms: CPU of a tick, the median.
        messages_per_s: messages of one viewer.
        kbps: kilobytes a second of one viewer.
    """

    tick_ms: float
    messages_per_s: float
    kbps: float


def cost_of_viewports(ticks: Ticks, viewports: int, seconds: int) -> ViewportCost:
    """Return what a gateway spends on this many different viewports."""
    chance = random.Random(5)
    gateway = Gateway(ticks)
    sky = Sky(gateway.picture)
    streams = {zoom.number: ClassStream(zoom, 1_000) for zoom in CLASSES}
    gateway.tick()
    flights = list(gateway.picture.flights())
    wanted: list[list[tuple[int, int]]] = []
    for _ in range(viewports):
        around, zoom = chance.choice(flights), chance.randint(4, 12)
        box = box_around(around.latitude_deg or 0.0, around.longitude_deg or 0.0, zoom)
        seen = class_of_zoom(zoom)
        wanted.append([(0, 0), *((seen.number, tile) for tile in tiles_in(box, seen))])
    sky.advance()
    for stream in streams.values():
        stream.advance(sky, START_MS)
    for number, tile in {pair for pairs in wanted for pair in pairs}:
        streams[number].watch(tile)
    spent_ms, sent = [], [0, 0]
    for second in range(1, seconds):
        gateway.tick()
        now_ms = START_MS + second * 1000
        began_s = time.process_time()
        sky.advance()
        parts: dict[tuple[int, int], bytes] = {}
        for number, stream in streams.items():
            if stream.is_due(now_ms):
                stream.advance(sky, now_ms)
                parts |= {(number, tile): part for tile, part in stream.parts().items()}
        messages = [b"".join(_messages(pairs, parts, streams)) for pairs in wanted]
        spent_ms.append((time.process_time() - began_s) * 1000)
        sent = [sent[0] + sum(map(bool, messages)), sent[1] + sum(map(len, messages))]
    messages_per_s, bytes_per_s = (total / viewports / len(spent_ms) for total in sent)
    return ViewportCost(statistics.median(spent_ms), messages_per_s, bytes_per_s / 1000)


def _messages(
    pairs: Sequence[tuple[int, int]], parts: dict[tuple[int, int], bytes], streams: dict[int, ClassStream]
) -> Iterator[bytes]:
    """Yield the messages of one viewer: one for each of its classes that has news."""
    by_class: dict[int, list[bytes]] = {}
    for pair in pairs:
        if pair in parts:
            by_class.setdefault(pair[0], []).append(parts[pair])
    for number, found in by_class.items():
        yield join(streams[number].header(1), found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aircraft", type=int, default=20_000, help="simulated aircraft (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=60, help="time to measure (default: %(default)s)")
    parser.add_argument("--warm", type=int, default=30, help="seconds before that (default: %(default)s)")
    parser.add_argument("--viewports", type=int, default=1_000, help="different viewports (default: %(default)s)")
    parser.add_argument("--opensky", type=Path, default=os.environ.get("OPENSKY_STATES"), help="an OpenSky answer")
    arguments = parser.parse_args()
    traffic = {"simulated": simulated(arguments.aircraft)}
    if arguments.opensky is not None:
        traffic["turning"] = turning(Path(arguments.opensky))
    figures: dict[str, Any] = {}
    for name, ticks in traffic.items():
        found = asyncio.run(measure_views(ticks, arguments.warm, arguments.seconds))
        heads = f"{'v3 kB/s':>9}{'its tiles':>10}{'v1':>9}{'binCraft':>10}{'px p99':>9}{'px max':>9}"
        print(f"{name}: {'view':<10}{heads}")
        for view in VIEWS:
            columns = ("kbps_{}", "tiles_kbps_{}", "v1_kbps", "bincraft_kbps_{}")
            values = [found[column.format(view)] for column in (*columns, "error_px_p99_{}", "error_px_max_{}")]
            widths = (9, 10, 9, 10, 9, 9)
            line = "".join(f"{value:>{width}.2f}" for value, width in zip(values, widths, strict=True))
            print(f"{'':>{len(name) + 2}}{view:<10}" + line)
        print(f"{'':>{len(name) + 2}}a first picture of the world: {found['join_kb']:.0f} kB", flush=True)
        prefix = "" if name == "simulated" else f"{name}_"
        figures |= {f"{prefix}{key}": round(value, 3) for key, value in found.items()}
    tick_ms = cost_of_viewports(simulated(arguments.aircraft), arguments.viewports, 21).tick_ms
    print(f"{arguments.viewports:,} different viewports: {tick_ms:.0f} ms of CPU a tick")
    figures[f"tick_ms_{arguments.viewports}_viewports"] = round(tick_ms, 1)
    if arguments.opensky is None:
        print("real traffic was not measured: set OPENSKY_STATES to a saved answer of OpenSky's /api/states/all")
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
