"""`TcpSource`, the base of sources that are streams over TCP: it connects to a receiver, or feeders connect to it.

Each connection has its own decoder and `Timeline`, so a feeder that sends nonsense spoils nothing of the others.
`Merge` shows each aircraft by one of them. Once an interval, the aircraft that changed are yielded. A connection that
ends is opened again after a while. Feeders beyond the limit, or from other networks, are closed at once.
"""

from __future__ import annotations

import asyncio
import logging
import random
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Final, Generic, TypeVar

from flighttracker.backoff import Backoff
from flighttracker.clock import Clock
from flighttracker.errors import SourceError, StartError
from flighttracker.flight import FlightPosition
from flighttracker.outgoing import Guard
from flighttracker.settings import BeastSource, SbsSource
from flighttracker_generator.metrics import SourceMetrics
from flighttracker_generator.sources.answers import Answer
from flighttracker_generator.sources.base import steps
from flighttracker_generator.sources.feeds.dialing import BUFFER_BYTES, dial, keep_alive
from flighttracker_generator.sources.feeds.feed_reader import Decoder, read_all
from flighttracker_generator.sources.losses import Losses, LossReport
from flighttracker_generator.sources.merge import Merge
from flighttracker_generator.sources.timeline import Timeline

RECONNECT: Final = Backoff(first_s=1.0, longest_s=60.0)
_logger = logging.getLogger(__name__)

Settings = TypeVar("Settings", bound=BeastSource | SbsSource)


@dataclass(slots=True)
class _Connection:
    """One connection: its number among those that are open, its decoder and what it heard before."""

    number: int
    peer: str
    decoder: Decoder
    timeline: Timeline
    is_open: bool = True


