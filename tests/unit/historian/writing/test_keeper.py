from __future__ import annotations

import asyncio
from pathlib import Path

from flighttracker.bus.memory import MemoryBus
from flighttracker.settings import HistorianSettings
from flighttracker_historian.files.names import FileName
from flighttracker_historian.files.store import FolderStore
from flighttracker_historian.metrics import HistorianMetrics
from flighttracker_historian.writing.historian import Historian
from flighttracker_historian.writing.keeper import Keeper
from tests.history_damages import DAMAGES
from tests.manual_clock import ManualClock
from tests.unit.historian.files.history_rows import HOUR_MS, put, row

AN_HOUR_MS = 3_600_000
NOW_MS = HOUR_MS + 10 * AN_HOUR_MS


async def test_damaged_files_are_counted_kept_for_the_retention_and_stop_no_round(tmp_path: Path) -> None:
    store, metrics = FolderStore(tmp_path), HistorianMetrics()
    # Of another log, so that the present one compacts them.
    hours = {"old": 0, "other old": 0, "recent": 8, "damaged": 8, "rows": 8, "last": 8}
    names = {
        what: FileName(HOUR_MS + hour * AN_HOUR_MS, 0, 1, at, at + 1) for at, (what, hour) in enumerate(hours.items())
    }
    newest = FileName(NOW_MS, 0, 1, 20, 21)
    for name in (*names.values(), newest):
        put(store, name, row("4ca7b3", name.hour_ms + name.first_offset))
    for what, damage in (("old", "footer"), ("damaged", "footer"), ("rows", "rows")):
        file = tmp_path / names[what].path
        file.write_bytes(DAMAGES[damage](file.read_bytes()))
    settings = HistorianSettings(folder=str(tmp_path), retention_hours=5.0)
    clock = ManualClock(NOW_MS)
    historian = Historian(settings, MemoryBus(1).positions, store, clock, metrics)
    running = asyncio.create_task(historian.run())
    try:
        async with asyncio.timeout(20):
            while not historian.writers:
                await asyncio.sleep(0.01)
        keeper = Keeper(settings, store, historian, clock, metrics)
        for _ in range(3):
            await keeper.round()
    finally:
        running.cancel()
        await asyncio.wait({running})
    left = {stored.path for stored in store.files()}
    assert left == {names[what].path for what in ("recent", "damaged", "rows", "last")} | {newest.path}
    assert metrics.damaged._value.get() == 2
    assert metrics.files._value.get() == 3
