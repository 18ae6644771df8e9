"""The positions in the log, read independently of the gateways, and a judge that compares all viewers with them."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from flighttracker.avro import PositionCodec, schema_id_of
from flighttracker.bus.base import Records
from flighttracker.bus.servers import KafkaLogs
from flighttracker.clock import SystemClock
from flighttracker.errors import BusError, RecordRefusedError
from flighttracker.frame.quantity import DEGREE
from flighttracker.registry import SchemaRegistry
from flighttracker.settings import KafkaSettings, RegistrySettings
from tests.faults.viewer import AGE_RESOLUTION_MS, Shown, Watching

KEPT_POSITIONS: Final = 120
"""Positions that are kept of each aircraft: a viewer that is late may show any of them."""
REPLAY_MS: Final = 60_000
OLDEST_MS: Final = 120_000
NEWEST_MS: Final = 30_000
"""A position further in the future comes from a wrong clock."""
TOLERANCE_DEG: Final = 2 * DEGREE
CONNECT_AGAIN_S: Final = 0.2
LOOK_S: Final = 1.0


class Truth:
    """The last positions of each aircraft in the log.

    Attributes:
        positions: by address, ascending by time.
    """

    def __init__(self) -> None:
        self.positions: dict[str, deque[Shown]] = {}
        self._codec = PositionCodec(None)
        self._asked_ids: set[int] = set()

    async def follow(self, kafka: KafkaSettings, registry: RegistrySettings) -> None:
        """Read the topic until cancelled, through all outages of Kafka and of the registry."""
        schemas = SchemaRegistry(registry, SystemClock())
        await schemas.open()
        try:
            while True:
                logs = KafkaLogs(kafka)
                try:
                    await logs.open()
                    async with logs.positions.read(replay_ms=REPLAY_MS, alone=True) as events:
                        async for event in events:
                            for record in event.records if isinstance(event, Records) else ():
                                await self._take(record.value, schemas)
                except BusError:
                    await asyncio.sleep(CONNECT_AGAIN_S)
                finally:
                    await logs.close()
        finally:
            await schemas.close()

    async def _take(self, value: bytes, schemas: SchemaRegistry) -> None:
        """Store the position of a record; ignores invalid records, and positions from another time."""
        with suppress(RecordRefusedError):
            if (schema_id := schema_id_of(value)) not in self._asked_ids:
                schema = await schemas.schema(schema_id)
                self._asked_ids.add(schema_id)
                if schema is not None:
                    self._codec.add_writer_schema(schema_id, schema)
            position = self._codec.decode(value)
            if not -OLDEST_MS < position.position_time - time.time() * 1000 < NEWEST_MS:
                return
            kept = self.positions.setdefault(position.icao24, deque(maxlen=KEPT_POSITIONS))
            if not kept or position.position_time > kept[-1].time_ms:
                kept.append(Shown(position.position_time, position.latitude_deg, position.longitude_deg))

    def newest_ms(self, icao24: str) -> int:
        """Return the time of an aircraft's newest position."""
        return self.positions[icao24][-1].time_ms

    def holds(self, icao24: str, shown: Shown) -> bool:
        """Whether an aircraft was there at that time, or the time is too long ago to know."""
        kept = self.positions.get(icao24, ())
        for position in reversed(kept):
            if position.time_ms < shown.time_ms - AGE_RESOLUTION_MS:
                return False
            if (
                position.time_ms <= shown.time_ms + AGE_RESOLUTION_MS
                and abs(position.latitude_deg - shown.latitude_deg) <= TOLERANCE_DEG
                and abs(position.longitude_deg - shown.longitude_deg) <= TOLERANCE_DEG
            ):
                return True
        return bool(kept)


class Judge:
    """Checks every viewer each second.

    Args:
        truth: the positions in the log.
        viewers: the viewers to check.
        most_silent_s: how old the newest position of a shard may be on a viewer that does not show it as stale.

    Attributes:
        frozen: positions that were too old and not marked stale; must stay empty.
    """

    def __init__(self, truth: Truth, viewers: Sequence[Watching], most_silent_s: float) -> None:
        self.frozen: list[str] = []
        self._truth = truth
        self._viewers = viewers
        self._most_silent_ms = most_silent_s * 1000
        self._looked_at: dict[tuple[str, str], Shown] = {}
        self._unproven: list[tuple[str, str, Shown]] = []

    async def run(self) -> None:
        """Check until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_S)

    def look(self) -> None:
        """Record shown positions that are not in the log yet, and shards that stand still without a stale mark."""
        for viewer in self._viewers:
            for icao24, shown in viewer.shown():
                if self._looked_at.get((viewer.url, icao24)) != shown:
                    self._looked_at[viewer.url, icao24] = shown
                    self._unproven.append((viewer.url, icao24, shown))
            if viewer.is_live and not viewer.is_stale:
                for shard, newest_ms in viewer.newest_ms().items():
                    silent_ms = time.time() * 1000 - newest_ms
                    if silent_ms > self._most_silent_ms:
                        self.frozen.append(f"shard {shard} at {viewer.url} is {silent_ms:.0f} ms old and not marked")
        self._unproven = [claim for claim in self._unproven if not self._truth.holds(claim[1], claim[2])]

    def wrong(self) -> list[str]:
        """Return shown positions that are not in the log. The log may be read later than viewers: ask again soon."""
        self.look()
        return [f"{icao24} was shown at {shown} by {url}" for url, icao24, shown in self._unproven]
