"""A viewer that handles a gateway's messages as a browser's worker does, in Python."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import Final, NamedTuple

import aiohttp
import msgspec

from flighttracker.frame import read_header, split_frames
from flighttracker.frame.layout import LATITUDE, LONGITUDE
from flighttracker.frame.quantity import DEGREE
from flighttracker_gateway.picture.picture import Outcome, Picture

QUICK_CLOSE: Final = aiohttp.ClientWSTimeout(ws_close=1)
CONNECT_AGAIN_S: Final = 0.3
AGE_RESOLUTION_MS: Final = 150
"""Ages have a resolution of a tenth of a second."""


class Shown(NamedTuple):
    """A shown position of one aircraft and its time, milliseconds since 1970."""

    time_ms: int
    latitude_deg: float
    longitude_deg: float


class Watching:
    """Connects, reconnects after a loss, applies frames and records staleness.

    Each shard has its own picture, because a viewer follows its gateway: a key frame replaces the state, also with a
    lower epoch.

    Args:
        url: URL of its gateway.

    Attributes:
        is_connected: whether it is connected.
        is_live: whether a frame has arrived on this connection; until then the page shows "reconnecting".
        is_stale: whether its gateway reports a stale shard.
        connects: how often it has connected.
        jumps_back: aircraft that moved back in time.
        closed_with: close codes of its connections.
        faults: violations of the protocol by a gateway.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_connected = self.is_live = False
        self.is_stale = False
        self.connects = 0
        self.jumps_back: list[str] = []
        self.closed_with: list[int | None] = []
        self.faults: list[str] = []
        self._shards: dict[int, Picture] = {}
        self._newest_ms: dict[str, int] = {}

    def forget_counts(self) -> None:
        """Reset the counts."""
        self.connects = 0
        self.closed_with.clear()
        self.jumps_back.clear()

    @property
    def cursor(self) -> str:
        """The cursor: the last frame of each shard."""
        shards = {number: picture.shards[number] for number, picture in self._shards.items()}
        return ",".join(f"{number}.{shard.epoch}.{shard.sequence}" for number, shard in shards.items())

    async def run(self) -> None:
        """Watch until cancelled."""
        async with aiohttp.ClientSession() as session:
            while True:
                with suppress(aiohttp.ClientError, OSError, TimeoutError):
                    query = f"?since={self.cursor}" if self._shards else ""
                    async with session.ws_connect(
                        f"{self.url}/ws{query}", protocols=("flights.v1",), max_msg_size=0, timeout=QUICK_CLOSE
                    ) as socket:
                        self.connects += 1
                        self.is_connected, self.is_stale = True, False
                        async for message in socket:
                            self._take(message)
                        self.closed_with.append(socket.close_code)
                self.is_connected = self.is_live = False
                await asyncio.sleep(CONNECT_AGAIN_S)

    def _take(self, message: aiohttp.WSMessage) -> None:
        if message.type is aiohttp.WSMsgType.TEXT:
            said = msgspec.json.decode(message.data)
            if said["type"] == "state":
                self.is_stale = bool(said["stale_shards"])
        elif message.type is aiohttp.WSMsgType.BINARY:
            for frame in split_frames(message.data):
                self._apply(frame)
            self.is_live = True
            self._look()

    def _apply(self, frame: bytes) -> None:
        header = read_header(frame)
        if header.is_key or header.shard not in self._shards:
            self._shards[header.shard] = Picture()
        if self._shards[header.shard].apply(frame) is Outcome.GAP:
            self.faults.append(f"a gap before {header} was sent")

    def _look(self) -> None:
        """Record aircraft that moved back in time; for an aircraft in two shards, the newer position counts."""
        newest_ms: dict[str, int] = {}
        for icao24, shown in self.shown():
            newest_ms[icao24] = max(shown.time_ms, newest_ms.get(icao24, 0))
        for icao24, time_ms in newest_ms.items():
            before_ms = self._newest_ms.get(icao24, 0)
            if time_ms < before_ms - AGE_RESOLUTION_MS:
                now = datetime.now().strftime("%H:%M:%S")  # as in the logs of the roles
                self.jumps_back.append(f"{now} {icao24} went back by {before_ms - time_ms} ms")
        self._newest_ms = newest_ms

    def newest_ms(self) -> dict[int, int]:
        """Return the time of the newest position of each shard that has aircraft."""
        shards = {number: picture.shards[number] for number, picture in self._shards.items()}
        return {number: shard.newest_position_ms for number, shard in shards.items() if shard.slot_of}

    def shown(self) -> list[tuple[str, Shown]]:
        """Return every shown aircraft; one in two shards is listed twice."""
        return [
            (
                f"{address:06x}",
                Shown(
                    int(shard.table.position_time_ms[slot]),
                    float(shard.table.dynamic[LATITUDE, slot]) * DEGREE,
                    float(shard.table.dynamic[LONGITUDE, slot]) * DEGREE,
                ),
            )
            for number, picture in self._shards.items()
            for shard in (picture.shards[number],)
            for address, slot in shard.slot_of.items()
        ]
