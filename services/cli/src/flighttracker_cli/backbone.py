"""Opens what a role needs of Kafka, Redis and the schema registry, and waits for what is not there yet.

A pod may start before its servers: it says what it waits for, and goes on by itself. What a person must mend (a wrong
address, a refused password, a topic that is not as the settings say) ends the process with the reason.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final, TypeVar

from flighttracker.backoff import Backoff
from flighttracker.bus.servers import KafkaLogs, ServerBus
from flighttracker.clock import Clock
from flighttracker.errors import BusError
from flighttracker.registry import SchemaRegistry
from flighttracker.settings import RegistrySettings, ServerSettings
from flighttracker_generator.waits import Waits

BACKOFF: Final = Backoff(first_s=1.0, longest_s=10.0)

Result = TypeVar("Result")

_logger = logging.getLogger(__name__)


@asynccontextmanager
async def open_bus(servers: ServerSettings, clock: Clock) -> AsyncIterator[ServerBus]:
    """Open everything that a gateway needs; Redis may be away, Kafka is waited for.

    Raises:
        StartError: something that a person must mend.
    """
    bus = ServerBus(servers.kafka, servers.redis, clock=clock)
    try:
        await wait_for_server(bus.open, clock)
        yield bus
    finally:
        await bus.close()


@asynccontextmanager
async def open_logs(servers: ServerSettings, clock: Clock, waits: Waits) -> AsyncIterator[KafkaLogs]:
    """Open what a generator needs: Kafka, which is waited for.

    Raises:
        StartError: something that a person must mend.
    """
    logs = KafkaLogs(servers.kafka, clock=clock)
    try:
        await wait_for_server(logs.open, clock, partial(waits.note, "kafka"))
        yield logs
    finally:
        await logs.close()


@asynccontextmanager
async def open_registry(settings: RegistrySettings, clock: Clock) -> AsyncIterator[SchemaRegistry]:
    """Open the registry; it is asked only when it is used.

    Raises:
        StartError: a file of its account cannot be read.
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
    """Try until the server behind it answers; the wait between two tries doubles up to ten seconds.

    Args:
        attempt: asks it.
        clock: whose seconds are waited.
        note: told why it is waited for, and nothing as soon as it has answered.
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
