"""How full the volumes of the brokers are, from the request DescribeLogDirs (KIP-827, Kafka 3.3 and newer).

aiokafka has no such request. It needs the permission `Describe` of the cluster. The brokers report the file system of
each log directory, so other files on it count, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from aiokafka.errors import ClusterAuthorizationFailedError, KafkaError, NoError, for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Int64,
    Schema,
    TaggedFields,
)

from flighttracker.bus.base import BrokerVolume
from flighttracker.bus.kafka.connection import LONGEST_LOOK, KafkaConnection

_KEY: Final = 35
_VERSION: Final = 4
_UNKNOWN: Final = -1
"""What a broker reports for a directory whose file system it cannot read."""


class _LogDirsResponse(Response):  # type: ignore[misc] # aiokafka has no types
    API_KEY = _KEY
    API_VERSION = _VERSION
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("error_code", Int16),
        (
            "directories",
            CompactArray(
                ("error_code", Int16),
                ("path", CompactString("utf-8")),
                (
                    "topics",
                    CompactArray(
                        ("name", CompactString("utf-8")),
                        (
                            "partitions",
                            CompactArray(
                                ("partition", Int32),
                                ("size_bytes", Int64),
                                ("offset_lag", Int64),
                                ("is_future", Boolean),
                                ("tags", TaggedFields),
                            ),
                        ),
                        ("tags", TaggedFields),
                    ),
                ),
                ("total_bytes", Int64),
                ("usable_bytes", Int64),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _LogDirsRequestStruct(RequestStruct):  # type: ignore[misc]
    API_KEY = _KEY
    API_VERSION = _VERSION
    RESPONSE_TYPE = _LogDirsResponse
    FLEXIBLE_VERSION = True
    SCHEMA = Schema(
        (
            "topics",
            CompactArray(
                ("name", CompactString("utf-8")),
                ("partitions", CompactArray(Int32)),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _LogDirsRequest(Request[_LogDirsRequestStruct]):  # type: ignore[misc]
    API_KEY = _KEY

    def build(self, request_struct_class: type[_LogDirsRequestStruct]) -> _LogDirsRequestStruct:
        # No topics: the sizes of partitions are not needed.
        return request_struct_class([], {})


async def broker_volumes(connection: KafkaConnection) -> tuple[BrokerVolume, ...]:
    """Return the fullest directory of each broker that answers.

    None if Kafka is too old, or does not let our user read them.

    Raises:
        BusError: no broker answers.
    """
    client = connection.producer.client
    volumes: list[BrokerVolume] = []
    failures: list[KafkaError] = []
    with connection.errors("read the size of the volumes"):
        async with connection.limit(LONGEST_LOOK):
            for broker in sorted(node.nodeId for node in client.cluster.brokers()):
                try:
                    answer = await client.send(broker, _LogDirsRequest())
                except NotImplementedError:
                    # aiokafka raises it for a broker without this version of the request (before Kafka 3.3, KIP-827):
                    # it never tells the size of its volume, so there is nothing to report again each minute.
                    return ()
                except KafkaError as failure:  # the volumes of the others matter even more without this one
                    failures.append(failure)
                    continue
                error = for_code(answer.error_code)
                if error is ClusterAuthorizationFailedError:
                    return ()
                if error is not NoError:
                    raise error(f"broker {broker}")
                found = list(_volumes(broker, answer.directories))
                if found:
                    volumes.append(max(found, key=lambda volume: volume.filled))
        if failures and not volumes:
            raise failures[0]
    return tuple(volumes)


def _volumes(broker: int, directories: list[Any]) -> Iterator[BrokerVolume]:
    for code, _path, _topics, total, usable, _tags in directories:
        if for_code(code) is NoError and total > 0 and usable != _UNKNOWN:
            yield BrokerVolume(broker, total, usable)
