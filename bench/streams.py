"""`make bench-streams`: the bytes that flights.v2 saves, and its cost for the gateway.

The traffic is that of `bench-frames`, plus irregular real traffic as receivers hear it: a report in 70 % of the
seconds, 0 to 0.9 s late, with 2.5 m of noise. The figures are bytes of delta frames per update, as encoded by the
owner (`flights.v1`) and by a gateway's stream of the world (`flights.v2`). The second part shows the simulated
traffic in views of phones all over the world, and measures the CPU of one tick for growing numbers of them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from bench.frames import SHARDS, START_MS, Ticks, heard_once, moved, real, simulated
from prometheus_client import CollectorRegistry

from flighttracker.bounding_box import BoundingBox
from flighttracker.flight import FlightPosition, refuse_out_of_range
from flighttracker.partition import shard_of
from flighttracker_gateway.delivery.region import Region, region_of
from flighttracker_gateway.delivery.scene import Scene
from flighttracker_gateway.delivery.stream_channel import StreamChannel
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.picture import Picture

HEARD: Final = 0.7
LATEST_MS: Final = 900
NOISE_DEG: Final = 2.5e-5
PHONE_DEG: Final = (9.0, 6.0)
"""A phone that shows a country: east to west, south to north."""
VIEWS: Final = (1, 4, 16, 64)


class Saved(NamedTuple):
    """Bytes per update."""

    updates: int
    owner: float
    stream: float


def irregular(path: Path, seed: int = 3) -> Ticks:
    """Return real traffic as receivers hear it."""
    chance = random.Random(seed)
    aircraft = heard_once(path)

    def tick(second: int) -> list[FlightPosition]:
        return [_received(one, second, chance) for one in aircraft if second == 0 or chance.random() < HEARD]

    return tick


def _received(position: FlightPosition, second: int, chance: random.Random) -> FlightPosition:
    """Return a received position of an aircraft: slightly late, with noise."""
    late_ms = chance.randrange(LATEST_MS) if second else 0
    at = moved(position, second - late_ms / 1000)
    assert at.latitude_deg is not None
    assert at.longitude_deg is not None
    return msgspec.structs.replace(
        at,
        latitude_deg=max(-90.0, min(90.0, at.latitude_deg + chance.gauss(0, NOISE_DEG))),
        longitude_deg=(at.longitude_deg + chance.gauss(0, NOISE_DEG) + 180) % 360 - 180,
    )


class Gateway:
    """Owners of all shards, and a gateway's picture and streams."""

    def __init__(self, ticks: Ticks) -> None:
        self._ticks = ticks
        self._second = -1
        self._owners = [
            ShardOwner(shard, 1, tick_interval_ms=1000, time_to_live_ms=300_000, max_aircraft=100_000)
            for shard in range(SHARDS)
        ]
        self._metrics = GatewayMetrics(CollectorRegistry())
        self.picture = Picture()
        self.scene = Scene(self.picture)

    def tick(self) -> tuple[int, list[bytes]]:
        """Advance one second; return the number of positions, and the owners' frames."""
        self._second += 1
        now_ms = START_MS + self._second * 1000
        positions = self._ticks(self._second)
        for position in positions:
            refuse_out_of_range(position, now_ms)
            self._owners[shard_of(position.icao24.encode(), SHARDS)].hear(position)
        frames = [owner.tick(now_ms) for owner in self._owners]
        for frame in frames:
            self.picture.apply(frame)
        return len(positions), frames

    def stream(self, region: Region | None) -> StreamChannel:
        return StreamChannel(self.scene, region, 1, self._metrics)


def saved(ticks: Ticks, seconds: int) -> Saved:
    """Return the bytes per update with and without rates."""
    gateway = Gateway(ticks)
    gateway.tick()
    gateway.tick()
    gateway.scene.advance()
    stream = gateway.stream(None)
    updates = owner_bytes = stream_bytes = 0
    # The first delta of a stream has no rates to predict from.
    for second in range(seconds + 1):
        heard, frames = gateway.tick()
        gateway.scene.advance()
        message = asyncio.run(stream.tick(frames, ()))
        if second:
            updates += heard
            owner_bytes += sum(map(len, frames))
            stream_bytes += len(message.payload)
    return Saved(updates, owner_bytes / updates, stream_bytes / updates)


