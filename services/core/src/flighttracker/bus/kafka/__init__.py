"""Positions and rejected records on Kafka. `connection` connects, `topics` creates topics; each part has a module.

Guarantees: order per aircraft, at least once, one reader per partition. It recovers from outages by itself, and loses
nothing within retention. No offset is committed: a reader rebuilds its state from the topic. `bus.servers` combines the
parts.
"""

from flighttracker.bus.kafka.connection import KafkaConnection
from flighttracker.bus.kafka.positions import KafkaPositionLog
from flighttracker.bus.kafka.rejected import KafkaRejectedLog
from flighttracker.bus.kafka.volumes import broker_volumes

__all__ = ["KafkaConnection", "KafkaPositionLog", "KafkaRejectedLog", "broker_volumes"]