class TcpSource(ABC, Generic[Settings]):
    """A `Source` that reads a stream from each of its connections.

    Args:
        settings: address or port, interval, limits.
        clock: the time.
        metrics: counts.
    """

    def __init__(self, settings: Settings, clock: Clock, metrics: SourceMetrics) -> None:
        self.name = settings.name
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._connections: list[_Connection] = []
        self._merge = Merge()
        self._loss_report, self._end_report = LossReport(), LossReport()
        self._has_answered = False
        self._listening_port = 0

    @property
    def listening_port(self) -> int:
        """Port on which feeders are awaited; 0 while there is none."""
        return self._listening_port

    @abstractmethod
    def decoder(self) -> Decoder:
        """Return a new decoder for one connection."""

    async def batches(self) -> AsyncGenerator[list[FlightPosition], None]:
        """Yield the new positions of each interval, from the first message on.

        Raises:
            StartError: the port is in use, or a package is missing.
        """
        self.decoder()
        server, task = None, None
        feeders: set[asyncio.Task[None]] = set()
        if self._settings.connect:
            task = asyncio.create_task(self._stay_connected(), name=f"source-{self.name}")
        else:
            server = await self._listen(feeders)
        try:
            async with aclosing(steps(self._clock, round(self._settings.interval_s * 1000))) as moments:
                async for _ in moments:
                    if task is not None and task.done():
                        await task
                    positions = self._collected()
                    if self._has_answered:
                        yield positions
        finally:
            if server is not None:
                server.close()
            ending = [*feeders, *([task] if task is not None else [])]
            for each in ending:
                each.cancel()
            await asyncio.gather(*ending, return_exceptions=True)

    async def _stay_connected(self) -> None:
        settings = self._settings
        guard = Guard(settings.is_private_forbidden)
        jitter = random.Random()  # noqa: S311 - spreads connections, guards nothing
        failures = 0
        while True:
            connection = None
            try:
                reader, writer = await dial(settings.connect, guard)
                _logger.info("%s: connected to %s", self.name, settings.connect)
                connection = self._opened(settings.connect)
                await self._read(connection, reader, writer)
            except SourceError as error:
                failures = 1 if connection is not None and connection.decoder.is_understood else failures + 1
                wait_s = RECONNECT.jittered_s(failures, jitter.random())
                self._metrics.failed(error.reason)
                now_ms = self._clock.now_ms()
                self._metrics.next_request.set(now_ms / 1000 + wait_s)
                self._metrics.health.failed(now_ms, error, now_ms + round(wait_s * 1000))
                _logger.warning("%s: %s (%s); next connection in %.1f s", self.name, error, error.reason, wait_s)
                await self._clock.sleep_ms(round(wait_s * 1000))

    async def _listen(self, feeders: set[asyncio.Task[None]]) -> asyncio.Server:
        settings = self._settings
        assert isinstance(settings, BeastSource)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            feeders.add(task)
            try:
                await self._serve(reader, writer)
            except asyncio.CancelledError:
                # Python 3.11 logs a handler that ends as cancelled as an error.
                return
            finally:
                feeders.discard(task)

        host, port = settings.listen_host or None, settings.listen_port
        try:
            server = await asyncio.start_server(serve, host, port, limit=BUFFER_BYTES)
        except OSError as error:
            raise StartError(f"{self.name}: cannot listen on port {port}: {error.strerror or error}") from error
        self._listening_port = server.sockets[0].getsockname()[1]
        _logger.info("%s: awaiting feeders on port %d", self.name, self._listening_port)
        return server

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = str((writer.get_extra_info("peername") or ("unknown",))[0])
        try:
            self._admit(address)
            keep_alive(writer)
            _logger.info("%s: feeder %s connected", self.name, address)
            await self._read(self._opened(address), reader, writer)
        except SourceError as error:
            self._metrics.failed(error.reason)
            if not any(connection.is_open for connection in self._connections):
                self._metrics.health.failed(self._clock.now_ms(), error)
            ended = Losses()
            ended.record(error.reason, f"{address}: {error}")
            for line in self._end_report.lines(ended, self._clock.now_ms()):
                _logger.warning("%s: feeders: %s", self.name, line)
        finally:
            writer.transport.abort()

    def _admit(self, address: str) -> None:
        """Raise `SourceError` for a feeder that is not allowed: from another network, or one too many."""
        settings = self._settings
        assert isinstance(settings, BeastSource)
        if not is_in_networks(address, settings.allowed_networks):
            raise SourceError("its address is in none of the allowed networks", reason="not_allowed")
        present = [connection.peer for connection in self._connections if connection.is_open]
        # Half of the places are for others, so that one host cannot take all.
        if len(present) >= settings.max_feeders or present.count(address) >= max(settings.max_feeders // 2, 1):
            raise SourceError(f"{len(present)} feeders are connected", reason="too_many_feeders")

    def _opened(self, peer: str) -> _Connection:
        taken = {connection.number for connection in self._connections}
        number = next(number for number in range(len(taken) + 1) if number not in taken)
        connection = _Connection(number, peer, self.decoder(), Timeline(self.name, 0))
        self._connections.append(connection)
        return connection

    async def _read(self, connection: _Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await read_all(reader, connection.decoder, self._clock, self._settings.idle_s)
        finally:
            # The next batch takes what is left of it.
            connection.is_open = False
            writer.transport.abort()
            with suppress(OSError):
                await writer.wait_closed()

    def _collected(self) -> list[FlightPosition]:
        """Return what all connections heard since the last call, and forget those that are closed."""
        now_ms = self._clock.now_ms()
        shown: list[FlightPosition] = []
        for connection in self._connections:
            sky = connection.decoder.sky
            positions = sky.changed(now_ms)
            losses = sky.losses.take()
            if positions:
                fingerprints = [hash((one.latitude_deg, one.longitude_deg, one.last_contact)) for one in positions]
                heard = connection.timeline.hear(Answer(positions, fingerprints, None), now_ms)
                losses.records.update(heard.skipped)
                losses.examples.update(heard.examples)
                shown += self._merge.hear(connection.number, heard.positions, now_ms)
            self._metrics.lost(losses.records, losses.fields)
            for line in [*connection.decoder.remarks(), *self._loss_report.lines(losses, now_ms)]:
                _logger.warning("%s: %s: %s", self.name, connection.peer, line)
        self._note_health(now_ms)
        self._connections = [connection for connection in self._connections if connection.is_open]
        self._metrics.connections.set(len(self._connections))
        return shown

    def _note_health(self, now_ms: int) -> None:
        decoders = [connection.decoder for connection in self._connections if connection.is_open]
        understood_ms = [decoder.received_ms for decoder in decoders if decoder.is_understood]
        if understood_ms:
            self._has_answered = True
            aircraft = max(decoder.sky.recent(now_ms) for decoder in decoders)
            self._metrics.health.answered(max(understood_ms), aircraft)


def is_in_networks(address: str, networks: tuple[str, ...]) -> bool:
    """Whether an address is in one of the networks; an IPv4 address may be written as IPv6."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    known = getattr(known, "ipv4_mapped", None) or known
    return any(known in ip_network(network, strict=False) for network in networks)
