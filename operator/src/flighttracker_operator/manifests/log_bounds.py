"""How much of a broker's volume the positions may fill. Pure; `topics` sets it, and `refusals` reports small volumes.

Retention by time alone fills a volume when there are more aircraft than expected. Kafka counts the bytes of each
partition, and deletes whole segments that are closed. So a partition may hold its retention, a segment that cannot be
deleted yet, and the one that is written.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Final, NamedTuple

from flighttracker.spec.fields import Storage
from flighttracker.spec.quantities import in_units
from flighttracker.spec.servers import BuiltinKafka, Kafka, StrimziKafka
from flighttracker_operator.manifests.amounts import MEBIBYTE

FILLED: Final = Decimal("0.75")
"""Share of the volume that Kafka may fill. The rest is for the file system and for what arrives until Kafka deletes."""
NEARLY_FULL: Final = 0.8
"""Share from which on a condition and an alert warn: more than Kafka should fill."""
OWN_BYTES: Final = 256 * MEBIBYTE
"""For the metadata log, offsets, and the topics of the registry, as `server.properties` bounds them."""
LARGEST_SEGMENT: Final = 64 * MEBIBYTE
SMALLEST_SEGMENT: Final = MEBIBYTE
"""Kafka accepts no smaller one."""
SEGMENTS: Final = 4
"""Least number of segments in the share of a partition: two are kept, one is deleted soon, one is written."""


class LogBounds(NamedTuple):
    """Bounds of each partition of the topics of positions and of rejected records.

    Attributes:
        retention_bytes: Kafka deletes the oldest segment when the others have this many bytes.
        segment_bytes: largest size of a segment.
        smallest_volume: least size of a volume with which these bounds prevent that it fills up, bytes.
        is_enough: whether the volume has that size.
    """

    retention_bytes: int
    segment_bytes: int
    smallest_volume: int
    is_enough: bool


def kafka_storage(kafka: Kafka) -> Storage | None:
    """Return the volume of each broker; None if the tracker does not create the cluster."""
    if kafka.provider == "builtin":
        return (kafka.builtin or BuiltinKafka()).storage
    strimzi = kafka.strimzi or StrimziKafka()
    return strimzi.storage if kafka.provider == "strimzi" and strimzi.cluster is None else None


def log_bounds(kafka: Kafka) -> LogBounds | None:
    """Return the bounds; None if the volumes are not known, because the tracker does not create the cluster."""
    storage, brokers = kafka_storage(kafka), kafka.brokers
    if storage is None or brokers is None:
        return None
    # Kafka distributes the copies evenly; the topic of rejected records has one partition.
    partitions = math.ceil(kafka.partitions * kafka.copies / brokers) + 1
    share = int(in_units(storage.size) * FILLED - OWN_BYTES) // partitions
    segment = min(LARGEST_SEGMENT, max(SMALLEST_SEGMENT, share // SEGMENTS))
    smallest = math.ceil((OWN_BYTES + partitions * SEGMENTS * SMALLEST_SEGMENT) / FILLED)
    return LogBounds(
        retention_bytes=max(2 * segment, share - 2 * segment),
        segment_bytes=segment,
        smallest_volume=smallest,
        is_enough=in_units(storage.size) >= smallest,
    )
