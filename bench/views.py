"""`make bench-views`: bytes a second, and errors in pixels, of what viewers at four zooms get with `flights.v3`.

A real gateway sends through real sockets, on a clock that the bench moves. Every viewer also gets the world (class 0).
The traffic is that of `bench-frames`, one report a second; with OPENSKY_STATES also a real answer whose aircraft turn,
with noise and irregular reports. Beside it in the same run: `flights.v1`; the same views once a second as JSON and as
readsb's binCraft rows, both gzipped; and tar1090's tiles with its own rule when to load them.

A viewer is measured just before each tick, when its prediction is oldest, in pixels of its zoom. The error is that of
suppression: how far it shows an aircraft from where a viewer does that gets each report (`flights.v1`). Both are also
compared with the true place, from which reports that are late, missing or noisy take them.
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
from bench.frames import START_MS, Ticks, bincraft, simulated
from bench.owners import Gateway
from bench.tar1090 import loads
from bench.view_traffic import Places, SimulatedTraffic, TurningTraffic, ViewTraffic

from flighttracker.bounding_box import BoundingBox
from flighttracker.flight import FlightPosition
from flighttracker.tiles import CLASSES, ZoomClass, class_of_zoom, join
from flighttracker_gateway.delivery.class_stream import ClassStream
from flighttracker_gateway.delivery.measured import flying
from flighttracker_gateway.delivery.sky import Sky
from tests.gateway_server import running_gateway
from tests.tile_viewer import TileViewer

WIDTH_PX: Final = 1600
HEIGHT_PX: Final = 900
TILE_PX: Final = 256
APART: Final = ("error", "true_error", "v1_true_error")
"""Keys of the rows of `View.apart_px`."""
CITIES: Final = ((51.47, -0.45), (50.03, 8.57), (40.64, -73.78), (33.64, -84.43), (49.0, 2.55))
"""London, Frankfurt, New York, Atlanta, Paris: latitude and longitude of an airport, degrees."""
COLUMNS: Final = {
    "v3 kB/s": "kbps_{}",
    "its tiles": "tiles_kbps_{}",
    "v1 kB/s": "v1_kbps",
    "JSON": "json_kbps_{}",
    "binCraft": "bincraft_kbps_{}",
    "tar1090": "tar1090_kbps_{}",
    "each s": "tar1090_refresh_s_{}",
    "px p99": "error_px_p99_{}",
    "px max": "error_px_max_{}",
    "true p99": "true_error_px_p99_{}",
    "true max": "true_error_px_max_{}",
    "v1 p99": "v1_true_error_px_p99_{}",
    "v1 max": "v1_true_error_px_max_{}",
}
"""The printed table: head and key."""


class Box(NamedTuple):
    """A part of the map, Web Mercator, 0 to 1."""

    west: float
    north: float
    east: float
    south: float

    def holds(self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Return which places are inside."""
        return (x >= self.west) & (x <= self.east) & (y >= self.north) & (y <= self.south)


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


