"""A peer in `fanout.py`: picows, a WebSocket server for asyncio that is written in C, without HTTP.

Each frame is sent to every connection with picows's own call; uvloop, as for the others.
"""

from __future__ import annotations

import asyncio
import os
import sys

import uvloop
from bench.gateway.commands import cpu_s, read_commands
from picows import WSListener, WSMsgType, WSTransport, WSUpgradeRequest, WSUpgradeResponseWithListener, ws_create_server

connected: set[WSTransport] = set()


class Hub(WSListener):
    """Registers a connection."""

    def on_ws_connected(self, transport: WSTransport) -> None:
        connected.add(transport)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        connected.discard(transport)


def accept(_: WSUpgradeRequest) -> WSListener | WSUpgradeResponseWithListener:
    return Hub()


async def broadcast(messages: int, payload_bytes: int, interval_ms: int) -> None:
    payload = os.urandom(payload_bytes)
    loop = asyncio.get_running_loop()
    due_s = loop.time()
    for _ in range(messages):
        due_s += interval_ms / 1000
        await asyncio.sleep(due_s - loop.time())
        for transport in connected:
            transport.send(WSMsgType.BINARY, payload)


async def main() -> None:
    server = await ws_create_server(accept, "127.0.0.1", 0)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    started_s = 0.0
    async for words in read_commands():
        if words[0] == "go":
            started_s = cpu_s()
            await broadcast(*map(int, words[1:]))
            print("sent", flush=True)
        else:
            print("cpu", cpu_s() - started_s, flush=True)


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
