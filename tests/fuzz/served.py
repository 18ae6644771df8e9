"""A gateway in its own thread, for clients without an event loop: Hypothesis and Schemathesis."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import msgspec

from flighttracker.settings import GatewaySettings, LimitSettings
from tests.example_flights import NOW_MS, position
from tests.gateway_server import RunningGateway, running_gateway
from tests.historian_server import serving_history
from tests.manual_clock import ManualClock

START_S = 30.0
SETTINGS = GatewaySettings(
    limits=LimitSettings(
        max_connects_per_s=100_000,
        max_connects_per_address_per_s=100_000,
        max_requests_per_address_per_s=100_000,
        max_concurrent_requests_per_address=1_000,
        max_messages_per_s=1_000,
        request_head_s=1.0,
    )
)


@contextmanager
def served_gateway(settings: GatewaySettings = SETTINGS, history: Path | None = None) -> Iterator[RunningGateway]:
    """Serve a gateway with a few aircraft inside the context, and a historian of a folder."""
    started, loop = threading.Event(), asyncio.new_event_loop()
    served: list[RunningGateway] = []
    stop = asyncio.Event()

    async def serve() -> None:
        async with AsyncExitStack() as stack:
            served_settings = settings
            if history is not None:
                url = await stack.enter_async_context(serving_history(history, ManualClock(NOW_MS)))
                served_settings = msgspec.structs.replace(settings, history_url=url)
            running = await stack.enter_async_context(running_gateway(served_settings))
            await running.tick(*[position(icao24=f"{number:06x}") for number in range(20)])
            served.append(running)
            started.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), name="gateway")
    thread.start()
    try:
        assert started.wait(START_S), "the gateway did not start"
        yield served[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(START_S)
        loop.close()
