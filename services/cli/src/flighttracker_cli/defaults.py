"""A tracker with the defaults of its variants: the block of its source and of each provider, even when left out. Pure.

`validate --defaults` prints it.
"""

from __future__ import annotations

from flighttracker.spec import FlightTracker, FlightTrackerSpec
from flighttracker.spec.servers import BuiltinKafka, BuiltinRedis, Kafka, Redis, StrimziKafka
from flighttracker.spec.source import Simulated, Source


def with_defaults(tracker: FlightTracker) -> FlightTracker:
    """Return a tracker that runs the same, with the blocks that its source and its providers use written out."""
    spec = tracker.spec
    blocks = {
        "source": _source(spec),
        "kafka": _kafka(spec.kafka),
        "redis": _redis(spec.redis),
    }
    return tracker.model_copy(update={"spec": spec.model_copy(update=blocks)})


def _source(spec: FlightTrackerSpec) -> Source:
    return spec.source if spec.source.kinds or spec.sources else Source(simulated=Simulated())


def _kafka(kafka: Kafka) -> Kafka:
    blocks: dict[str, object] = {"replication_factor": kafka.copies}
    if kafka.provider == "builtin":
        blocks["builtin"] = kafka.builtin or BuiltinKafka()
    if kafka.provider == "strimzi":
        blocks["strimzi"] = kafka.strimzi or StrimziKafka()
    return kafka.model_copy(update=blocks)


def _redis(redis: Redis) -> Redis:
    if redis.provider != "builtin":
        return redis
    return redis.model_copy(update={"builtin": redis.builtin or BuiltinRedis()})
