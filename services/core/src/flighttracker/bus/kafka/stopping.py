"""Stopping aiokafka's clients in bounded time, also when the brokers are gone.

A consumer that backs off after a failed fetch lets the cancellation of its own task out of `stop`, with connections
left open (aiokafka issue 647), and a client may wait for a broker that does not answer (issue 1013). So `stop` runs in
a task of its own, which cannot cancel ours, and what it leaves behind is closed by hand.
"""

from __future__ import annotations

import asyncio
import logging

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

_logger = logging.getLogger(__name__)


async def stop_consumer(consumer: AIOKafkaConsumer, timeout_s: float) -> None:
    """Leave the group, if a broker answers in time, and close every connection."""
    if not await _stopped(consumer, timeout_s):
        fetches = list(consumer._fetcher._pending_tasks) if consumer._fetcher is not None else []
        for fetch in fetches:
            fetch.cancel()
        await asyncio.gather(*fetches, return_exceptions=True)
        await consumer._client.close()


async def stop_producer(producer: AIOKafkaProducer, timeout_s: float) -> None:
    """Send what waits, if a broker takes it in time, and close every connection."""
    if not await _stopped(producer, timeout_s):
        await producer.client.close()


async def _stopped(client: AIOKafkaConsumer | AIOKafkaProducer, timeout_s: float) -> bool:
    stopping = asyncio.ensure_future(client.stop())
    await asyncio.wait([stopping], timeout=timeout_s)
    if not stopping.done():
        stopping.cancel()
        await asyncio.wait([stopping])
    if stopping.cancelled() or stopping.exception() is not None:
        _logger.info("a client of Kafka was closed by hand: %s", stopping)
        return False
    return True
