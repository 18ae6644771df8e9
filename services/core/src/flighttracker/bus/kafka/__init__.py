"""Positions and refused records on Kafka: `connection` reaches it, `topics` prepares it, then one module for each part.

Guarantees: order per aircraft, at least once, one reader per partition; after an outage everything goes on by itself,
and nothing is lost within retention. No offset is ever committed: the topic itself rebuilds what a reader knows.
`bus.servers` puts the parts together.
"""

from flighttracker.bus.kafka.connection import KafkaConnection
from flighttracker.bus.kafka.positions import KafkaPositionLog
from flighttracker.bus.kafka.rejected import KafkaRejectedLog

__all__ = ["KafkaConnection", "KafkaPositionLog", "KafkaRejectedLog"]
