"""The cost of recent tracks for a gateway with 20,000 flying aircraft: one sample, one track, and the memory.

`python -m bench.tracks` prints a line of JSON. A sample is taken every ten seconds, a track is built on request.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable

from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.picture import Picture
from flighttracker_gateway.picture.tracks import COARSE_EVERY, COARSE_SAMPLES, FINE_SAMPLES, Tracks
from tests.example_flights import NOW_MS, position
from tests.manual_clock import ManualClock

AIRCRAFT = 20_000
SHARDS = 4


def main() -> None:
    picture, clock = Picture(), ManualClock(NOW_MS)
    for shard in range(SHARDS):
        owner = ShardOwner(shard, 1, tick_interval_ms=1000, time_to_live_ms=60_000, max_aircraft=AIRCRAFT)
        for number in range(shard, AIRCRAFT, SHARDS):
            # Spread over all addresses, in no order.
            owner.hear(position(icao24=f"{number * 7_919_777 % 2**24:06x}"))
        picture.apply(owner.tick(NOW_MS))
    tracks = Tracks(picture, clock)
    samples_ms = [_spent_ms(tracks.sample) for _ in range(FINE_SAMPLES + COARSE_EVERY * COARSE_SAMPLES)]
    known = f"{7_919_777 % 2**24:06x}"
    assert len(tracks.of(known)) == 1  # a clock that stands still: each sample tells the same position
    lookups_ms = [_spent_ms(lambda: tracks.of(known)) for _ in range(200)]
    figures = {
        "aircraft": len(picture),
        "sample_ms_median": round(statistics.median(samples_ms), 2),
        "sample_ms_most": round(max(samples_ms), 2),
        "track_ms_median": round(statistics.median(lookups_ms), 2),
        "kept_mb": round(tracks.size_bytes / 1e6, 1),
    }
    print(json.dumps(figures))


def _spent_ms(what: Callable[[], object]) -> float:
    started_s = time.perf_counter()
    what()
    return (time.perf_counter() - started_s) * 1000


if __name__ == "__main__":
    main()
