"""Stopping aiokafka's clients in bounded time and without an error, whatever the brokers do.

Their own `stop` may wait for ever: for a broker that does not answer (aiokafka issue 1013), or for one that is frozen
and takes no bytes. It forgets a cancellation that comes while it waits for its own tasks, and lets the cancellation of
those out to us, as if we had been cancelled (issue 647). So it runs in a task of its own, for a bounded time. What it
leaves behind is ended by hand: connections are aborted, which ends every wait for an answer, and tasks are cancelled.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

_logger = logging.getLogger(__name__)

BY_HAND_S: Final = 1.0
"""How long what was cancelled may take to end: it has nothing left to wait for."""


async def stop_consumer(consumer: AIOKafkaConsumer, timeout_s: float) -> None:
    """Leave the group, if a broker answers in time, and close every connection."""
    if not await _stopped(consumer.stop(), timeout_s, consumer._client):
        coordinator, fetcher = consumer._coordinator, consumer._fetcher
        tasks = [
            getattr(coordinator, name, None)
            for name in ("_coordination_task", "_heartbeat_task", "_commit_refresh_task", "_reset_committed_task")
        ]
        if fetcher is not None:
            tasks += [fetcher._fetch_task, *fetcher._pending_tasks]
        await _end([consumer._client._sync_task, *tasks])
    if consumer._fetcher is not None:
        # Whoever still waits for records in another task would wait for an assignment that never comes.
        consumer._subscription.abort_waiters(KafkaError("the reader was stopped"))


async def stop_producer(producer: AIOKafkaProducer, timeout_s: float) -> None:
    """Send what waits, if a broker takes it in time, and close every connection."""
    if not await _stopped(producer.stop(), timeout_s, producer.client):
        # Ends those who wait for a delivery, and aiokafka's own task that does.
        producer._message_accumulator.fail_all(KafkaError("the producer was stopped"))
        await _end([producer.client._sync_task, producer._sender.sender_task])


async def stop_admin(admin: AIOKafkaAdminClient, timeout_s: float) -> None:
    """Close every connection."""
    if not await _stopped(admin.close(), timeout_s, admin._client):
        await _end([admin._client._sync_task])


async def _stopped(stop: Coroutine[Any, Any, None], timeout_s: float, client: Any) -> bool:
    """Run a client's own stop; False when it did not do what it should, and its connections were aborted."""
    stopping = asyncio.ensure_future(stop)
    well = False
    try:
        await asyncio.wait([stopping], timeout=timeout_s)
        well = stopping.done() and not stopping.cancelled() and stopping.exception() is None
    finally:
        # Also when we are cancelled ourselves: nothing may stay behind.
        if not well:
            _logger.info("a client of Kafka is closed by hand: %s", stopping)
            for connection in list(client._conns.values()):
                writer = connection._writer
                connection.close()
                if writer is not None:
                    writer.transport.abort()
            await _end([stopping])
    return well


async def _end(tasks: Iterable[asyncio.Task[Any] | None]) -> None:
    """Cancel tasks and wait until they have ended; what they raise is not ours."""
    left = {task for task in tasks if task is not None}
    for task in left:
        task.cancel()
    if left:
        ended, still = await asyncio.wait(left, timeout=BY_HAND_S)
        for task in ended:
            if not task.cancelled() and task.exception() is not None:
                _logger.debug("a task of aiokafka ended with %r", task.exception())
        for task in still:
            _logger.warning("a task of aiokafka does not end: %s", task)
