"""Writers' schemas that this gateway has not met yet: the records wait here while the registry is asked.

A schema never changes under its id, so each is asked for once. Records that were written with an unknown one are set
aside, at most `MAX_HELD`, and read when the answer comes; the rest of the stream goes on. An id that the registry does
not know is refused for `UNKNOWN_MS` before it is asked again, because a schema may reach a registry after its records.
What the registry answered is kept where the other gateways find it, too, so that one that starts while the registry is
away can read. While nobody knows, records wait; those that find no room are refused. `ingest` is the only user.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from flighttracker.avro import PositionCodec, schema_id_of
from flighttracker.bus.base import SchemaCache, StoredRecord
from flighttracker.clock import Clock
from flighttracker.errors import BusError, SharingError, StartError
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


class SchemaLookup:
    """Finds schemas by their id: what another gateway has met, or what the registry knows.

    What it found is kept for the other gateways, so that one that starts while the registry is away can read.

    Args:
        registry: is asked last.
        shared: what gateways keep for each other; it may lose everything at any time.
    """

    def __init__(self, registry: SchemaRegistry, shared: SchemaCache) -> None:
        self._registry = registry
        self._shared = shared
        self._found: dict[int, bytes] = {}

    async def find(self, schema_id: int) -> Mapping[str, Any] | None:
        """Return a schema, None when there is none under this id.

        Raises:
            BusError: neither has an answer now.
            StartError: the registry refuses us.
        """
        known = self._found.get(schema_id) or await self._shared_schema(schema_id)
        if known is None:
            schema = await self._registry.schema(schema_id)
            if schema is None:
                return None
            known = msgspec.json.encode(schema)
        self._found[schema_id] = known
        try:
            await self.share()
        except SharingError as error:
            _logger.debug("the other gateways must ask for themselves: %s", error)
        return msgspec.json.decode(known, type=dict[str, Any])

    async def share(self) -> None:
        """Keep what was found for the other gateways; to be called again and again.

        Raises:
            SharingError: it cannot be kept now.
        """
        for schema_id, schema in tuple(self._found.items()):
            await self._shared.put(schema_id, schema)

    async def _shared_schema(self, schema_id: int) -> bytes | None:
        try:
            return await self._shared.get(schema_id)
        except SharingError as error:
            _logger.debug("only the registry is asked: %s", error)
            return None


class WriterSchemas:
    """Teaches a codec the schemas that it meets.

    Args:
        codec: learns.
        lookup: is asked; None where there is no registry, then nothing is held.
        clock: paces the questions.
    """

    def __init__(self, codec: PositionCodec, lookup: SchemaLookup | None, clock: Clock) -> None:
        self._codec = codec
        self._lookup = lookup
        self._clock = clock
        self._held: dict[int, list[HeldRecord]] = {}
        self._held_of: Counter[int] = Counter()
        self._unknown_until_ms: dict[int, int] = {}
        self._asked = asyncio.Event()

    def hold(self, shard: int, record: StoredRecord) -> bool:
        """Set a record aside until its schema is known; False when it must be refused now."""
        if self._lookup is None or self._held_of.total() >= MAX_HELD:
            return False
        schema_id = schema_id_of(record.value)
        if self._clock.now_ms() < self._unknown_until_ms.get(schema_id, 0):
            return False
        self._held.setdefault(schema_id, []).append(HeldRecord(shard, record))
        self._held_of[shard] += 1
        self._asked.set()
        return True

    def holds(self, shard: int) -> bool:
        """Return whether records of a shard wait here."""
        return self._held_of[shard] > 0

    async def run(self, release: Callable[[Sequence[HeldRecord]], None]) -> None:
        """Ask for what is unknown, and give back the records that waited for it, until cancelled."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            for schema_id in tuple(self._held):
                if await self._learn(schema_id):
                    held = self._held.pop(schema_id)
                    self._held_of.subtract(record.shard for record in held)
                    release(held)
            if self._held:
                await self._clock.sleep_ms(RETRY_MS)
                self._asked.set()

    async def _learn(self, schema_id: int) -> bool:
        """Return whether there is an answer: the schema, or that there is none."""
        assert self._lookup is not None
        try:
            schema = await self._lookup.find(schema_id)
        except BusError as error:
            _logger.warning("%d records wait for schema %d: %s", len(self._held[schema_id]), schema_id, error)
            return False
        except StartError as error:
            _logger.error("records with schema %d cannot be read: %s", schema_id, error)  # noqa: TRY400
            schema = None
        if schema is None:
            _logger.warning("the registry knows no schema %d: records with it are refused", schema_id)
            self._unknown_until_ms[schema_id] = self._clock.now_ms() + UNKNOWN_MS
        else:
            self._codec.add_writer_schema(schema_id, schema)
            _logger.info("records with schema %d can be read", schema_id)
        return True
