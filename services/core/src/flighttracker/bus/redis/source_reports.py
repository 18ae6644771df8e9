"""Reports of sources on Redis: one string for each source, which expires a day after the last report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flighttracker.bus.redis.connection import RedisConnection
from flighttracker.source_report import KEPT_S

MAX_REPORT_BYTES: Final = 256 * 1024
"""A longer report was not written by a generator; one has some hundred bytes."""


class RedisSourceReports:
    """See `bus.base.SourceReports`. Keys are `PREFIX:source:NAME`."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection

    async def put(self, reports: Mapping[str, bytes]) -> None:
        """Store the latest report of some sources."""
        pipeline = self._connection.client.pipeline(transaction=False)
        for name, report in reports.items():
            pipeline.set(self._connection.key("source", name), report, ex=KEPT_S)
        async with self._connection.asking("report the sources"):
            await pipeline.execute()

    async def get(self, names: Sequence[str]) -> Mapping[str, bytes]:
        """Return the latest reports by source; sources without one are left out."""
        keys = [self._connection.key("source", name) for name in names]
        found = await self._connection.read("read the reports of sources", MAX_REPORT_BYTES, *keys)
        return {name: report for name, report in zip(names, found, strict=True) if report is not None}
