"""`ExactReports`: the newest report of the few aircraft that a viewer of `flights.v3` wants exactly.

A report is a row of integers, the columns of its frame. A viewer gets the reports that are new since its last message,
in one text message a tick. A viewer without room gets none, and later the newest. Each report is encoded once. `hub` is
the only user.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec
import numpy as np

from flighttracker.frame.layout import AGE_MS, COLUMNS, CONTACT_LEAD, POSITION_AGE
from flighttracker_gateway.delivery.audience import VIEWERS_PER_TURN
from flighttracker_gateway.delivery.prepared import build_message
from flighttracker_gateway.delivery.viewer import Viewer
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.picture.picture import FLIGHTS_PER_LIST, Picture

MAX_EXACT_PER_USER: Final = 8_192
"""Exact aircraft of all viewers of one user: each costs a search and a part of a message every tick."""

EXACT_COLUMNS: Final = tuple(name for number, name in enumerate(COLUMNS) if number != POSITION_AGE)
"""After the address and the time of the position; `GET /api/v1/names` has what does not change in flight."""

_COLUMNS: Final = [COLUMNS.index(name) for name in EXACT_COLUMNS]

_Times = tuple[int, int]
"""Of the position and of the last contact, milliseconds since 1970."""

_NEVER: Final = (0, 0)


class _Report(NamedTuple):
    """The newest report of an aircraft, as JSON."""

    times: _Times
    json: bytes


class ExactReports:
    """The aircraft that viewers want exactly."""

    def __init__(self, picture: Picture, metrics: GatewayMetrics) -> None:
        self._metrics = metrics
        self._picture = picture
        self._sent: dict[Viewer, dict[int, _Times]] = {}
        self._wanted: Counter[int] = Counter()
        self._of_user: Counter[str] = Counter()
        self._reports: dict[int, _Report] = {}

    def want(self, viewer: Viewer, icao24: frozenset[int]) -> None:
        """Replace the aircraft that a viewer wants; it gets none of them when its user has its share."""
        sent = self._sent.pop(viewer, {})
        self._of_user[viewer.user] -= len(sent)
        if self._of_user[viewer.user] + len(icao24) > MAX_EXACT_PER_USER:
            icao24 = frozenset()
        self._of_user[viewer.user] += len(icao24)
        if not self._of_user[viewer.user]:
            del self._of_user[viewer.user]
        for address in sent:
            self._wanted[address] -= 1
            if not self._wanted[address]:
                del self._wanted[address]
        if icao24:
            self._sent[viewer] = {address: sent.get(address, _NEVER) for address in icao24}
            self._wanted.update(icao24)
            self._read([address for address in icao24 if address not in self._reports])

    async def tick(self) -> None:
        """Send every viewer the reports of the present picture that it does not have; other tasks run in between."""
        self._reports = {}
        wanted = [*self._wanted]
        for start in range(0, len(wanted), FLIGHTS_PER_LIST):
            self._read(wanted[start : start + FLIGHTS_PER_LIST])
            await asyncio.sleep(0)
        for index, viewer in enumerate(tuple(self._sent), 1):
            self.send(viewer)
            if index % VIEWERS_PER_TURN == 0:
                await asyncio.sleep(0)

    def send(self, viewer: Viewer) -> None:
        """Send a viewer the reports that it does not have, if there are any and its socket has room."""
        sent = self._sent.get(viewer, {})
        news = {
            address: report
            for address, times in sent.items()
            if (report := self._reports.get(address)) is not None and report.times != times
        }
        if not news:
            return
        flights = b",".join([report.json for report in news.values()])
        message = build_message(b'{"type":"exact","flights":[' + flights + b"]}", is_text=True)
        if viewer.socket.send_prepared(message):
            sent.update({address: report.times for address, report in news.items()})
            self._metrics.ws_sent_messages.inc()
            self._metrics.ws_sent_bytes.inc(len(message.wire))

    def _read(self, addresses: Sequence[int]) -> None:
        """Read the newest report of each aircraft; one that moves to another shard is in two for a while."""
        for shard in self._picture.shards.values():
            slots = [slot for address in addresses if (slot := shard.slot_of.get(address)) is not None]
            table = shard.table
            columns = table.dynamic[:, slots]
            position_ms = table.position_time_ms[slots]
            contact_ms = position_ms + columns[CONTACT_LEAD].astype(np.int64) * AGE_MS
            rows = zip(
                *np.stack((table.identities["icao24"][slots], position_ms, *columns[_COLUMNS])).tolist(), strict=True
            )
            for row, contact in zip(rows, contact_ms.tolist(), strict=True):
                address, times = row[0], (row[1], contact)
                if address not in self._reports or times > self._reports[address].times:
                    self._reports[address] = _Report(times, msgspec.json.encode(row))
