"""A real forward proxy for tests: CONNECT tunnels, and requests with an absolute URL; it records its requests."""

from __future__ import annotations

import asyncio
import socket
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest


class ForwardProxy:
    """Requests that the proxy received.

    Attributes:
        url: its address.
        asked: the first line of each request.
        heads: the whole head of each request.
        account: required `user:password`; empty for none.
    """

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        self.heads: list[str] = []
        self.account = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                await self._serve(reader, writer)
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        first, _, rest = head.partition("\r\n")
        self.asked.append(first)
        method, target, _ = first.split(" ")
        wanted = f"Proxy-Authorization: Basic {b64encode(self.account.encode()).decode()}"
        if self.account and wanted not in head:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        if method == "CONNECT":
            host, _, port = target.rpartition(":")
            server_reader, server_writer = await asyncio.open_connection(host.strip("[]"), int(port))
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            parts = urlsplit(target)
            server_reader, server_writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
            path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
            server_writer.write(f"{method} {path} HTTP/1.1\r\n{rest}".encode())
        try:
            await asyncio.gather(_copy(reader, server_writer), _copy(server_reader, writer))
        finally:
            server_writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def forward_proxy() -> AsyncIterator[ForwardProxy]:
    """Run a proxy on a free port."""
    proxy = ForwardProxy()
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(proxy.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    proxy.url = f"http://{host}:{port}"
    try:
        yield proxy
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def lead_to_this_machine(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """Resolve a name to 127.0.0.1; a proxy is never used for the names of this machine."""
    real = socket.getaddrinfo

    def looked_up(name: Any, *arguments: Any, **options: Any) -> Any:
        return real("127.0.0.1" if name in (host, host.encode()) else name, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
