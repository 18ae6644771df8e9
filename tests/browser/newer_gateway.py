"""A newer gateway: a proxy of a real gateway that changes the version of its messages to one that no page supports.

Everything comes from one origin, because the page's own policy allows no other.
"""

from __future__ import annotations

import asyncio
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Final

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from tests.servers.process import LOOPBACK

VERSION_AT: Final = 0
NEWER: Final = 0xF9
SUBPROTOCOL: Final = Subprotocol("flights.v3")
START_S: Final = 10.0


@contextmanager
def newer_gateway(gateway_url: str) -> Iterator[str]:
    """Yield the URL of the newer gateway in front of the one at `gateway_url`; both end with a slash."""
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = Future()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(gateway_url, started)), daemon=True)
    thread.start()
    loop, stop, port = started.result(START_S)
    try:
        yield f"http://{LOOPBACK}:{port}/"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(START_S)


async def _serve(gateway_url: str, started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]]) -> None:
    target = gateway_url.replace("http", "ws", 1) + "ws"

    async def relay(viewer: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            async with connect(target, subprotocols=[SUBPROTOCOL], max_size=None) as gateway:
                async for message in gateway:
                    if isinstance(message, str):
                        await viewer.send(message)
                    else:
                        await viewer.send(message[:VERSION_AT] + bytes([NEWER]) + message[VERSION_AT + 1 :])

    async def fetch(_connection: ServerConnection, request: Request) -> Response | None:
        if request.path.partition("?")[0] == "/ws":
            return None
        return await asyncio.to_thread(_answer, gateway_url + request.path.removeprefix("/"))

    stop = asyncio.Event()
    async with serve(relay, LOOPBACK, 0, subprotocols=[SUBPROTOCOL], process_request=fetch) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        started.set_result((asyncio.get_running_loop(), stop, port))
        await stop.wait()


def _answer(url: str) -> Response:
    """Return the real gateway's answer without hop-by-hop headers."""
    try:
        with urllib.request.urlopen(url, timeout=START_S) as answer:
            status, body, kind = answer.status, answer.read(), answer.headers["Content-Type"]
    except urllib.error.HTTPError as error:
        status, body, kind = error.code, b"", "text/plain"
    headers = Headers({"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"})
    return Response(status, "", headers, body)
