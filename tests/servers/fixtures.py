"""Fixtures of real servers, one of each in a session of tests: `pytest_plugins = ["tests.servers.fixtures"]`.

A server that is not installed skips the tests that need it, with the command that installs it. A test that kills or
freezes a server brings it back before it ends. A broker is never the same after that, for a while: who kills or freezes
one takes `own_kafka_server`, which only the tests of one file share.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.certificates import Certificates, make_certificates
from tests.servers.kafka_server import KafkaServer
from tests.servers.redis_server import RedisServer
from tests.servers.registry_server import RegistryServer


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A certificate authority for this session, and a certificate for loopback."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory, certificates: Certificates) -> Iterator[RedisServer]:
    """A real Redis."""
    server = RedisServer(tmp_path_factory.mktemp("redis"), certificates)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def kafka_server(tmp_path_factory: pytest.TempPathFactory, certificates: Certificates) -> Iterator[KafkaServer]:
    """A real Kafka broker."""
    server = KafkaServer(tmp_path_factory.mktemp("kafka"), certificates, lost_after_s=9.0)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def own_kafka_server(tmp_path_factory: pytest.TempPathFactory, certificates: Certificates) -> Iterator[KafkaServer]:
    """A real Kafka broker that a test may kill and freeze; its controller accepts it again a second later."""
    server = KafkaServer(tmp_path_factory.mktemp("own-kafka"), certificates)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def registry_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegistryServer]:
    """A real schema registry."""
    server = RegistryServer(tmp_path_factory.mktemp("registry"))
    try:
        server.start()
        yield server
    finally:
        server.stop()
