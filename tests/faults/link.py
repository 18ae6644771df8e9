"""A TCP proxy between two parts, which a test can cut or silence.

A cut link closes its connections and refuses new ones, like a firewall that rejects. A silent one keeps them and
forwards nothing, like a network that drops packets: bytes that were sent meanwhile arrive once it is restored.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from tests.servers.process import LOOPBACK, free_port

CHUNK_BYTES: Final = 64 * 1024


class Link:
    """A port on loopback that forwards to another one.

    Args:
        to_ports: where connections lead: to the first that takes them.

    Attributes:
        port: where they come from.
    """

    def __init__(self, *to_ports: int) -> None:
        self.port = free_port()
        self._to_ports = to_ports
        self._is_cut = False
        self._passes = asyncio.Event()
        self._passes.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Forward everything until cancelled."""
        try:
            async with await asyncio.start_server(self._begin, LOOPBACK, self.port) as server:
                await server.serve_forever()
        finally:
            for passing in self._passing:
                passing.cancel()
            await asyncio.gather(*self._passing, return_exceptions=True)

    def cut(self) -> None:
        """Close every connection and refuse new ones."""
        self._is_cut = True
        for writer in tuple(self._writers):
            writer.transport.abort()

    def silence(self) -> None:
        """Keep every connection, accept new ones, and forward nothing."""
        self._passes.clear()

    def restore(self) -> None:
        """Forward everything again, beginning with what was sent meanwhile."""
        self._is_cut = False
        self._passes.set()

    @property
    def is_whole(self) -> bool:
        """Whether everything is forwarded."""
        return self._passes.is_set() and not self._is_cut

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passing = asyncio.create_task(self._connect(reader, writer))
        self._passing.add(passing)
        passing.add_done_callback(self._passing.discard)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        ends = {writer}
        try:
            await self._passes.wait()
            to_reader, to_writer = await self._open()
            ends.add(to_writer)
            self._writers |= ends
            await asyncio.gather(self._pass_on(reader, to_writer), self._pass_on(to_reader, writer))
        except OSError:
            return
        finally:
            self._writers -= ends
            for end in ends:
                end.transport.abort()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        for port in self._to_ports[:-1]:
            with suppress(OSError):
                return await asyncio.open_connection(LOOPBACK, port)
        return await asyncio.open_connection(LOOPBACK, self._to_ports[-1])

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK_BYTES):
                await self._passes.wait()
                writer.write(data)
                await writer.drain()
        await self._passes.wait()
        writer.close()
