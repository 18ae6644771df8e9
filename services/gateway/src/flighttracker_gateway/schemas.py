"""Writers' schemas that this gateway has not met yet: the records wait here while the registry is asked.

A schema never changes under its id, so each is asked for once. Records that were written with an unknown one are set
aside, at most `MAX_HELD`, and read when the answer comes; the rest of the stream goes on. An id that the registry does
not know is refused for `UNKNOWN_MS` before it is asked again, because a schema may reach a registry after its records.
While the registry is away records wait; those that find no room are refused. `ingest` is the only user.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from flighttracker.avro import PositionCodec, schema_id_of
from flighttracker.bus.base import StoredRecord
from flighttracker.clock import Clock
from flighttracker.errors import BusError, StartError
from flighttracker.registry import SchemaRegistry

MAX_HELD: Final = 20_000
"""About 3 MB, and one tick of a large tracker."""
UNKNOWN_MS: Final = 30_000
RETRY_MS: Final = 5_000

_logger = logging.getLogger(__name__)


class HeldRecord(NamedTuple):
    """A record that waits for its writer's schema."""

    shard: int
    record: StoredRecord


class WriterSchemas:
    """Teaches a codec the schemas that it meets.

    Args:
        codec: learns.
        registry: is asked; None where there is none, then nothing is held.
        clock: paces the questions.
    """

    def __init__(self, codec: PositionCodec, registry: SchemaRegistry | None, clock: Clock) -> None:
        self._codec = codec
        self._registry = registry
        self._clock = clock
        self._held: dict[int, list[HeldRecord]] = {}
        self._held_count = 0
        self._unknown_until_ms: dict[int, int] = {}
        self._asked = asyncio.Event()

    def hold(self, shard: int, record: StoredRecord) -> bool:
        """Set a record aside until its schema is known; False when it must be refused now."""
        if self._registry is None or self._held_count >= MAX_HELD:
            return False
        schema_id = schema_id_of(record.value)
        if self._clock.now_ms() < self._unknown_until_ms.get(schema_id, 0):
            return False
        self._held.setdefault(schema_id, []).append(HeldRecord(shard, record))
        self._held_count += 1
        self._asked.set()
        return True

    async def run(self, release: Callable[[Sequence[HeldRecord]], None]) -> None:
        """Ask for what is unknown, and give back the records that waited for it, until cancelled."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            for schema_id in tuple(self._held):
                if await self._learn(schema_id):
                    held = self._held.pop(schema_id)
                    self._held_count -= len(held)
                    release(held)
            if self._held:
                await self._clock.sleep_until(self._clock.now_ms() + RETRY_MS)
                self._asked.set()

    async def _learn(self, schema_id: int) -> bool:
        """Return whether there is an answer: the schema, or that there is none."""
        assert self._registry is not None
        try:
            schema = await self._registry.schema(schema_id)
            if schema is not None:
                self._codec.add_writer_schema(schema_id, schema)
                _logger.info("records with schema %d can be read", schema_id)
                return True
        except BusError as error:
            _logger.warning("%d records wait for schema %d: %s", len(self._held[schema_id]), schema_id, error)
            return False
        except StartError as error:
            _logger.error("records with schema %d cannot be read: %s", schema_id, error)  # noqa: TRY400
        else:
            _logger.warning("the registry knows no schema %d: records with it are refused", schema_id)
        self._unknown_until_ms[schema_id] = self._clock.now_ms() + UNKNOWN_MS
        return True
