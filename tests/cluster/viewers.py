"""Viewers of a map: they connect through the ingress like browsers, reconnect, and notice every missing tick.

They run in their own thread, so a test can change the cluster meanwhile.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

import aiohttp

from flighttracker.frame import decode_frame, read_header, split_frames
from tests.cluster.cluster import until

PROTOCOL: Final = "flights.v1"
CONNECT_S: Final = 10.0
AGAIN_S: Final = 0.25
JOIN_S: Final = 30.0
CLOSING_S: Final = 0.25


@dataclass(slots=True)
class Seen:
    """Observations of one viewer.

    Attributes:
        latest: epoch, sequence and tick of the last frame of each shard; the tick in milliseconds since 1970.
        shards: number of shards, from the gateway.
        losses: descriptions of missing frames; a new epoch begins with a key frame and is not a loss.
        closes: close codes of ended connections, and reasons of failed attempts.
        longest_silence_s: the longest time between two messages.
        updates: positions in the frames; only counted by viewers that decode.
    """

    latest: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    shards: int | None = None
    losses: list[str] = field(default_factory=list)
    closes: list[str] = field(default_factory=list)
    longest_silence_s: float = 0.0
    updates: int = 0

    def take(self, message: bytes, *, decode: bool) -> None:
        """Apply the frames of one message."""
        for frame in split_frames(message):
            header = read_header(frame)
            epoch, sequence, _ = self.latest.get(header.shard, (-1, -1, 0))
            if (header.epoch, header.sequence) <= (epoch, sequence):
                continue
            if header.epoch == epoch and header.sequence != sequence + 1:
                self.losses.append(f"shard {header.shard}: {sequence} is followed by {header.sequence}")
            if header.epoch != epoch and not header.is_key:
                self.losses.append(f"shard {header.shard}: epoch {header.epoch} begins without a key frame")
            self.latest[header.shard] = (header.epoch, header.sequence, header.tick_time_ms)
            if decode:
                self.updates += len(decode_frame(frame)[1].updated.slots)

    @property
    def cursor(self) -> str:
        """The cursor for a reconnect."""
        return ",".join(f"{shard}.{epoch}.{number}" for shard, (epoch, number, _) in sorted(self.latest.items()))

    @property
    def is_complete(self) -> bool:
        """Whether every shard has been seen."""
        return self.shards is not None and len(self.latest) == self.shards

    @property
    def oldest_tick_ms(self) -> int:
        """The tick of the shard that is furthest behind."""
        return min((tick for _, _, tick in self.latest.values()), default=0)


class Viewers:
    """Some viewers of one map; a context manager that ends them.

    Args:
        address: of the ingress: "http://10.0.0.1".
        host: the tracker's host name.
        number: how many there are; the first one also decodes what it receives.
        trusted: whose certificate for the host is believed, where the address begins with https; None with http.
    """

    def __init__(self, address: str, host: str, number: int, trusted: ssl.SSLContext | None = None) -> None:
        self.seen = [Seen() for _ in range(number)]
        self._url = f"{address}/ws"
        self._host = host
        self._trusted = trusted
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="viewers", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.wait(lambda seen: seen.is_complete, within_s=JOIN_S, what="every viewer has the whole picture")
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(CONNECT_S * 2)

    def wait(self, reached: Callable[[Seen], bool], *, within_s: float, what: str) -> float:
        """Wait until a condition holds for every viewer."""
        try:
            return until(lambda: all(reached(seen) for seen in self.seen), within_s=within_s, what=what)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.told()}") from error

    def wait_until_moving(self, within_s: float) -> float:
        """Wait until every shard of every viewer has a tick that is younger than this call, and positions came."""
        now_ms, updates = time.time() * 1000, self.seen[0].updates
        return self.wait(
            lambda seen: seen.oldest_tick_ms > now_ms and self.seen[0].updates > updates,
            within_s=within_s,
            what="the map moves on for every viewer",
        )

    def told(self) -> str:
        """Return the observations of the viewers, one per line, for the message of a failed test."""
        return "\n".join(
            f"viewer {number}: {len(seen.latest)}/{seen.shards} shards, {seen.updates} updates, closes {seen.closes}, "
            f"silent {seen.longest_silence_s:.1f} s, losses {seen.losses[:3]}"
            for number, seen in enumerate(self.seen)
        )

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._watch_all())
        self._loop.close()

    async def _watch_all(self) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CONNECT_S)) as session:
            watching = [
                asyncio.create_task(self._watch(session, seen, decode=number == 0))
                for number, seen in enumerate(self.seen)
            ]
            await self._stopping.wait()
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
        # A session does not wait for its connections, and an event loop that ends before they close warns about each.
        await asyncio.sleep(CLOSING_S)

    async def _watch(self, session: aiohttp.ClientSession, seen: Seen, *, decode: bool) -> None:
        heard_s = time.monotonic()
        while True:
            try:
                query = {"since": seen.cursor} if seen.latest else {}
                async with session.ws_connect(
                    self._url,
                    params=query,
                    headers={"Host": self._host},
                    protocols=(PROTOCOL,),
                    max_msg_size=0,
                    ssl=self._trusted or True,
                    server_hostname=self._host if self._trusted else None,
                ) as socket:
                    async for message in socket:
                        if message.type is aiohttp.WSMsgType.BINARY:
                            seen.longest_silence_s = max(seen.longest_silence_s, time.monotonic() - heard_s)
                            heard_s = time.monotonic()
                            seen.take(message.data, decode=decode)
                        elif message.type is aiohttp.WSMsgType.TEXT and "shards" in (said := message.json()):
                            seen.shards = said["shards"]
                    seen.closes.append(str(socket.close_code))
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                seen.closes.append(f"{type(error).__name__}: {error}"[:120])
            await asyncio.sleep(AGAIN_S)
