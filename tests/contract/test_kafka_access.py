"""Passwords, TLS and files with a real Kafka: valid ones connect, and invalid ones give a clear error."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from flighttracker.bus.base import Records
from flighttracker.errors import StartError
from tests.contract.kafka_log import WAIT_S, opened, record, settings_of
from tests.servers import kafka_server as broker
from tests.servers.certificates import Certificates
from tests.servers.kafka_server import KafkaServer

pytest_plugins = ["tests.servers.fixtures"]


@pytest.fixture
def secure(kafka_server: KafkaServer, certificates: Certificates, tmp_path: Path) -> dict[str, object]:
    (tmp_path / "username").write_text(broker.USER)
    (tmp_path / "password").write_text(broker.PASSWORD + "\n")
    return {
        "bootstrap_servers": kafka_server.secure_bootstrap_servers,
        "security_protocol": "SASL_SSL",
        "ca_file": str(certificates.ca_file),
        "username_file": str(tmp_path / "username"),
        "password_file": str(tmp_path / "password"),
    }


async def test_scram_over_tls_reads_and_writes(kafka_server: KafkaServer, secure: dict[str, object]) -> None:
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
    kafka_server: KafkaServer, secure: dict[str, object], tmp_path: Path
) -> None:
    (tmp_path / "password").write_text("hunter2")
    with pytest.raises(StartError, match=r"rejects our user: .*check the files") as refused:
        async with opened(settings_of(kafka_server, **secure)):
            pass
    assert "hunter2" not in str(refused.value)


async def test_a_mechanism_that_the_brokers_do_not_support_is_named(
    kafka_server: KafkaServer, secure: dict[str, object]
) -> None:
    with pytest.raises(StartError, match="and the mechanism SCRAM-SHA-256"):
        async with opened(settings_of(kafka_server, **{**secure, "sasl_mechanism": "SCRAM-SHA-256"})):
            pass


async def test_a_certificate_of_another_authority_is_refused(
    kafka_server: KafkaServer, secure: dict[str, object]
) -> None:
    with pytest.raises(StartError, match=r"certificate that is not trusted: .*ca_file"):
        async with opened(settings_of(kafka_server, **{**secure, "ca_file": ""})):
            pass


@pytest.mark.parametrize("field", ["password_file", "username_file", "ca_file"])
async def test_a_missing_file_is_named(
    kafka_server: KafkaServer, secure: dict[str, object], field: str, tmp_path: Path
) -> None:
    missing = str(tmp_path / "missing")
    with pytest.raises(StartError, match=f"cannot read '?{missing}"):
        async with opened(settings_of(kafka_server, **{**secure, field: missing})):
            pass
