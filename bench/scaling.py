"""`make bench-scaling`: what a tracker needs for some viewers and aircraft, from measured costs, and what ends first.

What a gateway does for every aircraft, however few viewers it has, is measured here: it applies the frames of all
shards, and decides for each class of zoom what is visible. So is what viewers of different places and zooms get. The
other costs are those of docs/benchmarks.md, each with the command that measures it. The arithmetic assumes that every
aircraft reports once a second. It prints the table of docs/scaling.md.
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
DELIVERY_US: Final = 50.0
"""CPU of a message to a viewer with a view of its own: make bench-limits, 202 ms for 4,046 messages."""
JOIN_MS: Final = 1.1
"""CPU of a join: make bench-limits."""
CONNECTION_KB: Final = 27.2
"""Memory of a connection: make bench-limits."""
BUSIEST_KBPS: Final = 0.59
"""What a viewer of Europe gets from turning, noisy traffic: make bench-views."""
BUSIEST_AIRCRAFT: Final = 6_988
"""Of that traffic."""
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


FRAME_TICKS: Final = 8
"""Of which the frames are measured."""


class Measured(NamedTuple):
    """What so many aircraft cost a gateway, and what a viewer gets.

    Attributes:
        relay_ms: CPU for the frames of all shards, ms a second.
        classes_ms: CPU for the tiles of 1,000 different views, ms a second.
        messages_per_s: messages of a viewer, mean of these views.
        kbps: kilobytes a second of a viewer.
    """

    relay_ms: float
    classes_ms: float
    messages_per_s: float
    kbps: float


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


def measure(aircraft: int, seconds: int) -> Measured:
    """Measure a gateway with so many aircraft."""
    gateway, picture = Gateway(simulated(aircraft)), Picture()
    spent_ms = []
    for _ in range(FRAME_TICKS):
        frames = gateway.tick()
        began_s = time.process_time()
        for frame in frames:
            picture.apply(frame)
        spent_ms.append((time.process_time() - began_s) * 1000)
    views = cost_of_viewports(simulated(aircraft), 1_000, seconds)
    return Measured(statistics.median(spent_ms[1:]), views.tick_ms, views.messages_per_s, views.kbps)


def need(viewers: int, aircraft: int, measured: Measured) -> Need:
    """Do the arithmetic.

    Raises:
        ValueError: a gateway has no time left for viewers.
    """
    # A gateway owns its share of the shards, which is largest with one gateway.
    own_ms = OWNER_US * aircraft / 1000
    for gateways in range(1, 100_000):
        left_ms = BUSY * 1000 - measured.relay_ms - measured.classes_ms - own_ms / gateways
        most = min(VIEWERS_OF_A_GATEWAY, int(left_ms / (measured.messages_per_s * DELIVERY_US / 1000)))
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
        viewers_gbps=viewers * measured.kbps * 8 / 1e6,
        busiest_gbps=viewers * BUSIEST_KBPS * aircraft / BUSIEST_AIRCRAFT * 8 / 1e6,
        rejoin_s=viewers / min(gateways * CONNECTS_PER_S, gateways * 1000 * (1 - BUSY) / JOIN_MS),
        rejoin_gbps=min(gateways * CONNECTS_PER_S, gateways * 1000 * (1 - BUSY) / JOIN_MS)
        * JOIN_BYTES_PER_AIRCRAFT * aircraft * 8 / 1e9,
    )  # fmt: skip


def table_row(row: Need) -> str:
    """Return a row of the table of docs/scaling.md."""
    cells = (
        f"{row.viewers:,}",
        f"{row.aircraft:,}",
        f"{row.gateways:,}",
        f"{_rounded(row.viewers_gbps)} to {_rounded(row.busiest_gbps)} Gbit/s",
        f"{row.redis_mbps:.0f} Mbit/s",
        f"{row.kafka_mbps:.0f} Mbit/s",
        f"{row.rejoin_s:.0f} s, {_rounded(row.rejoin_gbps)} Gbit/s",
    )
    return f"| {' | '.join(cells)} |"


def _rounded(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aircraft", type=int, nargs="+", default=[20_000, 100_000], help="(default: %(default)s)")
    parser.add_argument("--viewers", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--seconds", type=int, default=21, help="ticks to measure (default: %(default)s)")
    arguments = parser.parse_args()
    found = []
    for aircraft in arguments.aircraft:
        measured = measure(aircraft, arguments.seconds)
        print(
            f"{aircraft:,} aircraft: a gateway spends {measured.relay_ms:.0f} ms of a second on frames, "
            f"{measured.classes_ms:.0f} ms on the tiles of 1,000 views; a viewer gets {measured.messages_per_s:.2f} "
            f"messages and {measured.kbps:.2f} kB a second",
            flush=True,
        )
        found += [(need(viewers, aircraft, measured), measured) for viewers in arguments.viewers]
    for row, _ in found:
        print(table_row(row) + (" more than the resource allows" if row.gateways > MOST_GATEWAYS else ""))
    figures = [row._asdict() | measured._asdict() for row, measured in found]
    print(json.dumps([{key: round(value, 3) for key, value in row.items()} for row in figures]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