def views_of_phones(count: int, aircraft: Sequence[FlightPosition], seed: int = 5) -> list[Region]:
    """Return this many different regions of phones, each around an aircraft."""
    chance = random.Random(seed)
    wide, high = PHONE_DEG
    regions: dict[Region, None] = {}
    while len(regions) < count:
        at = chance.choice(aircraft)
        assert at.latitude_deg is not None
        assert at.longitude_deg is not None
        south = max(-90.0, min(90.0 - high, at.latitude_deg - high / 2))
        west = (at.longitude_deg - wide / 2 + 180) % 360 - 180
        region = region_of(BoundingBox.of_edges(west, south, (west + wide + 180) % 360 - 180, south + high))
        assert region is not None
        regions[region] = None
    return list(regions)


def cost_of_views(ticks: Ticks, seconds: int) -> tuple[float, dict[int, float], float, float]:
    """Return CPU milliseconds of a tick: of `Scene.advance`, and of the streams by number of views; then bytes a second
    of the whole world and of one phone, medians.
    """
    gateway = Gateway(ticks)
    gateway.tick()
    gateway.scene.advance()
    regions = views_of_phones(max(VIEWS), [*gateway.picture.flights()])
    world, streams = gateway.stream(None), [gateway.stream(region) for region in regions]
    advance_ms: list[float] = []
    stream_ms: dict[int, list[float]] = {count: [] for count in VIEWS}
    world_bytes: list[int] = []
    phone_bytes: list[int] = []
    for _ in range(seconds):
        _, frames = gateway.tick()
        began_s = time.process_time()
        gateway.scene.advance()
        advance_ms.append((time.process_time() - began_s) * 1000)
        world_bytes.append(len(asyncio.run(world.tick(frames, ())).payload))
        spent_s = 0.0
        for number, stream in enumerate(streams, 1):
            began_s = time.process_time()
            message = asyncio.run(stream.tick(frames, ()))
            spent_s += time.process_time() - began_s
            phone_bytes.append(len(message.payload))
            if number in stream_ms:
                stream_ms[number].append(spent_s * 1000)
    by_views = {count: statistics.median(spent) for count, spent in stream_ms.items()}
    return statistics.median(advance_ms), by_views, statistics.median(world_bytes), statistics.median(phone_bytes)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aircraft", type=int, default=20_000, help="simulated aircraft (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=10, help="ticks to measure (default: %(default)s)")
    parser.add_argument("--opensky", type=Path, default=os.environ.get("OPENSKY_STATES"), help="an OpenSky answer")
    arguments = parser.parse_args()
    traffic = {"simulated": simulated(arguments.aircraft)}
    if arguments.opensky is not None:
        path = Path(arguments.opensky)
        traffic |= {"real": real(path), "irregular": irregular(path)}
    figures: dict[str, float] = {}
    print(f"{'bytes of an update':<28}{'flights.v1':>12}{'flights.v2':>12}{'saved':>8}")
    for name, ticks in traffic.items():
        was = saved(ticks, arguments.seconds)
        print(f"{name:<28}{was.owner:>12.2f}{was.stream:>12.2f}{1 - was.stream / was.owner:>8.0%}", flush=True)
        figures |= {f"v1_{name}": round(was.owner, 3), f"v2_{name}": round(was.stream, 3)}
    advance_ms, by_views, world_bytes, phone_bytes = cost_of_views(simulated(arguments.aircraft), arguments.seconds)
    print(f"\nwhat all streams share: {advance_ms:.1f} ms of CPU a tick")
    for count, spent_ms in by_views.items():
        print(f"{count:>3} views of phones: {spent_ms:6.1f} ms of CPU a tick")
        figures[f"views_{count}_ms"] = round(spent_ms, 1)
    print(f"bytes a second: the world {world_bytes:,.0f}, a phone {phone_bytes:,.0f}")
    figures |= {"advance_ms": round(advance_ms, 1), "world_bytes": world_bytes, "phone_bytes": phone_bytes}
    if arguments.opensky is None:
        print("real traffic was not measured: set OPENSKY_STATES to a saved answer of OpenSky's /api/states/all")
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
