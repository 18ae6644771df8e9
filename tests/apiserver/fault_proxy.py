"""A proxy in front of the API server that injects faults: delays, errors, hanging and aborted connections.

It runs in a thread with its own event loop. All other requests are forwarded unchanged, and watches are streamed.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final

import aiohttp
from aiohttp import web

from tests.apiserver.api_server import ApiServer
from tests.servers.process import LOOPBACK, free_port

START_S: Final = 10.0
CLOSING_S: Final = 0.25
DROPPED: Final = frozenset({"transfer-encoding", "content-length", "content-encoding", "connection"})


@dataclass
class Fault:
    """A fault that is injected into some requests.

    Attributes:
        applies: returns whether a request is affected, by method, path and query.
        code: status of the response that replaces the API server's. 0 hangs, -1 aborts the connection, -2 keeps a watch
            open without events, -3 forwards the request after calling `meanwhile`.
        times: maximum number of affected requests; later ones are forwarded.
        headers: headers of the response.
        meanwhile: called just before a request is forwarded.
        hits: number of affected requests so far.
    """

    applies: Callable[[str, str, Mapping[str, str]], bool]
    code: int
    times: int = 1_000_000
    headers: Mapping[str, str] = field(default_factory=dict)
    meanwhile: Callable[[], object] = lambda: None
    hits: int = 0


HANG: Final = 0
CUT: Final = -1
DEAF: Final = -2
OVERTAKEN: Final = -3
REASONS: Final = {409: "Conflict", 410: "Expired", 429: "TooManyRequests", 500: "InternalError", 503: "Unavailable"}


class FaultProxy:
    """The proxy; use it in a `with` block.

    Args:
        server: the API server.
        host: the loopback address on which it listens.

    Attributes:
        url: its address, plain HTTP.
        faults: the active faults; tests append to it and clear it.
    """

    def __init__(self, server: ApiServer, host: str = LOOPBACK) -> None:
        self._server = server
        self._host = host
        self._port = free_port()
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{self._port}"
        self.faults: list[Fault] = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="fault proxy", daemon=True)

    def __enter__(self) -> FaultProxy:
        self._thread.start()
        assert self._ready.wait(START_S), "the proxy does not start"
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(START_S)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        context = ssl.create_default_context(cafile=str(self._server.ca_file))
        connector = aiohttp.TCPConnector(ssl=context, limit=0)
        timeout = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=False) as session:
            self._session = session
            application = web.Application(client_max_size=8 << 20)
            application.router.add_route("*", "/{path:.*}", self._answer)
            runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
            await runner.setup()
            await web.TCPSite(runner, self._host, self._port).start()
            self._ready.set()
            await self._stop.wait()
            await runner.cleanup()
        # A session does not wait for its connections, and a loop that ends before they are closed warns of each.
        await asyncio.sleep(CLOSING_S)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        fault = self._fault_for(request)
        if fault is None:
            return await self._pass_on(request)
        if fault.code == OVERTAKEN:
            await asyncio.to_thread(fault.meanwhile)
            return await self._pass_on(request)
        if fault.code == HANG:
            await self._stop.wait()
        if fault.code == DEAF:
            stream = web.StreamResponse(headers={"Content-Type": "application/json"})
            await stream.prepare(request)
            await self._stop.wait()
            return stream
        if fault.code in (HANG, CUT):
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        reason = REASONS.get(fault.code, "InternalError")
        body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": fault.code}
        body["message"] = f"the test answers {fault.code}"
        return web.Response(
            status=fault.code, text=json.dumps(body), content_type="application/json", headers=fault.headers
        )

    def _fault_for(self, request: web.Request) -> Fault | None:
        for fault in self.faults:
            if fault.hits < fault.times and fault.applies(request.method, request.path, request.query):
                fault.hits += 1
                return fault
        return None

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in ("host", "connection")}
        url = f"{self._server.url}{request.raw_path}"
        body = await request.read()
        async with self._session.request(request.method, url, headers=headers, data=body or None) as answer:
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in DROPPED}
            if encoding := answer.headers.get("Content-Encoding"):
                kept["Content-Encoding"] = encoding
            stream = web.StreamResponse(status=answer.status, headers=kept)
            await stream.prepare(request)
            async for chunk in answer.content.iter_any():
                await stream.write(chunk)
            await stream.write_eof()
            return stream
