"""`UnknownSchemas`: finds the schemas of records that were written by newer programs.

The historian waits for the registry instead of rejecting such records: nobody waits for it, and a record that was
rejected is not kept.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from flighttracker.avro import MAGIC, PREFIX_BYTES, PositionCodec
from flighttracker.backoff import Backoff
from flighttracker.clock import Clock
from flighttracker.errors import BusError, StartError
from flighttracker.registry import SchemaRegistry
from flighttracker.writer_schema import UNKNOWN_MS, UnknownSchemaIds

PATIENCE_MS: Final = 60_000
"""How long an id is asked for before its records are rejected: a registry that has just started may not have read its
schemas yet."""
ASK_AGAIN_MS: Final = 1_000
BACKOFF: Final = Backoff(first_s=1.0, longest_s=30.0)
_logger = logging.getLogger(__name__)


class UnknownSchemas:
    """Adds schemas to a codec.

    Args:
        codec: gets the schemas.
        registry: has them; None without one.
        clock: paces requests.
    """

    def __init__(self, codec: PositionCodec, registry: SchemaRegistry | None, clock: Clock) -> None:
        self._codec = codec
        self._registry = registry
        self._clock = clock
        self._known: set[bytes] = set()
        self._unknown = UnknownSchemaIds()
        self._patient_until_ms = -UNKNOWN_MS

    async def find(self, values: Sequence[bytes]) -> None:
        """Add the schemas of some records, as far as the registry has them; wait while it is unavailable."""
        if self._registry is None:
            return
        for prefix in {value[:PREFIX_BYTES] for value in values} - self._known:
            if len(prefix) == PREFIX_BYTES and prefix[0] == MAGIC:
                schema_id = int.from_bytes(prefix[1:], "big")
                if self._unknown.may_ask(schema_id, self._clock.now_ms()):
                    await self._find(self._registry, schema_id)

    def _is_patient(self) -> bool:
        """Return whether to wait for a schema: once in a while, so that wrong ids do not hold up the others."""
        now_ms = self._clock.now_ms()
        if now_ms >= self._patient_until_ms + UNKNOWN_MS:
            self._patient_until_ms = now_ms + PATIENCE_MS
        return now_ms < self._patient_until_ms

    async def _find(self, registry: SchemaRegistry, schema_id: int) -> None:
        failures = 0
        while True:
            try:
                schema, is_answer = await registry.schema(schema_id), True
                if schema is not None:
                    self._codec.add_writer_schema(schema_id, schema)
            except BusError as error:
                failures += 1
                wait_s = BACKOFF.wait_s(failures)
                _logger.warning("waiting for schema %d, next try in %.0f s: %s", schema_id, wait_s, error)
                await self._clock.sleep_ms(round(wait_s * 1000))
                continue
            except StartError as error:
                _logger.error("records with schema %d are rejected: %s", schema_id, error)  # noqa: TRY400
                schema, is_answer = None, False
            if schema is None and is_answer and self._is_patient():
                await self._clock.sleep_ms(ASK_AGAIN_MS)
                continue
            if schema is None:
                if is_answer:
                    _logger.warning("the registry has no schema %d: its records are rejected", schema_id)
                self._unknown.add(schema_id, self._clock.now_ms())
            else:
                self._known.add(bytes([MAGIC]) + schema_id.to_bytes(PREFIX_BYTES - 1, "big"))
                _logger.info("found schema %d", schema_id)
            return
