"""`make bench-sources`: CPU time per record of real sources, from the bytes of an answer to new positions.

Each source answers once a second in the v2 shape of the networks, with every field that readsb writes. An answer is
decoded, read and passed through the source's own `Timeline`, as in the generator; the network and the log are left out.
Merging is measured with the positions of two sources that hear the same aircraft, one of which knows no registrations.
The table has the median of five windows, with the lowest and the highest.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from typing import Any, Final

import msgspec
from bench.beast import message_us

from flighttracker_generator.sources.merge import Merge
from flighttracker_generator.sources.readsb import TIME_TOLERANCE_MS
from flighttracker_generator.sources.readsb_aircraft import read_aircraft
from flighttracker_generator.sources.timeline import Timeline

START_MS: Final = 1_750_000_000_000
WINDOWS: Final = 5
MERGED_AIRCRAFT: Final = 5_000
RECORD: Final[dict[str, Any]] = {
    "type": "adsb_icao", "flight": "SWR123  ", "r": "HB-JDA", "t": "A20N", "desc": "AIRBUS A-320neo", "ownOp": "SWISS",
    "alt_baro": 36000, "alt_geom": 36600, "gs": 450.0, "ias": 250, "tas": 450, "mach": 0.78, "track": 271.5,
    "baro_rate": -64, "squawk": "2713", "emergency": "none", "category": "A3", "nav_qnh": 1013.6, "nic": 8, "rc": 186,
    "version": 2, "rssi": -12.3, "mlat": [], "tisb": [],
}  # fmt: skip


def answer(source: int, second: int, aircraft: int) -> bytes:
    """Return the answer of a source in a second; each aircraft flies west."""
    records = [
        RECORD
        | {
            "hex": f"{0x400000 + source * aircraft + number:06x}",
            "lat": 40.0 + number * 0.01,
            "lon": 8.0 - second * 0.003,
        }
        | {"seen_pos": 0.4, "seen": 0.1, "messages": 812 + 2 * second}
        for number in range(aircraft)
    ]
    document = {"ac": records, "msg": "No error", "now": START_MS + second * 1000, "total": aircraft, "ptime": 2}
    return json.dumps(document).encode()


def window(timelines: list[Timeline], seconds: range, aircraft: int) -> tuple[float, int]:
    """Return the CPU seconds of some seconds of all sources, and how many positions were new."""
    cpu_s, positions = 0.0, 0
    for second in seconds:
        bodies = [answer(source, second, aircraft) for source in range(len(timelines))]
        began_s = time.process_time()
        for timeline, body in zip(timelines, bodies, strict=True):
            received_ms = START_MS + second * 1000 + 50
            positions += len(timeline.hear(read_aircraft(body, received_ms), received_ms).positions)
        cpu_s += time.process_time() - began_s
    return cpu_s, positions


def merging_us(aircraft: int, seconds: int) -> float:
    """Return the CPU time of merging one record of two sources that hear the same aircraft."""
    merge, cpu_s, shown = Merge(), 0.0, 0
    for second in range(seconds):
        received_ms = START_MS + second * 1000 + 50
        heard = read_aircraft(answer(0, second, aircraft), received_ms).positions
        bare = [msgspec.structs.replace(each, registration="", source="roof") for each in heard]
        began_s = time.process_time()
        shown += len(merge.hear(0, bare, received_ms))
        shown += len(merge.hear(1, heard, received_ms))
        cpu_s += time.process_time() - began_s
    assert shown == aircraft * seconds, f"{shown} of {aircraft * seconds} positions are shown"
    return cpu_s / (2 * aircraft * seconds) * 1e6


def main() -> None:
    """Measure, and print a table and a line of JSON."""
    parser = argparse.ArgumentParser(description="Measure the CPU time of real sources.")
    parser.add_argument("--sources", type=int, default=300)
    parser.add_argument("--aircraft", type=int, default=50, help="in each source")
    parser.add_argument("--seconds", type=int, default=4, help="of each window")
    parser.add_argument("--messages", type=int, default=10_000, help="Beast messages a second")
    options = parser.parse_args()
    timelines = [Timeline("readsb", TIME_TOLERANCE_MS) for _ in range(options.sources)]
    records = options.sources * options.aircraft * options.seconds
    window(timelines, range(1), options.aircraft)
    costs_us = []
    for number in range(WINDOWS):
        first = 1 + number * options.seconds
        cpu_s, positions = window(timelines, range(first, first + options.seconds), options.aircraft)
        assert positions == records, f"{positions} of {records} positions are new"
        costs_us.append(cpu_s / records * 1e6)
    cost_us = statistics.median(costs_us)
    merges_us = [merging_us(MERGED_AIRCRAFT, options.seconds) for _ in range(WINDOWS)]
    merge_us = statistics.median(merges_us)
    share = cost_us * options.sources * options.aircraft / 1e6
    print(f"{options.sources} sources of {options.aircraft} aircraft, one answer a second each")
    print(f"CPU time of a record    {cost_us:6.1f} µs ({min(costs_us):.1f} to {max(costs_us):.1f})")
    print(f"merging of a record     {merge_us:6.2f} µs ({min(merges_us):.2f} to {max(merges_us):.2f})")
    print(f"share of one core       {share:6.2f}")
    print(f"records a minute and core {60e6 / cost_us:,.0f}")
    beast_us = message_us(options.messages, options.seconds)
    beast_share = beast_us * options.messages / 1e6
    print(f"Beast, {options.messages:,} messages a second")
    print(f"CPU time of a message   {beast_us:6.2f} µs")
    print(f"share of one core       {beast_share:6.2f}")
    result = {"record_us": cost_us, "core_share": share, "merge_us": merge_us, "beast_message_us": beast_us}
    print(json.dumps({name: round(value, 3) for name, value in (result | {"beast_core_share": beast_share}).items()}))


if __name__ == "__main__":
    main()
