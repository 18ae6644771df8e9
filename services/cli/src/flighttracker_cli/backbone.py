"""Connects a role to Kafka, Redis and the schema registry, and waits for servers that are not available yet.

A pod may start before its servers: it logs what it waits for and continues when they answer. What a person must fix (a
wrong address, a rejected password, a topic whose configuration differs) ends the process with the reason.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final, TypeVar

from flighttracker.backoff import Backoff
from flighttracker.bus.servers import GeneratorBus, KafkaLogs, ServerBus
from flighttracker.clock import Clock
from flighttracker.errors import BusError
from flighttracker.registry import SchemaRegistry
from flighttracker.settings import KafkaSettings, RegistrySettings, ServerSettings
from flighttracker_generator.waits import Waits

BACKOFF: Final = Backoff(first_s=1.0, longest_s=10.0)

Result = TypeVar("Result")

_logger = logging.getLogger(__name__)


@asynccontextmanager
async def open_bus(servers: ServerSettings, clock: Clock, waits: Waits) -> AsyncIterator[ServerBus]:
    """Open the bus of a gateway: wait for Kafka; Redis may be unavailable.

    Raises:
        StartError: a person must fix something; the message says what.
    """
    bus = ServerBus(servers.kafka, servers.redis, clock=clock)
    try:
        await wait_for_server(bus.open, clock, partial(waits.note, "kafka"))
        yield bus
    finally:
        await bus.close()


@asynccontextmanager
async def open_logs(servers: ServerSettings, clock: Clock, waits: Waits) -> AsyncIterator[GeneratorBus]:
    """Open the bus of a generator: wait for Kafka; Redis may be unavailable.

    Raises:
        StartError: a person must fix something; the message says what.
    """
    logs = GeneratorBus(servers.kafka, servers.redis, clock=clock)
    try:
        await wait_for_server(logs.open, clock, partial(waits.note, "kafka"))
        yield logs
    finally:
        await logs.close()


@asynccontextmanager
async def open_kafka(kafka: KafkaSettings, clock: Clock, waits: Waits) -> AsyncIterator[KafkaLogs]:
    """Open the logs of a historian, which needs no Redis: wait for Kafka.

    Raises:
        StartError: a person must fix something; the message says what.
    """
    logs = KafkaLogs(kafka, clock=clock)
    try:
        await wait_for_server(logs.open, clock, partial(waits.note, "kafka"))
        yield logs
    finally:
        await logs.close()


@asynccontextmanager
async def open_registry(settings: RegistrySettings, clock: Clock) -> AsyncIterator[SchemaRegistry]:
    """Open the client of the registry, which sends nothing until it is used.

    Raises:
        StartError: a file with its credentials cannot be read.
    """
    registry = SchemaRegistry(settings, clock)
    await registry.open()
    try:
        yield registry
    finally:
        await registry.close()


async def wait_for_server(
    attempt: Callable[[], Awaitable[Result]], clock: Clock, note: Callable[[str], None] = lambda _: None
) -> Result:
    """Return what `attempt` returns, trying again with backoff until the server answers.

    Args:
        attempt: sends one request.
        clock: the clock of the waits.
        note: called with the reason of each failure, and with an empty text after success.
    """
    failures = 0
    while True:
        try:
            result = await attempt()
        except BusError as error:
            failures += 1
            wait_s = BACKOFF.wait_s(failures)
            note(str(error))
            _logger.warning("waiting, next try in %.0f s: %s", wait_s, error)
        else:
            note("")
            return result
        await clock.sleep_ms(round(wait_s * 1000))
