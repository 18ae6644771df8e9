"""`make bench-gateways`: the cost of another gateway, with 1, 2 and 4 gateways on the same log.

Real servers, one generator of 10,000 aircraft with one report a second, one viewer on each gateway. Only its owner
encodes a shard, so the total encoding time should not grow with the number of gateways. The relay grows: each gateway
applies the frames of all shards.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import Final

import aiohttp
import psutil
from bench.backbone import ENCODE_S, FrameViewers, backbone, cpu_s, until_shown
from bench.gateway_metrics import counter

AIRCRAFT: Final = 10_000
GATEWAYS: Final = (1, 2, 4)
SETTLE_S: Final = 10.0
WATCH_S: Final = 30.0


async def measure(parts: dict[str, psutil.Process], urls: list[str]) -> dict[str, float]:
    """Return milliseconds of CPU per second, and what was read and relayed."""
    gateways = [part for name, part in parts.items() if name.startswith("gateway")]
    async with aiohttp.ClientSession() as session:

        async def totals() -> dict[str, float]:
            names = {
                "encode": ENCODE_S,
                "records": "flights_kafka_records_total",
                "frames": "flights_relay_frames_total",
            }
            sums = {key: sum([await counter(session, url, name) for url in urls]) for key, name in names.items()}
            return sums | {"cpu": sum(map(cpu_s, gateways))}

        await until_shown(session, urls, AIRCRAFT)
        watching = [asyncio.create_task(FrameViewers(url).watch(session, number=1)) for url in urls]
        await asyncio.sleep(SETTLE_S)
        before, began_s = await totals(), time.monotonic()
        await asyncio.sleep(WATCH_S)
        after, took_s = await totals(), time.monotonic() - began_s
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
    rates = {name: (after[name] - before[name]) / took_s for name in before}
    return {
        "encode_ms_per_s": round(rates["encode"] * 1000, 1),
        "cpu_ms_per_s": round(rates["cpu"] * 1000),
        "records_per_s": round(rates["records"]),
        "frames_applied_per_s": round(rates["frames"], 1),
    }


def main() -> None:
    """Measure each number of gateways and print a table, then one line of JSON."""
    figures = {}
    for gateways in GATEWAYS:
        with backbone(AIRCRAFT, gateways) as (parts, urls):
            figures[gateways] = asyncio.run(measure(parts, urls))
    print(f"\n{AIRCRAFT:,} aircraft every second{'':<6}" + "".join(f"{count:>12}" for count in GATEWAYS) + "  gateways")
    for name in figures[GATEWAYS[0]]:
        print(f"{name + ', all together':<38}" + "".join(f"{figures[count][name]:>12}" for count in GATEWAYS))
    print(json.dumps({str(count): values for count, values in figures.items()}))


if __name__ == "__main__":
    main()
