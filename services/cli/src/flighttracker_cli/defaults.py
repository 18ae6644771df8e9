"""A tracker with the defaults of its variants: its sources and the block of each provider, even when left out. Pure.

`validate --defaults` prints it.
"""

from __future__ import annotations

from flighttracker.spec import API_VERSION, FlightTracker
from flighttracker.spec.servers import BuiltinKafka, BuiltinRedis, Kafka, Redis, StrimziKafka
from flighttracker.spec.source import Source


def with_defaults(tracker: FlightTracker) -> FlightTracker:
    """Return a tracker that runs the same, in the newest version, with its sources and providers written out."""
    spec = tracker.spec
    blocks = {
        "source": Source(),
        "sources": spec.used_sources,
        "kafka": _kafka(spec.kafka),
        "redis": _redis(spec.redis),
    }
    return tracker.model_copy(update={"api_version": API_VERSION, "spec": spec.model_copy(update=blocks)})


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
