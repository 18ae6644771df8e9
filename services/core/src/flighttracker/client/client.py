"""`Client`: follows a tracker, from one connection to the next.

A client reads only while it is asked for the next update: nothing runs in the background and no update is queued. One
that is asked too seldom is skipped over by the gateway, and the next update has the gap.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import random
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import msgspec

from flighttracker.backoff import Backoff
from flighttracker.bounding_box import BoundingBox
from flighttracker.client.address import websocket_url
from flighttracker.client.connection import (
    RESTARTING,
    SILENCE_S,
    Connection,
    LostError,
    open_connection,
)
from flighttracker.client.dataframe import to_pandas
from flighttracker.client.errors import AddressError, ClientError, TokenRejectedError, UnavailableError, VersionError
from flighttracker.client.messages import Restart, Session, State, Welcome, parse_message
from flighttracker.client.picture import Gap, Picture
from flighttracker.errors import FrameError, FrameVersionError
from flighttracker.flight import FlightPosition

if TYPE_CHECKING:
    import pandas as pd

TokenSource = Callable[[], str | Awaitable[str]]
"""Returns a token; called for each connection, and again before the token expires."""

RETRY: Final = Backoff(first_s=0.5, longest_s=30.0)
RESYNC_S: Final = 5.0
"""Shortest time between two requests for key frames, which a gateway limits."""
STEADY_S: Final = 5.0
"""A connection that lasted this long makes the next wait short again."""
RENEW_AT: Final = 0.8
"""A token is renewed after this part of the time that is left to it."""

_logger = logging.getLogger(__name__)


class Update(msgspec.Struct, frozen=True):
    """What one tick changed.

    Attributes:
        time_ms: the tick that the picture shows now, milliseconds since 1970 by the gateway's clock; that of the shard
            furthest behind. It does not advance while nothing arrives; None before the first frame.
        changed: aircraft that are new, or have a new position.
        removed: ICAO addresses of aircraft that have left the picture or the box.
        gap: ticks that were missed before this one; None when there are none.
        lost: why the connection ended; "" while there is one. The picture stays as it was.
        stale_since_ms: the oldest thing that the gateway still shows, milliseconds since 1970, when a part of the
            tracker has stopped; None otherwise.
    """

    time_ms: int | None
    changed: tuple[FlightPosition, ...] = ()
    removed: tuple[str, ...] = ()
    gap: Gap | None = None
    lost: str = ""
    stale_since_ms: int | None = None


class Client:
    """A connection to a gateway that is kept: a picture, and the updates that change it.

        async with Client("http://localhost:8000") as client:
            async for update in client:
                print(len(client.flights), [flight.callsign for flight in update.changed])

    The first connection fails at once, with an error that says why. A later loss is an update with `lost`; the client
    then connects again, with growing, random waits, and continues where it was.

    Args:
        url: where the page of the tracker is: `http://localhost:8000`, `https://example.org/flights`.
        token: a JWT for a gateway that requires one, or a function that returns a token, which is asked again for each
            connection and before the token expires.
        box: only aircraft in this part of the world: a `BoundingBox`, or west, south, east and north in degrees. The
            gateway sends all; the client drops the others.
        tls: how to verify the gateway's certificate; None for the defaults of Python.

    Attributes:
        flights: the present picture by ICAO address, six lower-case hexadecimal digits.
        tracker: the name of the tracker.
        lost: why there is no connection now; "" while there is one.
        refused_frames: damaged frames; each is replaced by key frames.

    Raises:
        ValueError: the box is none.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | TokenSource = "",
        box: BoundingBox | tuple[float, float, float, float] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._url = url
        self._token = token
        self._tls = tls
        self._picture = Picture(BoundingBox.of_edges(*box) if isinstance(box, tuple) else box)
        self._connection: Connection | None = None
        self._failures = 0
        self._opened_s = 0.0
        self._renew_at_s: float | None = None
        self._server_ahead_ms = 0
        self._resync_at_s = -RESYNC_S
        self._restart_s: float | None = None
        self._retry_after_s: float | None = None
        self._stale_since_ms: int | None = None
        self.flights: Mapping[str, FlightPosition] = self._picture.flights
        self.tracker = ""
        self.lost = ""
        self.refused_frames = 0

    async def __aenter__(self) -> Self:
        """Connect.

        Raises:
            AddressError: no gateway can be at the URL.
            TokenRejectedError: a token is missing or not accepted.
            VersionError: the gateway uses another version of the protocol.
            UnavailableError: no gateway answers now, or it takes no more connections.
            RejectedError: the gateway does not accept this client.
        """
        await self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._drop()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Update:
        """Return the next update, however long it takes: a lost connection is opened again.

        Raises:
            ClientError: of a kind that another connection cannot help; see `__aenter__`.
        """
        while True:
            try:
                if self._connection is None:
                    await self._reopen()
                update = await self._next(self._connection)
            except (LostError, UnavailableError) as error:
                return await self._lose(error)
            if update is not None:
                return update

    @property
    def time_ms(self) -> int | None:
        """The tick that the picture shows, milliseconds since 1970; None before the first frame."""
        return self._picture.time_ms

    @property
    def is_complete(self) -> bool:
        """Whether every part of the tracker has sent its aircraft."""
        return self._picture.is_complete

    def to_pandas(self) -> pd.DataFrame:
        """Return the present picture as a data frame; see `dataframe.to_pandas`.

        Raises:
            StartError: pandas is not installed; the message has the command.
        """
        return to_pandas(self.flights.values())

    async def _open(self) -> None:
        cursor = self._picture.cursor
        self._connection = await open_connection(
            websocket_url(self._url, {"since": cursor} if cursor else {}),
            token=await self._current_token(),
            tls=self._tls,
        )
        self._opened_s = time.monotonic()
        self._restart_s = self._retry_after_s = None
        self.lost = ""

    async def _reopen(self) -> None:
        wait_s = RETRY.jittered_s(self._failures, random.random())  # noqa: S311 - spreads clients over time
        if self._restart_s is not None:
            wait_s = self._restart_s
        await asyncio.sleep(max(wait_s, self._retry_after_s or 0.0))
        try:
            await self._open()
        except AddressError as error:
            # The address was right before: a proxy answers while its gateways restart.
            raise UnavailableError(str(error)) from error

    async def _lose(self, error: LostError | UnavailableError) -> Update:
        """Note the end of a connection, or that none could be opened."""
        if self._connection is not None and time.monotonic() - self._opened_s >= STEADY_S:
            self._failures = 0
        self._failures += 1
        if not (isinstance(error, LostError) and error.code == RESTARTING and self._failures == 1):
            self._restart_s = None
        self._retry_after_s = error.retry_after_s if isinstance(error, UnavailableError) else None
        self.lost = str(error)
        await self._drop()
        return Update(self.time_ms, lost=self.lost, stale_since_ms=self._stale_since_ms)

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _next(self, connection: Connection | None) -> Update | None:
        """Return what the next message changes; None if that is nothing."""
        assert connection is not None
        if self._renew_at_s is not None and time.monotonic() >= self._renew_at_s:
            self._renew_at_s = None
            await connection.send({"type": "token", "token": await self._current_token()})
        try:
            message = await connection.receive(SILENCE_S)
        except TokenRejectedError as error:
            if isinstance(self._token, str):
                raise
            raise LostError(str(error)) from error  # The next connection asks for another token.
        if isinstance(message, str):
            return self._take_text(message)
        return await self._take_frames(connection, message)

    def _take_text(self, text: str) -> Update | None:
        try:
            message = parse_message(text)
        except (msgspec.DecodeError, RecursionError) as error:
            raise AddressError(f"{self._url} does not send what a gateway sends: {error}") from error
        match message:
            case Welcome():
                self.tracker = message.tracker
                self._server_ahead_ms = message.server_time_ms - time.time_ns() // 1_000_000
                self._plan_renewal(message.expires_ms)
                removed = self._picture.keep_shards(message.shards)
                return self._update(removed=removed) if removed else None
            case State() if message.stale_since_ms != self._stale_since_ms:
                self._stale_since_ms = message.stale_since_ms
                return self._update()
            case Session():
                self._plan_renewal(message.expires_ms)
            case Restart():
                self._restart_s = message.reconnect_after_ms / 1000
        return None

    async def _take_frames(self, connection: Connection, message: bytes) -> Update | None:
        try:
            changed = self._picture.apply(message)
        except FrameVersionError as error:
            raise VersionError(f"{error}: update flighttracker") from error
        except FrameError as error:
            self.refused_frames += 1
            self._picture.needs_key_frames = True
            _logger.warning("a frame of %s is damaged: %s", self._url, error)
            changed = None
        if self._picture.needs_key_frames and time.monotonic() - self._resync_at_s >= RESYNC_S:
            self._resync_at_s = time.monotonic()
            await connection.send({"type": "resync"})
        return None if changed is None else self._update(changed.changed, changed.removed, changed.gap)

    def _update(
        self, changed: tuple[FlightPosition, ...] = (), removed: tuple[str, ...] = (), gap: Gap | None = None
    ) -> Update:
        return Update(self.time_ms, changed, removed, gap, stale_since_ms=self._stale_since_ms)

    def _plan_renewal(self, expires_ms: int | None) -> None:
        if expires_ms is None or isinstance(self._token, str):
            self._renew_at_s = None
        else:
            left_ms = expires_ms - (time.time_ns() // 1_000_000 + self._server_ahead_ms)
            self._renew_at_s = time.monotonic() + RENEW_AT * max(0, left_ms) / 1000

    async def _current_token(self) -> str:
        if isinstance(self._token, str):
            return self._token
        token = self._token()
        return await token if inspect.isawaitable(token) else token


async def fetch_flights(
    url: str,
    *,
    token: str | TokenSource = "",
    box: BoundingBox | tuple[float, float, float, float] | None = None,
    tls: ssl.SSLContext | None = None,
    wait_s: float = 30.0,
) -> list[FlightPosition]:
    """Return the aircraft of a tracker at this moment; see `Client` for the arguments.

    Raises:
        ClientError: see `Client.__aenter__`; `UnavailableError` if the picture is incomplete after `wait_s`.
    """
    try:
        async with asyncio.timeout(wait_s), Client(url, token=token, box=box, tls=tls) as client:
            async for update in client:
                if update.lost:
                    raise UnavailableError(update.lost)
                if client.is_complete:
                    break
            return list(client.flights.values())
    except TimeoutError as error:
        raise UnavailableError(f"{url} did not send every aircraft within {wait_s:g} s") from error


__all__ = ["Client", "ClientError", "TokenSource", "Update", "fetch_flights"]
