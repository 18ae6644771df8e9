"""`RedisConnection`: connections to one Redis server, with bounded calls and the errors of this project.

If the server has closed a connection, the call is retried once on a new one, without an error: Redis was restarted, and
the data that it lost will be written again. A server that does not answer is not asked twice, because ticks must not be
late.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from redis import exceptions
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from flighttracker.bus.cancellation import kept_cancellation
from flighttracker.errors import SharingError, StartError
from flighttracker.known_secrets import remember
from flighttracker.settings import RedisSettings

SCHEMES: Final = ("redis", "rediss")

LONGEST_CALL: Final = 3
"""Bound for a call, in request timeouts: to wait for its turn, to connect, and to get an answer."""


class RedisConnection:
    """Connections to one Redis, shared by the parts of the bus and created on demand.

    Args:
        settings: address, bounds and timeouts.
    """

    def __init__(self, settings: RedisSettings) -> None:
        self.settings = settings
        self.address = "Redis"
        self._client: Redis | None = None
        self._subscriber: Redis | None = None
        self._turns = asyncio.Semaphore(settings.max_connections)

    async def open(self) -> None:
        """Read the address and check that the server is supported; may be called again.

        Raises:
            StartError: the address or the password is wrong, or the server is not supported.
            SharingError: the server is unavailable; calls succeed as soon as it is available again.
        """
        await self.close()
        url = self._url()
        self._client = self._make_client(url, retries=1)
        self._subscriber = self._make_client(url, retries=0)
        try:
            async with self.asking("ask Redis whether it is a cluster"):
                cluster = await self.client.info("cluster")
        except SharingError as error:
            if isinstance(error.__cause__, exceptions.AuthenticationError):
                raise StartError(
                    f"{self.address} rejects the password: set it in the address, redis://:PASSWORD@host:port/0"
                ) from error
            raise
        if cluster.get("cluster_enabled"):
            raise StartError(
                f"{self.address} is a Redis Cluster, which is not supported: give the address of a single Redis"
            )

    @property
    def client(self) -> Redis:
        """The client for commands; call `open` first."""
        return self._opened(self._client)

    @property
    def subscriber(self) -> Redis:
        """The client for subscriptions; it never reconnects by itself, because that would hide a gap."""
        return self._opened(self._subscriber)

    def key(self, *parts: object) -> str:
        """Return a key or channel with our prefix."""
        return ":".join((self.settings.prefix, *map(str, parts)))

    @asynccontextmanager
    async def asking(self, action: str) -> AsyncIterator[None]:
        """Bound a call, and convert errors of redis-py and the network to `SharingError`.

        Args:
            action: what the call does, for the error message.
        """
        try:
            # redis-py's blocking pool waits for a lock without a bound.
            async with asyncio.timeout(LONGEST_CALL * self.settings.request_timeout_s), self._turns:
                with kept_cancellation():
                    yield
        except (exceptions.RedisError, OSError) as error:
            # TimeoutError is an OSError without a message.
            detail = str(error) or "it does not answer"
            raise SharingError(f"cannot {action} at {self.address}: {detail}") from error

    async def read(self, action: str, max_bytes: int, *keys: str) -> list[bytes | None]:
        """Return the value of each key; None without one, or if it is longer or of another type, so none of ours.

        Args:
            action: what the call does, for the error message.
            max_bytes: longest value.
            keys: their names.
        """
        pipeline = self.client.pipeline(transaction=False)
        for key in keys:
            pipeline.getrange(key, 0, max_bytes)
        async with self.asking(action):
            found: list[object] = await pipeline.execute(raise_on_error=False)
        return [value if isinstance(value, bytes) and 0 < len(value) <= max_bytes else None for value in found]

    async def close(self) -> None:
        """Close every connection."""
        for client in (self._client, self._subscriber):
            if client is not None:
                await client.aclose(close_connection_pool=True)
        self._client = self._subscriber = None

    def _opened(self, client: Redis | None) -> Redis:
        if client is None:
            raise SharingError(f"{self.address} is not open")
        return client

    def _make_client(self, url: str, retries: int) -> Redis:
        options: dict[str, object] = {}
        if urlsplit(url).scheme == "rediss" and self.settings.ca_file:
            if not Path(self.settings.ca_file).is_file():
                raise StartError(f"cannot read {self.settings.ca_file}, the certificates to trust for Redis")
            options["ssl_ca_certs"] = self.settings.ca_file
        timeout_s = self.settings.request_timeout_s
        try:
            pool = ConnectionPool.from_url(
                url,
                max_connections=self.settings.max_connections,
                socket_timeout=timeout_s,
                socket_connect_timeout=timeout_s,
                retry=Retry(NoBackoff(), retries, (exceptions.ConnectionError,)),
                protocol=2,
                **options,
            )
        except ValueError as error:
            raise StartError(f"{self.address} is not an address of Redis: {error}") from error
        return Redis.from_pool(pool)

    def _url(self) -> str:
        """Return the URL with its password, and set `address` to the URL without it, for messages."""
        url = self.settings.url
        if self.settings.url_file:
            try:
                url = Path(self.settings.url_file).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise StartError(
                    f"cannot read {self.settings.url_file}, the address of Redis: {error.strerror}"
                ) from error
        place = urlsplit(url)
        account, _, host = place.netloc.rpartition("@")
        remember(unquote(account.partition(":")[2]))
        self.address = f"{place.scheme}://{host}" if host else "Redis"
        if place.scheme not in SCHEMES or not host or "," in host:
            raise StartError(
                f"{self.address} is not the address of one Redis: use redis://[:PASSWORD@]host:port/0, or rediss:// "
                "with TLS. Sentinel and Cluster are not supported: use the address of the primary, or of a service "
                "that follows it"
            )
        return url
