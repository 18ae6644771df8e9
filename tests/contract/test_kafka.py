"""What only a real Kafka shows: topics that differ, brokers that die or freeze, passwords, TLS, refused records."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka.partitioner import DefaultPartitioner

from flighttracker.bus.base import OutgoingRecord, Records, RejectedRecord, ShardAssigned
from flighttracker.bus.kafka import KafkaConnection, KafkaPositionLog, KafkaRejectedLog
from flighttracker.bus.servers import ServerBus
from flighttracker.clock import SystemClock
from flighttracker.errors import BusError, StartError
from flighttracker.partition import shard_of
from flighttracker.settings import KafkaSettings, RedisSettings
from tests.servers import kafka_server as broker
from tests.servers.certificates import Certificates
from tests.servers.kafka_server import KafkaServer
from tests.servers.process import free_port
from tests.servers.redis_server import RedisServer

pytest_plugins = ["tests.servers.fixtures"]

WAIT_S = 30.0
SHARDS = 4


def settings_of(server: KafkaServer, **changes: object) -> KafkaSettings:
    name = uuid4().hex
    fields: dict[str, object] = {
        "bootstrap_servers": server.bootstrap_servers,
        "positions_topic": f"flights-{name}",
        "rejected_topic": f"flights-{name}.rejected",
        "group": f"gateways-{name}",
        "partitions": SHARDS,
        "heartbeat_interval_s": 0.1,
        **changes,
    }
    return KafkaSettings(**fields)  # type: ignore[arg-type]


@asynccontextmanager
async def opened(settings: KafkaSettings) -> AsyncIterator[tuple[KafkaPositionLog, KafkaRejectedLog]]:
    connection = KafkaConnection(settings)
    positions = KafkaPositionLog(connection, SystemClock())
    try:
        await connection.open()
        await positions.open()
        yield positions, KafkaRejectedLog(connection)
    finally:
        await connection.close()


async def opened_at_last(connection: KafkaConnection, positions: KafkaPositionLog) -> None:
    """Open, as often as it takes: a broker that was frozen a moment ago knows no controller yet."""
    async with asyncio.timeout(WAIT_S):
        while True:
            try:
                await connection.open()
                await positions.open()
            except BusError:
                await asyncio.sleep(0.1)
            else:
                return


def record(number: int) -> OutgoingRecord:
    return OutgoingRecord(f"{number % 1000:06x}".encode(), b"%d" % number, SystemClock().now_ms())


def test_a_shard_is_the_partition_that_aiokafka_would_choose() -> None:
    choose = DefaultPartitioner()
    for number in range(2_000):
        key = f"{number * 7919:06x}".encode()
        assert shard_of(key, 6) == choose(key, list(range(6)), list(range(6)))


async def test_a_tick_of_many_batches_arrives_whole_and_in_order(kafka_server: KafkaServer) -> None:
    tick = [
        OutgoingRecord(f"{number % 100:06x}".encode(), b"%08d" % number + bytes(400), SystemClock().now_ms())
        for number in range(10_000)
    ]
    read: dict[bytes, list[bytes]] = {}
    async with (
        opened(settings_of(kafka_server)) as (positions, _),
        asyncio.timeout(WAIT_S),
        positions.read(replay_ms=60_000) as events,
    ):
        await positions.append(tick)
        while sum(map(len, read.values())) < len(tick):
            event = await anext(events)
            if isinstance(event, Records):
                for stored in event.records:
                    read.setdefault(stored.key, []).append(stored.value)
    for number in range(100):
        key = f"{number:06x}".encode()
        assert read[key] == [outgoing.value for outgoing in tick if outgoing.key == key]


class TestTopics:
    async def test_fewer_partitions_are_reported_and_not_changed(self, kafka_server: KafkaServer) -> None:
        settings = settings_of(kafka_server)
        async with opened(settings):
            pass
        grown = settings_of(kafka_server, positions_topic=settings.positions_topic, partitions=SHARDS + 2)
        with pytest.raises(StartError, match=r"has 4 partitions and the settings say 6: .* --partitions 6"):
            async with opened(grown):
                pass
        async with opened(settings) as (positions, _):
            assert positions.shards == SHARDS

    async def test_more_partitions_are_all_used(self, kafka_server: KafkaServer) -> None:
        settings = settings_of(kafka_server)
        async with opened(settings):
            pass
        fewer = settings_of(kafka_server, positions_topic=settings.positions_topic, partitions=2)
        async with opened(fewer) as (positions, _):
            assert positions.shards == SHARDS

    async def test_another_retention_is_reported(self, kafka_server: KafkaServer) -> None:
        settings = settings_of(kafka_server)
        async with opened(settings):
            pass
        longer = settings_of(kafka_server, positions_topic=settings.positions_topic, retention_minutes=120)
        with pytest.raises(StartError, match=r"for 60 minutes and the settings say 120: .*retention\.ms=7200000"):
            async with opened(longer):
                pass

    async def test_pods_that_start_together_all_find_the_topics(self, kafka_server: KafkaServer) -> None:
        settings = settings_of(kafka_server)

        async def shards() -> int:
            async with opened(settings) as (positions, _):
                return positions.shards

        assert await asyncio.gather(*(shards() for _ in range(4))) == [SHARDS] * 4

    async def test_topics_that_others_make_are_waited_for(self, kafka_server: KafkaServer) -> None:
        with pytest.raises(BusError, match=r"has no topic flights-.* create_topics is off"):
            async with opened(settings_of(kafka_server, create_topics=False)):
                pass

    async def test_more_copies_than_brokers_are_reported(self, kafka_server: KafkaServer) -> None:
        with pytest.raises(BusError, match=r"does not create topic .* InvalidReplicationFactorError"):
            async with opened(settings_of(kafka_server, replication_factor=3)):
                pass


class TestLoss:
    async def test_a_broker_that_dies_is_a_bus_error_and_everything_goes_on_when_it_is_back(
        self, kafka_server: KafkaServer
    ) -> None:
        numbers: list[int] = []
        deals = 0
        settings = settings_of(kafka_server, request_timeout_s=2.0)
        async with (
            opened(settings) as (positions, _),
            asyncio.timeout(2 * WAIT_S),
            positions.read(replay_ms=60_000) as events,
        ):

            async def read_until(count: int) -> None:
                nonlocal deals
                while len(numbers) < count:
                    event = await anext(events)
                    deals += isinstance(event, ShardAssigned)
                    if isinstance(event, Records):
                        numbers.extend(int(stored.value) for stored in event.records)

            await positions.append([record(number) for number in range(100)])
            await read_until(100)
            kafka_server.kill()
            try:
                began_s = time.monotonic()
                with pytest.raises(BusError, match="cannot append positions at Kafka"):
                    await positions.append([record(-1)])
                assert time.monotonic() - began_s < 4 * settings.request_timeout_s
            finally:
                await asyncio.to_thread(kafka_server.start)
            await positions.append([record(number) for number in range(100, 200)])
            await read_until(200)
        assert sorted(numbers) == list(range(200))
        assert deals == SHARDS

    async def test_a_frozen_broker_is_a_bus_error_in_time(self, kafka_server: KafkaServer) -> None:
        settings = settings_of(kafka_server, request_timeout_s=1.0)
        async with opened(settings) as (positions, rejected):
            kafka_server.freeze()
            try:
                began_s = time.monotonic()
                with pytest.raises(BusError, match="cannot append positions"):
                    await positions.append([record(1)])
                with pytest.raises(BusError, match="cannot read refused records"):
                    await rejected.latest(1)
                assert time.monotonic() - began_s < 8 * settings.request_timeout_s
            finally:
                kafka_server.thaw()
            async with asyncio.timeout(WAIT_S):
                await positions.append([record(2)])

    async def test_everything_closes_in_time_though_the_broker_is_gone(self, kafka_server: KafkaServer) -> None:
        settings = settings_of(kafka_server, request_timeout_s=1.0)
        connection = KafkaConnection(settings)
        positions = KafkaPositionLog(connection, SystemClock())
        try:
            await opened_at_last(connection, positions)
            async with positions.read(replay_ms=60_000) as events:
                async with asyncio.timeout(WAIT_S):
                    await anext(events)
                kafka_server.kill()
                with pytest.raises(BusError):
                    await positions.append([record(1)])
                began_s = time.monotonic()
            await connection.close()
            assert time.monotonic() - began_s < 8 * settings.request_timeout_s
        finally:
            await connection.close()
            await asyncio.to_thread(kafka_server.start)

    async def test_a_port_where_nobody_listens_is_a_bus_error(self, kafka_server: KafkaServer) -> None:
        with pytest.raises(BusError, match=r"no broker of Kafka at 127\.0\.0\.1:.* answers"):
            async with opened(settings_of(kafka_server, bootstrap_servers=f"127.0.0.1:{free_port()}")):
                pass


class TestSecrets:
    @pytest.fixture
    def secure(self, kafka_server: KafkaServer, certificates: Certificates, tmp_path: Path) -> dict[str, object]:
        (tmp_path / "username").write_text(broker.USER)
        (tmp_path / "password").write_text(broker.PASSWORD + "\n")
        return {
            "bootstrap_servers": kafka_server.secure_bootstrap_servers,
            "security_protocol": "SASL_SSL",
            "ca_file": str(certificates.ca_file),
            "username_file": str(tmp_path / "username"),
            "password_file": str(tmp_path / "password"),
        }

    async def test_scram_over_tls_reads_and_writes(self, kafka_server: KafkaServer, secure: dict[str, object]) -> None:
        async with (
            opened(settings_of(kafka_server, **secure)) as (positions, _),
            asyncio.timeout(WAIT_S),
            positions.read(replay_ms=60_000) as events,
        ):
            await positions.append([record(7)])
            async for event in events:
                if isinstance(event, Records):
                    assert event.records[0].value == b"7"
                    break

    async def test_a_wrong_password_is_refused_and_not_shown(
        self, kafka_server: KafkaServer, secure: dict[str, object], tmp_path: Path
    ) -> None:
        (tmp_path / "password").write_text("hunter2")
        with pytest.raises(StartError, match=r"refuses our user: .*check the files") as refused:
            async with opened(settings_of(kafka_server, **secure)):
                pass
        assert "hunter2" not in str(refused.value)

    async def test_a_mechanism_that_the_brokers_lack_is_named(
        self, kafka_server: KafkaServer, secure: dict[str, object]
    ) -> None:
        with pytest.raises(StartError, match="and the mechanism SCRAM-SHA-256"):
            async with opened(settings_of(kafka_server, **{**secure, "sasl_mechanism": "SCRAM-SHA-256"})):
                pass

    async def test_a_certificate_of_another_authority_is_refused(
        self, kafka_server: KafkaServer, secure: dict[str, object]
    ) -> None:
        with pytest.raises(StartError, match=r"certificate that we do not trust: .*ca_file"):
            async with opened(settings_of(kafka_server, **{**secure, "ca_file": ""})):
                pass

    @pytest.mark.parametrize("field", ["password_file", "username_file", "ca_file"])
    async def test_a_missing_file_is_named(
        self, kafka_server: KafkaServer, secure: dict[str, object], field: str, tmp_path: Path
    ) -> None:
        missing = str(tmp_path / "missing")
        with pytest.raises(StartError, match=f"cannot read '?{missing}"):
            async with opened(settings_of(kafka_server, **{**secure, field: missing})):
                pass


class TestRejected:
    async def test_nothing_refused_is_an_empty_list(self, kafka_server: KafkaServer) -> None:
        async with opened(settings_of(kafka_server)) as (_, rejected):
            assert await rejected.latest(10) == []

    async def test_any_bytes_are_kept_as_they_were(self, kafka_server: KafkaServer) -> None:
        refused = RejectedRecord(
            "malformed", "größer als 3°", "gateway", b"\xff\x00", bytes(range(256)), 1_750_000_000_000
        )
        async with opened(settings_of(kafka_server)) as (_, rejected):
            await rejected.append([refused])
            assert await rejected.latest(10) == [refused]

    async def test_a_value_of_the_longest_record_is_kept_in_part(self, kafka_server: KafkaServer) -> None:
        longest = RejectedRecord("malformed", "too long", "gateway", b"3c6444", bytes(1_048_000), 1_750_000_000_000)
        async with opened(settings_of(kafka_server)) as (_, rejected):
            await rejected.append([longest])
            (kept,) = await rejected.latest(10)
        assert longest.value.startswith(kept.value)
        assert len(kept.value) > 100_000


class TestServerBus:
    async def test_it_opens_without_redis_and_uses_it_when_it_is_back(
        self, kafka_server: KafkaServer, redis_server: RedisServer
    ) -> None:
        bus = ServerBus(settings_of(kafka_server), RedisSettings(url=redis_server.url, prefix=f"flights:{uuid4().hex}"))
        redis_server.kill()
        try:
            await bus.open()
            assert bus.positions.shards == SHARDS
            with pytest.raises(BusError):
                await bus.frames.get_key(0)
        finally:
            redis_server.start()
        assert await bus.frames.get_key(0) is None
        await bus.close()

    async def test_it_is_opened_again_after_kafka_was_away(
        self, kafka_server: KafkaServer, redis_server: RedisServer
    ) -> None:
        bus = ServerBus(settings_of(kafka_server), RedisSettings(url=redis_server.url, prefix=f"flights:{uuid4().hex}"))
        kafka_server.kill()
        try:
            with pytest.raises(BusError, match="no broker of Kafka"):
                await bus.open()
        finally:
            await asyncio.to_thread(kafka_server.start)
        await bus.open()
        await bus.positions.append([record(1)])
        await bus.close()

    async def test_nothing_works_and_nothing_is_connected_before_it_is_opened(self) -> None:
        bus = ServerBus(KafkaSettings(), RedisSettings())
        for attempt in (
            bus.positions.append([record(1)]),
            bus.rejected.latest(1),
            bus.relay.publish(0, b""),
            bus.frames.get_key(0),
            bus.sessions.viewers(),
        ):
            with pytest.raises(BusError, match="is not open"):
                await attempt
        await bus.close()
