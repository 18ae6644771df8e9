"""A thousand viewers that decode only the header of each frame: enough to notice a lost one."""

from __future__ import annotations

import asyncio
import random
import resource
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
import msgspec

from flighttracker.frame import read_header, split_frames

RETRY_S: Final = 0.2
PROBE_S: Final = 0.1
FILES_NEEDED: Final = 4_096


class Service:
    """Sends viewers to gateways that are ready, as a Service of Kubernetes does, a moment late.

    Args:
        urls: of the gateways.
    """

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls = urls
        self._ready: list[str] = []
        self._changed = asyncio.Event()

    async def run(self, session: aiohttp.ClientSession) -> None:
        """Poll each gateway until cancelled."""
        while True:
            self._ready = [url for url in self._urls if await _is_ready(session, url)]
            if self._ready:
                self._changed.set()
            else:
                self._changed.clear()
            await asyncio.sleep(PROBE_S)

    async def pick(self, chance: random.Random) -> str:
        """Return the address of a gateway that was ready a moment ago."""
        await self._changed.wait()
        return chance.choice(self._ready)


async def _is_ready(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url + "/ready") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


class Counting:
    """One viewer: connects to any gateway, and reconnects with its cursor.

    Attributes:
        seen: by shard, epoch and sequence of the last frame.
        lost: what it did not get, in words: empty for a viewer that can be sure of its picture.
        closed_with: how often its connections ended with each code.
    """

    def __init__(self, service: Service, session: aiohttp.ClientSession, seed: int) -> None:
        self.seen: dict[int, tuple[int, int]] = {}
        self.lost: list[str] = []
        self.closed_with: Counter[int | None] = Counter()
        self.frames = 0
        self._messages = 0
        self._service = service
        self._session = session
        self._random = random.Random(seed)
        self._wait_s = 0.0

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            url = await self._service.pick(self._random)
            since = ",".join(f"{shard}.{epoch}.{sequence}" for shard, (epoch, sequence) in self.seen.items())
            try:
                async with self._session.ws_connect(
                    f"{url}/ws{since and '?since=' + since}", protocols=("flights.v1",), max_msg_size=0
                ) as socket:
                    self._messages = 0
                    async for message in socket:
                        self._messages += message.type is aiohttp.WSMsgType.BINARY
                        self._take(message)
                    self.closed_with[socket.close_code] += 1
            except (aiohttp.ClientError, OSError, TimeoutError):
                # It has just stopped: a Service does not know that at once.
                self._wait_s = RETRY_S
            await asyncio.sleep(self._wait_s)
            self._wait_s = 0.0

    def _take(self, message: aiohttp.WSMessage) -> None:
        if message.type is aiohttp.WSMsgType.TEXT:
            said = msgspec.json.decode(message.data)
            if said["type"] == "restart":
                self._wait_s = said["reconnect_after_ms"] / 1000
        elif message.type is aiohttp.WSMsgType.BINARY:
            for frame in split_frames(message.data):
                self._follow(frame)

    def _follow(self, frame: bytes) -> None:
        header = read_header(frame)
        epoch, sequence = self.seen.get(header.shard, (0, -1))
        came = f"{'key' if header.is_key else 'delta'} frame {header.epoch}.{header.sequence}"
        had = f"{epoch}.{sequence}"
        if header.epoch == epoch and header.sequence <= sequence:
            return
        if header.epoch != epoch and not header.is_key:
            self.lost.append(f"shard {header.shard} changed from {had} to {came} without a key frame")
        if header.epoch == epoch and header.sequence != sequence + 1:
            self.lost.append(f"shard {header.shard} went from {had} to {came} in message {self._messages}")
        self.seen[header.shard] = (header.epoch, header.sequence)
        self.frames += 1


@asynccontextmanager
async def watching(urls: Sequence[str], viewers: int) -> AsyncIterator[list[Counting]]:
    """Run this many viewers inside the context."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < FILES_NEEDED:
        raise RuntimeError(f"{FILES_NEEDED} open files are needed, at most {hard} are allowed (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, FILES_NEEDED), hard))
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        service = Service(urls)
        crowd = [Counting(service, session, seed) for seed in range(viewers)]
        tasks = [asyncio.create_task(service.run(session)), *(asyncio.create_task(one.run()) for one in crowd)]
        try:
            yield crowd
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
