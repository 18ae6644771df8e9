"""The way to a Kafka cluster: secrets are read when it is opened, errors become ours, one producer serves all.

The producer waits for all replicas and is not idempotent, on purpose. An idempotent aiokafka producer never gives a
batch up: what `append` has reported as failed would still be sent, beside the caller's own second attempt, and closing
would wait for a broker that is gone. Ours gives up in bounded time. What that can cost is a position that is stored
twice, and the newest position wins anyway; order is kept, because one request per partition is on its way at a time.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import (
    AuthenticationFailedError,
    ConsumerStoppedError,
    IllegalSaslStateError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)

from flighttracker.bus.kafka.stopping import stop_producer
from flighttracker.errors import BusError, StartError
from flighttracker.settings import KafkaSettings

CLIENT: Final = "flighttracker"
MAX_BATCH_BYTES: Final = 512 * 1024
"""About 4,000 positions; brokers take 1 MB by default."""

LOOK_AGAIN_S: Final = 10.0
"""How often every client asks the brokers anew what the topics are: the longest time until new partitions are used."""

START_TIMEOUTS: Final = 10
"""Starting a client may take so many request timeouts. aiokafka gives up long before, each of its steps has one, and
whoever cancels its start loses a connection that nobody can close then."""

LONGEST_LOOK: Final = 2
"""Asking the brokers something may take so many, repeated as it may be."""

LONGEST_APPEND: Final = 3
"""An append may take so many: a batch that waits for the one before it, and its own attempts."""

_REFUSALS: Final = (
    AuthenticationFailedError,
    IllegalSaslStateError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)


class KafkaConnection:
    """What every Kafka client of a process has in common.

    Args:
        settings: address, secrets, topics and timeouts.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self.settings = settings
        self.address = f"Kafka at {settings.bootstrap_servers}"
        self._options: dict[str, Any] = {}
        self._producer: AIOKafkaProducer | None = None

    async def open(self) -> None:
        """Read the secrets, reach a broker and start the producer; may be called again.

        Raises:
            StartError: a file cannot be read, or the brokers refuse us; the message says what to mend.
            BusError: no broker answers now.
        """
        await self.close()
        options: dict[str, Any] = {"security_protocol": self.settings.security_protocol}
        if self.settings.security_protocol.endswith("SSL"):
            options["ssl_context"] = self._tls()
        if self.settings.security_protocol.startswith("SASL"):
            options["sasl_mechanism"] = self.settings.sasl_mechanism
            options["sasl_plain_username"] = _read(self.settings.username_file, "username_file")
            options["sasl_plain_password"] = _read(self.settings.password_file, "password_file")
        await self._reach(options)
        self._options = {"bootstrap_servers": self.settings.bootstrap_servers, **options}
        producer = AIOKafkaProducer(acks="all", max_batch_size=MAX_BATCH_BYTES, **self.options())
        try:
            with self.errors("start to produce"):
                async with self.limit(START_TIMEOUTS):
                    await producer.start()
        except BaseException:
            await stop_producer(producer, self.settings.request_timeout_s)
            raise
        self._producer = producer

    def options(self) -> dict[str, Any]:
        """Return what every client of aiokafka is made with; `open` was called before."""
        if not self._options:
            raise BusError(f"{self.address} is not open")
        return {
            **self._options,
            "client_id": CLIENT,
            "request_timeout_ms": round(self.settings.request_timeout_s * 1000),
            "metadata_max_age_ms": round(LOOK_AGAIN_S * 1000),
        }

    @property
    def producer(self) -> AIOKafkaProducer:
        """The one producer; `open` was called before."""
        if self._producer is None:
            raise BusError(f"{self.address} is not open")
        return self._producer

    async def follow_topics(self, *topics: str) -> None:
        """Let the producer ask for these topics and no others, again and again; returns when it knows them.

        Raises:
            BusError: a topic is not there, or no broker answers.
        """
        client = self.producer.client
        with self.errors(f"find {', '.join(topics)}"):
            async with self.limit(LONGEST_LOOK):
                await client.set_topics(topics)
                for topic in topics:
                    await self.producer.partitions_for(topic)

    def partitions_of(self, topic: str) -> int:
        """Return how many partitions a topic had when the producer last looked; 0 when it does not know."""
        known = None if self._producer is None else self._producer.client.cluster.partitions_for_topic(topic)
        return len(known or ())

    def limit(self, request_timeouts: int) -> asyncio.Timeout:
        """Bound a wait by so many request timeouts: aiokafka bounds a request, but not what it repeats."""
        return asyncio.timeout(request_timeouts * self.settings.request_timeout_s)

    @contextmanager
    def errors(self, action: str) -> Iterator[None]:
        """Turn what aiokafka and the network raise into `BusError`; `action` says what was tried."""
        try:
            yield
        except (KafkaError, ConsumerStoppedError, OSError) as error:
            # TimeoutError is an OSError, and says nothing of its own.
            detail = str(error) or type(error).__name__
            raise BusError(f"cannot {action} at {self.address}: {detail}") from error

    async def close(self) -> None:
        """Send what waits, for as long as one request may take, and close every connection."""
        producer, self._producer = self._producer, None
        if producer is not None:
            # A batch that waits gives up after one request timeout; the rest is for telling so.
            await stop_producer(producer, 2 * self.settings.request_timeout_s)

    async def _reach(self, options: dict[str, Any]) -> None:
        """Connect to one broker by hand: aiokafka's own start-up only logs why it was refused."""
        failure: Exception | None = None
        for host, port, _ in collect_hosts(self.settings.bootstrap_servers):
            try:
                async with self.limit(START_TIMEOUTS):
                    connection = await create_conn(
                        host, port, request_timeout_ms=round(self.settings.request_timeout_s * 1000), **options
                    )
            except _REFUSALS as error:
                raise StartError(
                    f"{self.address} refuses our user: {error}; check the files {self.settings.username_file} and "
                    f"{self.settings.password_file}, and the mechanism {self.settings.sasl_mechanism}"
                ) from error
            except (KafkaError, OSError) as error:
                certificate = _certificate_error(error)
                if certificate is not None:
                    raise StartError(
                        f"{self.address} shows a certificate that we do not trust: {certificate.verify_message}; "
                        "name its authority in ca_file"
                    ) from error
                failure = error
            else:
                connection.close()
                return
        detail = str(failure) or type(failure).__name__
        raise BusError(f"no broker of {self.address} answers: {detail}") from failure

    def _tls(self) -> ssl.SSLContext:
        try:
            context = ssl.create_default_context(cafile=self.settings.ca_file or None)
        except OSError as error:
            raise StartError(f"cannot read {self.settings.ca_file!r}, the certificates to trust: {error}") from error
        if self.settings.certificate_file:
            try:
                context.load_cert_chain(self.settings.certificate_file, self.settings.key_file or None)
            except OSError as error:
                raise StartError(f"cannot use {self.settings.certificate_file} and its key_file: {error}") from error
        return context


def _certificate_error(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """Return why a certificate was not trusted, where aiokafka wrapped it."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error


def _read(file: str, field: str) -> str:
    """Return the one line of a mounted Secret's file."""
    if not file:
        raise StartError(f"{field} is missing: SASL needs username_file and password_file")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise StartError(f"cannot read {file}, {field} of Kafka: {error.strerror}") from error
