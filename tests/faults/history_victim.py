"""A historian that kills itself (SIGKILL) at one step: `python -m tests.faults.history_victim SETTINGS STEP`.

The step is a fault point of the store or the log that are passed to `run`; the historian is the product's.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from flighttracker.bus.kafka import KafkaConnection, KafkaPositionLog
from flighttracker.clock import SystemClock
from flighttracker.settings import HistorianSettings, read_settings
from flighttracker_historian import run as historian_run
from flighttracker_historian.files.names import FileName, parse_path
from flighttracker_historian.files.store import FolderStore
from flighttracker_historian.writing import compaction, keeper

STEPS = (
    "before the file",
    "half of the file aside",
    "before the rename",
    "after the file",
    "between two hours",
    "before the commit",
    "after the commit",
    "before the compacted file",
    "after the compacted file",
    "a source removed",
)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DyingStore(FolderStore):
    """A folder at whose step the process dies."""

    def __init__(self, folder: Path, step: str) -> None:
        super().__init__(folder)
        self._root = folder
        self._step = step
        self._stored: set[FileName] = set()

    def write(self, path: str, content: pa.Buffer) -> None:
        name = parse_path(path)
        assert name is not None
        # A compacted file includes what was stored before.
        is_compacted = any(name != other and name.includes(other) for other in self._names())
        at = "compacted file" if is_compacted else "file"
        self._die_at(f"before the {at}")
        aside = self._root / ".writing" / Path(path).name
        if self._step == "half of the file aside" and not is_compacted:
            aside.write_bytes(content.to_pybytes()[: content.size // 2])
            die()
        if self._step == "before the rename" and not is_compacted:
            aside.write_bytes(content.to_pybytes())
            die()
        super().write(path, content)
        self._die_at(f"after the {at}")
        if name.part < name.parts:
            self._die_at("between two hours")

    def remove(self, path: str) -> None:
        super().remove(path)
        self._die_at("a source removed")

    def _die_at(self, step: str) -> None:
        if step == self._step:
            die()

    def _names(self) -> list[FileName]:
        return [name for stored in self.files() if (name := parse_path(stored.path)) is not None]


class DyingLog(KafkaPositionLog):
    """A log at whose commits the process dies."""

    def __init__(self, connection: KafkaConnection, store: DyingStore, step: str) -> None:
        super().__init__(connection, SystemClock())
        self._store = store
        self._step = step

    async def commit(self, group: str, offsets: Mapping[int, int]) -> None:
        ends = {name.next_offset for name in self._store._names()}
        is_after_file = bool(ends & set(offsets.values()))
        if is_after_file and self._step == "before the commit":
            die()
        await super().commit(group, offsets)
        if is_after_file and self._step == "after the commit":
            die()


async def main(settings: HistorianSettings, step: str) -> None:
    assert settings.servers is not None
    keeper.ROUND_MS = 200  # type: ignore[misc]
    compaction.MANY = 3  # type: ignore[misc]
    connection = KafkaConnection(settings.servers.kafka)
    store = DyingStore(Path(settings.folder), step)
    log = DyingLog(connection, store, step)
    await connection.open()
    await log.open()
    running = asyncio.create_task(historian_run.run(settings, log, SystemClock(), store=store))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        pass
    finally:
        await connection.close()


if __name__ == "__main__":
    asyncio.run(main(read_settings(Path(sys.argv[1]), HistorianSettings), sys.argv[2]))
