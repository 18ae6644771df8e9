"""Stops aiokafka's clients in bounded time and without an error, whatever the brokers do.

Their own `stop` may wait forever: for a broker that does not answer (aiokafka issue 1013), or for a frozen one that
accepts no bytes. It swallows a cancellation that arrives while it waits for its own tasks, and raises the cancellation
of those tasks as if the caller had been cancelled (issue 647). So it runs in a separate task, for a bounded time. Then
this module cleans up: it aborts connections, which ends every wait for an answer, and cancels tasks.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

_logger = logging.getLogger(__name__)

BY_HAND_S: Final = 1.0
"""How long cancelled tasks may take to end, in addition to the one request that aiokafka's sender still waits for."""


async def stop_consumer(consumer: AIOKafkaConsumer, timeout_s: float) -> None:
    """Leave the group, if a broker answers in time, and close every connection."""

    def left() -> list[asyncio.Task[Any] | None]:
        coordinator, fetcher = consumer._coordinator, consumer._fetcher
        names = ("_coordination_task", "_heartbeat_task", "_commit_refresh_task", "_reset_committed_task")
        tasks = [getattr(coordinator, name, None) for name in names]
        return tasks if fetcher is None else [*tasks, fetcher._fetch_task, *fetcher._pending_tasks]

    try:
        await _stop(consumer.stop(), timeout_s, consumer._client, left)
    finally:
        if consumer._fetcher is not None:
            # A task that still waits for records would wait for an assignment that never comes.
            consumer._subscription.abort_waiters(KafkaError("the reader was stopped"))


async def stop_producer(producer: AIOKafkaProducer, timeout_s: float) -> None:
    """Send the waiting batches, if a broker accepts them in time, and close every connection."""

    def left() -> list[asyncio.Task[Any] | None]:
        # Ends every wait for a delivery, including the one in aiokafka's own task.
        producer._message_accumulator.fail_all(KafkaError("the producer was stopped"))
        return [producer._sender.sender_task]

    await _stop(producer.stop(), timeout_s, producer.client, left)


async def stop_admin(admin: AIOKafkaAdminClient, timeout_s: float) -> None:
    """Close every connection."""
    await _stop(admin.close(), timeout_s, admin._client, list)


async def _stop(
    stop: Coroutine[Any, Any, None],
    timeout_s: float,
    client: AIOKafkaClient,
    left: Callable[[], Iterable[asyncio.Task[Any] | None]],
) -> None:
    """Run a client's own stop; if it fails or takes too long, abort its connections and cancel its tasks.

    Args:
        stop: the client's own stop.
        timeout_s: how long it may take.
        client: has the connections.
        left: returns the tasks that the stop may have left behind.
    """
    stopping = asyncio.ensure_future(stop)
    try:
        await asyncio.wait([stopping], timeout=timeout_s)
    finally:
        # Also if this task is cancelled: nothing may be left behind.
        if not stopping.done() or stopping.cancelled() or stopping.exception() is not None:
            _logger.info("aborting a Kafka client that did not stop: %s", stopping)
            _abort(client)
            patience_s = BY_HAND_S + client._request_timeout_ms / 1000
            await _end([stopping], patience_s)
            await _end([client._sync_task, *left()], patience_s)
            _abort(client)


def _abort(client: AIOKafkaClient) -> None:
    """Close every connection without sending the waiting bytes."""
    for connection in list(client._conns.values()):
        writer = connection._writer
        connection.close()
        if writer is not None:
            writer.transport.abort()


async def _end(tasks: Iterable[asyncio.Task[Any] | None], patience_s: float) -> None:
    """Cancel tasks and wait until they have ended; their exceptions are only logged."""
    left = {task for task in tasks if task is not None}
    for task in left:
        task.cancel()
    if left:
        ended, still = await asyncio.wait(left, timeout=patience_s)
        for task in ended:
            if not task.cancelled() and task.exception() is not None:
                _logger.debug("a task of aiokafka ended with %r", task.exception())
        for task in still:
            _logger.warning("a task of aiokafka does not end: %s", task)
