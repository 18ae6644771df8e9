from __future__ import annotations

from typing import Any

import pytest
from aiokafka import TopicPartition

from flighttracker.avro import schema_id_of
from flighttracker.bus.kafka import unpacking
from flighttracker.bus.kafka.unpacking import FetchedBatches, ReadLimit, UnpackedRecords
from flighttracker.errors import RecordRefusedError
from tests.kafka_batches import CONTROL, GZIP, SNAPPY, TIME_MS, batch, gzipped, integer, record

GOOD = batch(record(0, b"before"), 1)
LIMIT_BYTES = 1_000


def read(data: bytes, limit: ReadLimit | None = None, offset: int = 0) -> tuple[list[Any], int]:
    """Return the records in an answer, and the offset to continue at."""
    records = UnpackedRecords(TopicPartition("t", 0), FetchedBatches(data), None, offset, None, limit, True, 0)
    return list(records), records.next_fetch_offset


def after(offset: int) -> bytes:
    return batch(record(0, b"after"), 1, offset=offset)


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(batch(record(0, b"x"), 1, attributes=SNAPPY, offset=1), id="codec"),
        pytest.param(batch(record(0, b"x"), 1, attributes=7, offset=1), id="unknown codec"),
        pytest.param(batch(b"\x1f\x8bdamaged", 1, attributes=GZIP, offset=1), id="damaged gzip"),
        pytest.param(batch(gzipped(record(0, bytes(2_000_000))), 1, attributes=GZIP, offset=1), id="bomb"),
        pytest.param(batch(record(0, b"x"), 1, offset=1)[:-1] + b"\xff", id="checksum"),
        pytest.param(batch(integer(1 << 40) + b"x", 1, offset=1), id="record longer than its batch"),
        pytest.param(batch(b"\xff" * 30, 1, offset=1), id="integer without an end"),
        pytest.param(batch(b"", 2**31 - 1, offset=1, last=0), id="records that are missing"),
        pytest.param(batch(record(2**40, b"x"), 1, offset=1), id="offset of another batch"),
    ],
)
def test_a_batch_that_cannot_be_read_is_one_record_without_framing(bad: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MAX_UNPACKED_BYTES", 1_000_000)
    records, next_offset = read(GOOD + bad + after(2))
    assert [each.value for each in records[::2]] == [b"before", b"after"]
    assert records[1].offset == 1
    assert records[1].value[1:] == bad[16:]
    with pytest.raises(RecordRefusedError) as refused:
        schema_id_of(records[1].value)
    assert refused.value.reason == "framing"
    assert next_offset == 3


def test_a_record_whose_headers_are_no_text_loses_only_them() -> None:
    body = record(0, b"one") + record(1, b"two", headers=[(b"\xff", b"x")]) + record(2, None, key=None)
    records, next_offset = read(batch(body, 3) + after(3))
    assert [(each.offset, each.key, each.value, each.timestamp) for each in records] == [
        (0, b"k", b"one", TIME_MS),
        (1, b"k", b"two", TIME_MS),
        (2, None, None, TIME_MS),
        (3, b"k", b"after", TIME_MS),
    ]
    assert next_offset == 4


def test_a_damaged_record_costs_none_before_it() -> None:
    body = record(0, b"one") + record(1, b"two") + b"\xff" * 12
    records, _ = read(batch(body, 3) + after(3))
    assert [each.value for each in (records[0], records[1], records[3])] == [b"one", b"two", b"after"]
    assert records[2].offset == 2


@pytest.mark.parametrize("end", [b"", b"no gzip"])
def test_gzip_of_several_members_is_one_text(end: bytes) -> None:
    body = record(0, b"one") + record(1, b"two")
    records, _ = read(batch(gzipped(body[:3]) + gzipped(body[3:]) + end, 2, attributes=GZIP))
    assert [each.value for each in records] == [b"one", b"two"]


def test_the_end_of_a_transaction_is_no_record() -> None:
    records, next_offset = read(GOOD + batch(record(0, b"\0\0"), 1, attributes=CONTROL, offset=1))
    assert [each.value for each in records] == [b"before"]
    assert next_offset == 2


def test_one_read_takes_a_bounded_number_of_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MAX_READ_BYTES", LIMIT_BYTES)
    data = batch(b"".join(record(place, bytes(600)) for place in range(5)), 5)
    limit, offset, reads = ReadLimit(), 0, []
    while offset < 5:
        limit.begin()
        records, offset = read(data, limit, offset)
        reads.append([each.offset for each in records])
    assert reads == [[0, 1], [2, 3], [4]]


def test_keys_and_headers_count_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MAX_READ_BYTES", LIMIT_BYTES)
    long = [(b"h" * 600, b"v" * 600), (b"n", None)]
    data = batch(record(0, b"", key=b"k" * 1_200) + record(1, b"", headers=long) + record(2, b""), 3)
    limit = ReadLimit()
    assert read(data, limit)[1] == 1
    limit.begin()
    assert read(data, limit, 1)[1] == 2


def test_an_incomplete_batch_is_left_to_the_next_answer() -> None:
    records, next_offset = read(GOOD + after(1)[:-1])
    assert [each.value for each in records] == [b"before"]
    assert next_offset == 1


def test_the_same_reason_is_warned_of_once_a_minute(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "_warn_at_s", {})
    read(b"".join(batch(record(0, b"x"), 1, attributes=3, offset=place) for place in range(50)))
    assert len(caplog.messages) == 1
    assert "records 0 to 0: it is compressed with lz4; only gzip is supported" in caplog.text
