"""`KafkaConnection`: secrets, errors and the one producer that all Kafka clients of a process share.

The producer waits for all replicas and is deliberately not idempotent. An idempotent aiokafka producer retries a batch
forever: it would still send a batch that `append` has reported as failed, in addition to the caller's retry, and
closing would wait for a broker that is gone. Ours gives up in bounded time. In the worst case a position is stored
twice, which is harmless because the newest position wins. Order is kept: each partition has one request in flight.
"""

from __future__ import annotations

import asyncio
import logging
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
from flighttracker.known_secrets import remember
from flighttracker.settings import KafkaSettings

CLIENT: Final = "flighttracker"
MAX_BATCH_BYTES: Final = 512 * 1024
"""About 4,000 positions; brokers accept 1 MB by default."""

LOOK_AGAIN_S: Final = 10.0
"""Time between two metadata refreshes of a client: new partitions are used after at most this long."""

START_TIMEOUTS: Final = 10
"""Bound for starting a client, in request timeouts. aiokafka gives up long before, because each of its steps has a
timeout. A start that is cancelled leaks a connection that cannot be closed any more."""

LONGEST_LOOK: Final = 2
"""Bound for a metadata request with its retries, in request timeouts."""

LONGEST_APPEND: Final = 3
"""Bound for an append, in request timeouts: the wait for the batch before it, and its own attempts."""

_REFUSALS: Final = (
    AuthenticationFailedError,
    IllegalSaslStateError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)


def _has_no_login(record: logging.LogRecord) -> bool:
    """Return False for aiokafka's debug line with the password, and for its warning at each login without TLS."""
    text = record.getMessage()
    return "SaslAuthenticateRequest" not in text and "password in the clear" not in text


logging.getLogger("aiokafka.conn").addFilter(_has_no_login)


class KafkaConnection:
    """Shared by all Kafka clients of a process.

    Args:
        settings: address, secrets, topics and timeouts.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self.settings = settings
        self.address = f"Kafka at {settings.bootstrap_servers}"
        self._options: dict[str, Any] = {}
        self._producer: AIOKafkaProducer | None = None

    async def open(self) -> None:
        """Read the secrets, connect to a broker and start the producer; may be called again.

        Raises:
            StartError: a file cannot be read, or the brokers reject our user; the message says what to fix.
            BusError: no broker answers.
        """
        await self.close()
        options: dict[str, Any] = {"security_protocol": self.settings.security_protocol}
        if self.settings.security_protocol.endswith("SSL"):
            options["ssl_context"] = self._tls()
        if self.settings.security_protocol.startswith("SASL"):
            options["sasl_mechanism"] = self.settings.sasl_mechanism
            options["sasl_plain_username"] = _read(self.settings.username_file, "username_file")
            options["sasl_plain_password"] = _read(self.settings.password_file, "password_file")
            remember(options["sasl_plain_password"])
        await self._reach(options)
        self._options = {"bootstrap_servers": self.settings.bootstrap_servers, **options}
        producer = AIOKafkaProducer(acks="all", max_batch_size=MAX_BATCH_BYTES, **self.options())
        try:
            with self.errors("start the producer"):
                async with self.limit(START_TIMEOUTS):
                    await producer.start()
        except BaseException:
            await stop_producer(producer, self.settings.request_timeout_s)
            raise
        self._producer = producer

    def options(self) -> dict[str, Any]:
        """Return the options of every aiokafka client; call `open` first."""
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
        """The shared producer; call `open` first."""
        if self._producer is None:
            raise BusError(f"{self.address} is not open")
        return self._producer

    async def follow_topics(self, *topics: str) -> None:
        """Make the producer refresh the metadata of these topics only; returns when it has them.

        Raises:
            BusError: a topic does not exist, or no broker answers.
        """
        client = self.producer.client
        with self.errors(f"find {', '.join(topics)}"):
            async with self.limit(LONGEST_LOOK):
                await client.set_topics(topics)
                for topic in topics:
                    await self.producer.partitions_for(topic)

    def partitions_of(self, topic: str) -> int:
        """Return the number of partitions of a topic at the producer's last metadata refresh; 0 if unknown."""
        known = None if self._producer is None else self._producer.client.cluster.partitions_for_topic(topic)
        return len(known or ())

    def limit(self, request_timeouts: int) -> asyncio.Timeout:
        """Return a timeout of this many request timeouts: aiokafka bounds each request, but not its retries."""
        return asyncio.timeout(request_timeouts * self.settings.request_timeout_s)

    @contextmanager
    def errors(self, action: str) -> Iterator[None]:
        """Convert errors of aiokafka and the network to `BusError`; the message says which `action` failed."""
        try:
            yield
        except (KafkaError, ConsumerStoppedError, OSError) as error:
            # TimeoutError is an OSError without a message.
            detail = str(error) or type(error).__name__
            raise BusError(f"cannot {action} at {self.address}: {detail}") from error

    async def close(self) -> None:
        """Send the waiting batches, within one request timeout, and close every connection."""
        producer, self._producer = self._producer, None
        if producer is not None:
            # A waiting batch fails after one request timeout; the second one is for reporting the failure.
            await stop_producer(producer, 2 * self.settings.request_timeout_s)

    async def _reach(self, options: dict[str, Any]) -> None:
        """Connect to one broker directly: aiokafka's own start only logs why a broker rejected it."""
        failure: Exception | None = None
        for host, port, _ in collect_hosts(self.settings.bootstrap_servers):
            try:
                async with self.limit(START_TIMEOUTS):
                    connection = await create_conn(
                        host, port, request_timeout_ms=round(self.settings.request_timeout_s * 1000), **options
                    )
            except _REFUSALS as error:
                raise StartError(
                    f"{self.address} rejects our user: {error}; check the files {self.settings.username_file} and "
                    f"{self.settings.password_file}, and the mechanism {self.settings.sasl_mechanism}"
                ) from error
            except (KafkaError, OSError) as error:
                certificate = _certificate_error(error)
                if certificate is not None:
                    raise StartError(
                        f"{self.address} has a certificate that is not trusted: {certificate.verify_message}; "
                        "set ca_file to its authority"
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
    """Return the certificate error that aiokafka has wrapped, or None."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error


def _read(file: str, field: str) -> str:
    """Return the content of a mounted Secret's file."""
    if not file:
        raise StartError(f"{field} is missing: SASL needs username_file and password_file")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise StartError(f"cannot read {file}, {field} of Kafka: {error.strerror}") from error
