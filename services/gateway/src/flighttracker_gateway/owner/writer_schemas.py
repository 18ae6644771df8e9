"""`WriterSchemas`: looks up unknown writer schemas, and holds the records that need them meanwhile.

A schema never changes under its id, so each is looked up once. Records with an unknown schema are held, at most
`MAX_HELD`, and read when the schema is found; the rest of the stream continues. Records beyond that are rejected. An id
that the registry does not know is rejected for a while before the next lookup, and few of them are looked up
(`UnknownSchemaIds`). `log_reader` holds records, and `feed` shares the schemas that were found.
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
from flighttracker.bus.record_size import stored_bytes
from flighttracker.clock import Clock
from flighttracker.errors import BusError, SharingError, StartError
from flighttracker.registry import SchemaRegistry
from flighttracker.writer_schema import MAX_SCHEMAS, MAX_UNKNOWN, UnknownSchemaIds, read_schema

MAX_HELD: Final = 20_000
"""Records that are held at most: about 3 MB, one tick of a large tracker."""
MAX_HELD_BYTES: Final = 32 * 1024 * 1024
"""Held records take this much at most. Their number bounds nothing: others may write records of a megabyte."""
RETRY_MS: Final = 5_000

_logger = logging.getLogger(__name__)


class HeldRecord(NamedTuple):
    """A record that waits for its writer schema."""

    shard: int
    record: StoredRecord


class SchemaLookup:
    """Finds schemas by id, in the cache that gateways share or in the registry.

    Schemas that were found are put into the shared cache, for gateways that start while the registry is unavailable.

    Args:
        registry: used when the cache does not have the schema.
        shared: the shared cache; it may lose its content at any time.
    """

    def __init__(self, registry: SchemaRegistry, shared: SchemaCache) -> None:
        self._registry = registry
        self._shared = shared
        self._found: dict[int, bytes] = {}

    async def find(self, schema_id: int) -> Mapping[str, Any] | None:
        """Return a schema; None when the id does not exist.

        Raises:
            BusError: neither the cache nor the registry is available.
            StartError: the registry rejects the request, or no record can be read with the schema.
        """
        known = self._found.get(schema_id) or await self._shared_schema(schema_id)
        if known is None:
            schema = await self._registry.schema(schema_id)
            if schema is None:
                return None
            known = msgspec.json.encode(schema)
        schema = read_schema(known)
        if len(self._found) < MAX_SCHEMAS:
            self._found[schema_id] = known
        try:
            await self.share()
        except SharingError as error:
            _logger.debug("could not share a schema with other gateways: %s", error)
        return schema

    async def share(self) -> None:
        """Put all found schemas into the shared cache; called repeatedly, because it may lose them.

        Raises:
            SharingError: the cache is unavailable.
        """
        for schema_id, schema in tuple(self._found.items()):
            await self._shared.put(schema_id, schema)

    async def _shared_schema(self, schema_id: int) -> bytes | None:
        try:
            return await self._shared.get(schema_id)
        except SharingError as error:
            _logger.debug("schema cache unavailable, using the registry: %s", error)
            return None


class WriterSchemas:
    """Adds unknown schemas to a codec, and holds the records that need them.

    Args:
        codec: gets the schemas.
        lookup: finds schemas; None without a registry, then no record is held.
        clock: paces lookups.
    """

    def __init__(self, codec: PositionCodec, lookup: SchemaLookup | None, clock: Clock) -> None:
        self._codec = codec
        self._lookup = lookup
        self._clock = clock
        self._held: dict[int, list[HeldRecord]] = {}
        self._held_of: Counter[int] = Counter()
        self._held_bytes = 0
        self._unknown = UnknownSchemaIds()
        self._lookup_needed = asyncio.Event()

    def hold(self, shard: int, record: StoredRecord) -> bool:
        """Hold a record until its schema is known; return False when it must be rejected now."""
        size = stored_bytes(record)
        if self._lookup is None or self._held_of.total() >= MAX_HELD or self._held_bytes + size > MAX_HELD_BYTES:
            return False
        schema_id = schema_id_of(record.value)
        is_new = schema_id not in self._held
        if is_new and (len(self._held) >= MAX_UNKNOWN or not self._unknown.may_ask(schema_id, self._clock.now_ms())):
            return False
        self._held.setdefault(schema_id, []).append(HeldRecord(shard, record))
        self._held_of[shard] += 1
        self._held_bytes += size
        self._lookup_needed.set()
        return True

    def holds(self, shard: int) -> bool:
        """Return whether records of a shard are held."""
        return self._held_of[shard] > 0

    async def run(self, release: Callable[[Sequence[HeldRecord]], None]) -> None:
        """Look up unknown schemas, and pass the records that waited for them to `release`, until cancelled."""
        while True:
            await self._lookup_needed.wait()
            self._lookup_needed.clear()
            for schema_id in tuple(self._held):
                if await self._learn(schema_id):
                    held = self._held.pop(schema_id)
                    self._held_of.subtract(record.shard for record in held)
                    self._held_bytes -= sum(stored_bytes(each.record) for each in held)
                    release(held)
            if self._held:
                await self._clock.sleep_ms(RETRY_MS)
                self._lookup_needed.set()

    async def _learn(self, schema_id: int) -> bool:
        """Look up a schema; return False when that must be tried again."""
        assert self._lookup is not None
        try:
            schema = await self._lookup.find(schema_id)
            if schema is None:
                _logger.warning("the registry has no schema %d: its records are rejected", schema_id)
            else:
                self._codec.add_writer_schema(schema_id, schema)
                _logger.info("found schema %d", schema_id)
        except BusError as error:
            _logger.warning("%d records wait for schema %d: %s", len(self._held[schema_id]), schema_id, error)
            return False
        except StartError as error:
            _logger.error("records with schema %d are rejected: %s", schema_id, error)  # noqa: TRY400
            schema = None
        if schema is None:
            self._unknown.add(schema_id, self._clock.now_ms())
        return True
