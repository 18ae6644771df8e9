"""Shards are chosen as Kafka's own clients choose them."""

from __future__ import annotations

from flighttracker.partition import murmur2, shard_of


def test_the_hash_is_that_of_kafkas_java_client() -> None:
    # From org.apache.kafka.common.utils.UtilsTest, as signed 32-bit integers.
    expected = {
        b"21": -973932308,
        b"foobar": -790332482,
        b"a-little-bit-long-string": -985981536,
        b"a-little-bit-longer-string": -1486304829,
        b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
        b"abc": 479470107,
    }
    for key, value in expected.items():
        assert murmur2(key) == value % 2**32, key


def test_aircraft_are_spread_evenly() -> None:
    counts = [0] * 6
    for number in range(6000):
        counts[shard_of(f"{number * 37:06x}".encode(), 6)] += 1
    assert min(counts) > 850
    assert max(counts) < 1150
