"""What other programs write to the topic of positions, on a real broker, which accepts all of it."""

from __future__ import annotations

import asyncio

import pytest
from confluent_kafka import Producer

from flighttracker.avro import schema_id_of
from flighttracker.bus.base import Records, RejectedRecord, StoredRecord
from flighttracker.bus.kafka import KafkaPositionLog
from flighttracker.clock import SystemClock
from flighttracker.errors import RecordRefusedError
from tests.contract.kafka_log import WAIT_S, opened, settings_of
from tests.kafka_batches import GZIP, batch, built, gzipped, record
from tests.servers.kafka_server import KafkaServer

pytest_plugins = ["tests.servers.fixtures"]

LAST = b"the last one"


async def until_last(log: KafkaPositionLog) -> list[StoredRecord]:
    read: list[StoredRecord] = []
    async with asyncio.timeout(WAIT_S), log.read(replay_ms=60_000, alone=True) as events:
        async for event in events:
            if isinstance(event, Records):
                read.extend(event.records)
                if read[-1].value == LAST:
                    break
    return read


async def test_no_batch_of_others_stops_a_reader(kafka_server: KafkaServer) -> None:
    time_ms = SystemClock().now_ms()
    headers = record(0, b"headers", headers=[(b"\xff\xfe", b"x"), (b"traceparent", None)])
    batches = [
        (batch(headers, 1, time_ms=time_ms), b"headers"),
        (batch(gzipped(record(0, b"packed")) + b"more", 1, attributes=GZIP, time_ms=time_ms), b"packed"),
        (batch(gzipped(record(0, bytes(20 << 20))), 1, attributes=GZIP, time_ms=time_ms), None),
        (batch(record(0, None, key=None), 1, time_ms=time_ms), b""),
        (batch(record(0, b"key", key=b"k" * 900_000), 1, time_ms=time_ms), b"key"),
        (batch(record(0, LAST, headers=[(b"traceparent", None)]), 1, time_ms=time_ms), LAST),
    ]
    async with opened(settings_of(kafka_server, partitions=1)) as (log, _):
        producer = log._connection.producer
        for data, _ in batches:
            await (await producer.send_batch(built(data, 1), log._topic, partition=0))
        read = await until_last(log)
    assert [each.offset for each in read] == list(range(len(batches)))
    for each, (data, value) in zip(read, batches, strict=True):
        assert each.value[1:] == data[16:] if value is None else each.value == value
    with pytest.raises(RecordRefusedError):
        schema_id_of(read[2].value)
    assert read[-1].headers == (("traceparent", b""),)


async def test_a_long_rejected_record_is_kept_in_part_and_stops_no_later_one(kafka_server: KafkaServer) -> None:
    long = bytes(900_000)
    async with opened(settings_of(kafka_server, partitions=1)) as (_, rejected):
        await rejected.append(
            [RejectedRecord("a", "", "gateway", long, long, 1), RejectedRecord("b", "", "", b"", b"", 2)]
        )
        kept = await rejected.latest(2)
    assert [each.reason for each in kept] == ["b", "a"]
    assert long.startswith(kept[1].key)
    assert kept[1].key


@pytest.mark.parametrize("codec", ["snappy", "lz4", "zstd"])
async def test_a_codec_that_we_do_not_have_costs_only_its_batch(kafka_server: KafkaServer, codec: str) -> None:
    async with opened(settings_of(kafka_server, partitions=1)) as (log, _):
        producer = Producer({"bootstrap.servers": kafka_server.bootstrap_servers, "compression.type": codec})
        for value in (b"v" * 2_000, b"v" * 2_000):
            producer.produce(log._topic, key=b"k", value=value, partition=0)
        assert await asyncio.to_thread(producer.flush, WAIT_S) == 0
        last = built(batch(record(0, LAST), 1, time_ms=SystemClock().now_ms()), 1)
        await (await log._connection.producer.send_batch(last, log._topic, partition=0))
        read = await until_last(log)
    assert [each.offset for each in read] == [1, 2]
    with pytest.raises(RecordRefusedError):
        schema_id_of(read[0].value)
