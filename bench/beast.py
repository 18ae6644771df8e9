"""CPU time of Mode S Beast messages, from their bytes to new positions. `sources` prints it."""

from __future__ import annotations

import statistics
import time
from random import Random
from typing import Final

from flighttracker_generator.sources.answers import Answer
from flighttracker_generator.sources.feeds.beast import BeastDecoder
from flighttracker_generator.sources.feeds.feed_reader import CHUNK_BYTES
from flighttracker_generator.sources.feeds.sky import Sky
from flighttracker_generator.sources.kinds import Wanted
from flighttracker_generator.sources.losses import Losses
from flighttracker_generator.sources.timeline import Timeline
from tests import mode_s_bytes as mode_s

START_MS: Final = 1_750_000_000_000
WINDOWS: Final = 5
AIRCRAFT: Final = 500


def message_us(messages: int, seconds: int) -> float:
    """Return the CPU time of a message, the median of five windows, microseconds.

    Args:
        messages: number in a second.
        seconds: length of a window.
    """
    random = Random(1)
    decoder, timeline = BeastDecoder(Sky("beast", Wanted(), Losses())), Timeline("beast", 0)
    costs_us, moment_ms = [], START_MS
    for number in range(WINDOWS + 1):
        streams = [stream_of(random, messages, number * seconds + second) for second in range(seconds)]
        began_s, positions = time.process_time(), 0
        for stream in streams:
            for at in range(0, len(stream), CHUNK_BYTES):
                decoder.feed(stream[at : at + CHUNK_BYTES], moment_ms + at * 1000 // len(stream))
            moment_ms += 1000
            heard = decoder.sky.changed(moment_ms)
            fingerprints = [hash((one.latitude_deg, one.longitude_deg, one.last_contact)) for one in heard]
            positions += len(timeline.hear(Answer(heard, fingerprints, None), moment_ms).positions)
        # The first window makes the aircraft known.
        if number:
            assert positions > AIRCRAFT * seconds * 0.8, f"only {positions} positions"
            costs_us.append((time.process_time() - began_s) / (messages * seconds) * 1e6)
    return statistics.median(costs_us)


def stream_of(random: Random, messages: int, second: int) -> bytes:
    """Return the frames of a second, mixed as at a busy receiver.

    A fifth each are positions, velocities and acquisition squitters; a quarter are replies of known aircraft, a tenth
    those of others.
    """
    frames = []
    for count in range(messages):
        number = random.randrange(AIRCRAFT)
        icao24 = f"{0x400000 + number:06x}"
        kind = random.randrange(20)
        if kind < 4:
            place_deg = (40 + number * 0.02 + second * 0.002, number * 0.02)
            message = mode_s.airborne(icao24, place_deg, odd=count % 2 == 1)
        elif kind < 8:
            message = mode_s.velocity(icao24, 300, 200, 640)
        elif kind < 9:
            message = mode_s.identification(icao24, "SWR123")
        elif kind < 13:
            message = mode_s.acquisition(icao24)
        elif kind < 16:
            message = mode_s.reply(icao24, 20, mode_s.reply_altitude_bits(35_000))
        elif kind < 18:
            message = mode_s.reply(icao24, 5, mode_s.code_bits("2713"))
        else:
            message = mode_s.reply(f"{random.randrange(1 << 24):06x}", 0)
        frames.append(mode_s.frame(message, random.randbytes(6)))
    return b"".join(frames)
