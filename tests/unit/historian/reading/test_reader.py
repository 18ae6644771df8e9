"""Questions share one list of the store, and one that is cancelled neither ends it nor begins another."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from flighttracker_historian.files.kept import Kept
from flighttracker_historian.files.store import FolderStore, StoreError
from flighttracker_historian.reading.reader import REFRESH_S, HistoryReader
from tests.example_flights import NOW_MS
from tests.history_files import PRESENCE, heard, write_history
from tests.manual_clock import ManualClock


class Lists:
    """Counts refreshes, and holds each until it may go on."""

    def __init__(self) -> None:
        self.begun = self.running = self.most = 0
        self.goes_on = threading.Event()
        self.error: Exception | None = None
        self._lock = threading.Lock()

    def refresh(self) -> None:
        with self._lock:
            self.begun += 1
            self.running += 1
            self.most = max(self.most, self.running)
        assert self.goes_on.wait(10)
        with self._lock:
            self.running -= 1
        if self.error is not None:
            raise self.error


@pytest.fixture
def lists(monkeypatch: pytest.MonkeyPatch) -> Lists:
    found, refresh = Lists(), Kept.refresh

    def refresh_slowly(kept: Kept) -> None:
        found.refresh()
        refresh(kept)

    monkeypatch.setattr(Kept, "refresh", refresh_slowly)
    return found


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[HistoryReader]:
    write_history(tmp_path, [heard(0)])
    made = HistoryReader(FolderStore(tmp_path), PRESENCE, ManualClock(NOW_MS))
    yield made
    made.close()


async def until_begun(lists: Lists) -> None:
    async with asyncio.timeout(10):
        while not lists.begun:
            await asyncio.sleep(0.005)


async def test_a_cancelled_question_begins_no_second_list_beside_the_first(lists: Lists, reader: HistoryReader) -> None:
    first = asyncio.create_task(reader.timeline())
    await until_begun(lists)
    first.cancel()
    with suppress(asyncio.CancelledError):
        await first
    others = [asyncio.create_task(reader.timeline()) for _ in range(3)]
    await asyncio.sleep(0.05)  # time in which a second thread would begin
    lists.goes_on.set()
    assert all(each.span is not None for each in await asyncio.gather(*others))
    assert (lists.begun, lists.most) == (1, 1)


async def test_a_list_that_fails_fails_for_all_that_wait_and_is_tried_again(
    lists: Lists, reader: HistoryReader, caplog: pytest.LogCaptureFixture
) -> None:
    lists.error = StoreError("the store is unavailable")
    cancelled, *waiting = [asyncio.create_task(reader.timeline()) for _ in range(3)]
    await until_begun(lists)
    cancelled.cancel()
    lists.goes_on.set()
    found = await asyncio.gather(cancelled, *waiting, return_exceptions=True)
    assert [type(each) for each in found] == [asyncio.CancelledError, StoreError, StoreError]
    lists.error = None
    assert (await reader.timeline()).span is not None
    assert lists.begun == 2
    assert "never retrieved" not in caplog.text


async def test_the_list_is_used_for_a_while(lists: Lists, tmp_path: Path) -> None:
    lists.goes_on.set()
    clock = ManualClock(NOW_MS)
    reader = HistoryReader(FolderStore(tmp_path), PRESENCE, clock)
    for _ in range(3):
        await reader.timeline()
    await clock.advance(round(REFRESH_S * 1000))
    await reader.timeline()
    reader.close()
    assert lists.begun == 2
