"""A peer in `fanout.py`: Litestar's Channels plugin with the in-memory backend.

It follows the documentation: one subscription and one task per connection; uvicorn with uvloop, and without
permessage-deflate, which would multiply the cost.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import uvicorn
import uvloop
from bench.gateway.commands import cpu_s, read_commands
from litestar import Litestar, WebSocket, websocket
from litestar.channels import ChannelsPlugin
from litestar.channels.backends.memory import MemoryChannelsBackend

from flighttracker.listening import listening

TICKS = "ticks"
channels = ChannelsPlugin(MemoryChannelsBackend(), channels=[TICKS])


@websocket("/ws")
async def live(socket: WebSocket[Any, Any, Any]) -> None:
    await socket.accept(subprotocols="flights.v1")
    async with channels.start_subscription([TICKS]) as subscriber, subscriber.run_in_background(socket.send_bytes):
        while (await socket.receive())["type"] != "websocket.disconnect":
            pass


async def broadcast(messages: int, payload_bytes: int, interval_ms: int) -> None:
    payload = os.urandom(payload_bytes)
    loop = asyncio.get_running_loop()
    due_s = loop.time()
    for _ in range(messages):
        due_s += interval_ms / 1000
        await asyncio.sleep(due_s - loop.time())
        await channels.wait_published(payload, [TICKS])


async def main() -> None:
    app = Litestar([live], plugins=[channels], logging_config=None)
    config = uvicorn.Config(app, ws="websockets-sansio", ws_per_message_deflate=False, log_level="warning")
    with listening("127.0.0.1", 0) as [listener]:
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        print("port", listener.getsockname()[1], flush=True)
        started_s = 0.0
        async for words in read_commands():
            if words[0] == "go":
                started_s = cpu_s()
                await broadcast(*map(int, words[1:]))
                print("sent", flush=True)
            else:
                print("cpu", cpu_s() - started_s, flush=True)
        server.should_exit = server.force_exit = True
        await serving


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