class View:
    """The viewers of one name: one for each of its boxes, through real sockets, and what they get."""

    def __init__(self, zoom: int, boxes: Sequence[Box], viewers: Sequence[TileViewer]) -> None:
        self.zoom = zoom
        self.boxes = boxes
        self.viewers = viewers
        self.join_bytes = 0
        self.world_bytes = 0
        self.apart_px: list[npt.NDArray[np.float64]] = []

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

    def measure(self, of_v1: Places, true: Places, now_ms: int) -> None:
        """Keep how far apart places of an aircraft are, if the class has a tick now.

        Three rows: from where it is shown to where `flights.v1` shows it, to its true place, and from v1 to that.
        """
        for viewer, box in zip(self.viewers, self.boxes, strict=True):
            reader = viewer.view or viewer.world
            if now_ms % reader.interval_ms:
                continue
            addresses, motion = reader.shown(now_ms // reader.interval_ms)
            icao24, shown = np.array(addresses, np.int64), motion[:2] / (1 << reader.zoom.position_bits)
            truth, v1 = np.stack(true.at(icao24)), np.stack(of_v1.at(icao24))
            inside = box.holds(*truth) & ~np.isnan(v1[0])
            pairs = ((shown, v1), (shown, truth), (v1, truth))
            self.apart_px.append(np.stack([_apart(*pair)[inside] for pair in pairs]) * TILE_PX * 2**self.zoom)


def _apart(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the distances of places (2, n), the short way around the world."""
    across, down = one - other
    distances: npt.NDArray[np.float64] = np.hypot(across - np.rint(across), down)
    return distances


async def measure_views(traffic: ViewTraffic, warm_s: int, seconds: int) -> dict[str, float]:
    """Return kilobytes a second and errors of each view, the size of a join, and the peers beside them."""
    gateway = Gateway(traffic)
    sky = Sky(gateway.picture)
    figures: dict[str, float] = {}
    v1_bytes = 0
    async with running_gateway() as running, AsyncExitStack() as sockets:
        views: dict[str, View] = {}
        for second in range(warm_s + seconds):
            now_ms = START_MS + second * 1000
            of_v1 = places_of(sky, now_ms)
            frames = gateway.tick()
            await running.clock.advance(now_ms - running.clock.now_ms())
            for frame in frames:
                running.gateway.picture.apply(frame)
            sky.advance()
            true = traffic.places()
            for view in views.values():
                view.measure(of_v1, true, now_ms)
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
        world = statistics.mean(viewer.world_bytes for viewer in view.viewers)
        bounds = [_bounding_box(box) for box in view.boxes]
        inside = [_inside(shown, box) for box in bounds]
        of_tar1090 = loads(shown, bounds)
        figures |= {
            f"kbps_{name}": view.received_bytes / seconds / 1000,
            f"tiles_kbps_{name}": (view.received_bytes - (world if name != "world" else 0)) / seconds / 1000,
            f"json_kbps_{name}": _mean_kb([msgspec.json.encode(some) for some in inside]),
            f"bincraft_kbps_{name}": _mean_kb([bincraft(some) for some in inside]),
            f"tar1090_kbps_{name}": statistics.mean(one.kbps for one in of_tar1090),
            f"tar1090_refresh_s_{name}": statistics.mean(one.refresh_s for one in of_tar1090),
        }
        for key, apart_px in zip(APART, np.concatenate(view.apart_px, axis=1), strict=True):
            figures[f"{key}_px_p99_{name}"] = float(np.quantile(apart_px, 0.99))
            figures[f"{key}_px_max_{name}"] = float(apart_px.max())
    return figures | {"v1_kbps": v1_bytes / seconds / 1000, "join_kb": views["world"].join_bytes / 1000}


def places_of(sky: Sky, time_ms: int) -> Places:
    """Return where a viewer of `flights.v1` shows the aircraft of a sky at a time."""
    rows = np.flatnonzero(sky.used)
    at = flying(sky.dynamic[:, rows], sky.position_time_ms[rows], time_ms)
    return Places.of(sky.icao24[rows], at.x, at.y)


def _mean_kb(answers: Sequence[bytes]) -> float:
    return statistics.mean(len(gzip.compress(answer)) for answer in answers) / 1000


def _bounding_box(box: Box) -> BoundingBox:
    south, north = (math.degrees(math.asin(math.tanh((0.5 - y) * 2 * math.pi))) for y in (box.south, box.north))
    return BoundingBox.of_edges(box.west * 360 - 180, south, box.east * 360 - 180, north)


def _inside(positions: Sequence[FlightPosition], bounds: BoundingBox) -> list[FlightPosition]:
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
    traffic: dict[str, ViewTraffic] = {"simulated": SimulatedTraffic(arguments.aircraft)}
    if arguments.opensky is not None:
        traffic["turning"] = TurningTraffic(Path(arguments.opensky))
    figures: dict[str, Any] = {}
    for name, flights in traffic.items():
        found = asyncio.run(measure_views(flights, arguments.warm, arguments.seconds))
        print(f"{name}: {'view':<10}" + "".join(f"{head:>{max(9, len(head) + 2)}}" for head in COLUMNS))
        for view in VIEWS:
            values = [found[key.format(view)] for key in COLUMNS.values()]
            line = "".join(f"{value:>{max(9, len(head) + 2)}.2f}" for head, value in zip(COLUMNS, values, strict=True))
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
