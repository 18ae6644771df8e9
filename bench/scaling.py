"""`make bench-scaling`: what a tracker needs for some viewers and aircraft, from measured costs, and what ends first.

What a gateway does for every aircraft, however few viewers it has, is measured here: it applies the frames of all
shards, and decides for each class of zoom what is visible. The other costs are those of docs/benchmarks.md, each with
the command that measures it. The arithmetic assumes that every aircraft reports once a second.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import time
from typing import Final, NamedTuple

from bench.frames import simulated
from bench.owners import Gateway
from bench.views import cost_of_viewports

from flighttracker_gateway.picture.picture import Picture

GENERATOR_US: Final = 2.7
"""CPU of a position in the generator: make bench-ingest."""
OWNER_US: Final = 3.0
"""CPU of a position in the gateway that owns its shard: make bench-ingest."""
DELIVERY_US: Final = 34.0
"""CPU of a message to a viewer with a view of its own: make bench-limits, 182 ms for 5,317 messages."""
MESSAGES_PER_S: Final = 0.53
"""Messages that such a viewer gets: make bench-limits."""
JOIN_MS: Final = 1.1
"""CPU of a join: make bench-limits."""
CONNECTION_KB: Final = 27.2
"""Memory of a connection: make bench-limits."""
VIEW_KBPS: Final = 0.4
"""What a viewer of Europe gets from simulated traffic: make bench-views."""
BUSIEST_KBPS: Final = 1.5
"""What one gets from turning, noisy traffic: make bench-views."""
JOIN_BYTES_PER_AIRCRAFT: Final = 7.3
"""Of the first picture: make bench-views."""
FRAME_BYTES: Final = 3.04
"""Of an update in the frames between gateways: make bench-frames."""
RECORD_BYTES: Final = 125
"""Of a position in Kafka."""
BUSY: Final = 0.7
"""Share of its core that a gateway may use: the rest is for joins, probes and a busy second."""
CONNECTS_PER_S: Final = 500
"""`spec.gateway.limits.maxConnectsPerSecond` unless it is set."""
MOST_GATEWAYS: Final = 100
"""`spec.gateway.replicas` and `autoscaling.maxReplicas` at most."""
VIEWERS_OF_A_GATEWAY: Final = 10_000
"""`spec.gateway.limits.maxConnections` unless it is set; more are not measured."""


class Fixed(NamedTuple):
    """CPU of a gateway for all aircraft, ms a second: applying frames, and the classes with 1,000 different views."""

    relay_ms: float
    classes_ms: float


class Need(NamedTuple):
    """What a tracker needs."""

    viewers: int
    aircraft: int
    gateways: int
    viewers_of_each: int
    gateway_memory_mb: float
    generator_cores: float
    shards: int
    kafka_mbps: float
    redis_mbps: float
    viewers_gbps: float
    busiest_gbps: float
    rejoin_s: float
    rejoin_gbps: float


def fixed_cost(aircraft: int, seconds: int) -> Fixed:
    """Measure what a gateway does for every aircraft, medians over ticks."""
    gateway, picture = Gateway(simulated(aircraft)), Picture()
    spent_ms = []
    for _ in range(seconds):
        frames = gateway.tick()
        began_s = time.process_time()
        for frame in frames:
            picture.apply(frame)
        spent_ms.append((time.process_time() - began_s) * 1000)
    return Fixed(statistics.median(spent_ms[1:]), cost_of_viewports(simulated(aircraft), 1_000, seconds))


def need(viewers: int, aircraft: int, fixed: Fixed) -> Need:
    """Do the arithmetic.

    Raises:
        ValueError: a gateway has no time left for viewers.
    """
    # A gateway owns its share of the shards, which is largest with one gateway.
    own_ms = OWNER_US * aircraft / 1000
    for gateways in range(1, 100_000):
        left_ms = BUSY * 1000 - fixed.relay_ms - fixed.classes_ms - own_ms / gateways
        most = min(VIEWERS_OF_A_GATEWAY, int(left_ms / (MESSAGES_PER_S * DELIVERY_US / 1000)))
        if most > 0 and most * gateways >= viewers:
            break
    else:
        raise ValueError(f"{aircraft:,} aircraft leave a gateway no time for viewers")
    each = math.ceil(viewers / gateways)
    return Need(
        viewers=viewers,
        aircraft=aircraft,
        gateways=gateways,
        viewers_of_each=each,
        gateway_memory_mb=each * CONNECTION_KB / 1000,
        generator_cores=GENERATOR_US * aircraft / 1e6,
        shards=max(6, min(gateways, math.ceil(own_ms / (BUSY * 1000) * 4))),
        kafka_mbps=RECORD_BYTES * aircraft * 8 / 1e6,
        redis_mbps=FRAME_BYTES * aircraft * gateways * 8 / 1e6,
        viewers_gbps=viewers * VIEW_KBPS * 8 / 1e6,
        busiest_gbps=viewers * BUSIEST_KBPS * 8 / 1e6,
        rejoin_s=viewers / min(gateways * CONNECTS_PER_S, gateways * 1000 * (1 - BUSY) / JOIN_MS),
        rejoin_gbps=min(gateways * CONNECTS_PER_S, gateways * 1000 * (1 - BUSY) / JOIN_MS)
        * JOIN_BYTES_PER_AIRCRAFT * aircraft * 8 / 1e9,
    )  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aircraft", type=int, nargs="+", default=[20_000, 100_000], help="(default: %(default)s)")
    parser.add_argument("--viewers", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--seconds", type=int, default=12, help="ticks to measure (default: %(default)s)")
    arguments = parser.parse_args()
    rows = []
    for aircraft in arguments.aircraft:
        fixed = fixed_cost(aircraft, arguments.seconds)
        print(f"{aircraft:,} aircraft: a gateway spends {fixed.relay_ms:.0f} ms of a second on frames, ", end="")
        print(f"{fixed.classes_ms:.0f} ms on the classes of 1,000 views", flush=True)
        rows += [need(viewers, aircraft, fixed)._asdict() | fixed._asdict() for viewers in arguments.viewers]
    for row in rows:
        too_many = " (more than the resource allows)" if row["gateways"] > MOST_GATEWAYS else ""
        print(
            f"{row['viewers']:>9,} viewers, {row['aircraft']:>7,} aircraft: {row['gateways']:>4} gateways{too_many}, "
            f"{row['viewers_gbps']:.2f} to {row['busiest_gbps']:.2f} Gbit/s, Redis {row['redis_mbps']:,.0f} Mbit/s, "
            f"all back in {row['rejoin_s']:.0f} s at {row['rejoin_gbps']:.1f} Gbit/s"
        )
    print(json.dumps([{key: round(value, 3) for key, value in row.items()} for row in rows]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
