"""`make bench-history`, second part: time and memory of questions about a day of the past.

Makes a day of 10,000 simulated aircraft that report every 15 s, thinned and written as a historian does, in
`build/history-bench`, and asks the HTTP interface of a historian in a process of its own. The day is removed
afterwards (`--keep` leaves it for the next time). `--aircraft` and `--hours` make a smaller one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.request import urlopen

import numpy as np
import psutil

from flighttracker.clock import SystemClock
from flighttracker.frame import decode_frame, split_frames
from flighttracker.listening import listening
from flighttracker.reports import Reports
from flighttracker.settings import HistorianSettings
from flighttracker_generator.simulation.fleet import make_fleet
from flighttracker_generator.simulation.traffic import Traffic
from flighttracker_historian.files.names import HOUR_MS, FileName
from flighttracker_historian.files.parquet import parquet_of
from flighttracker_historian.files.schema import TEXTS
from flighttracker_historian.files.store import FolderStore
from flighttracker_historian.http.server import serve
from flighttracker_historian.writing.rows import Identity, table_of
from flighttracker_historian.writing.thinning import Thinner

FOLDER: Final = Path("build/history-bench")
DAY_MS: Final = 1_782_864_000_000
"""2026-07-01T00:00:00Z."""
INTERVAL_S: Final = 15
STEP_MS: Final = 5_000
EUROPE: Final = "-12,35,32,62"
BOX: Final = "8.2,49.8,9.0,50.2"
MOMENTS: Final = 12


def make_day(folder: Path, aircraft: int, hours: int) -> dict[str, float]:
    """Write the files, and return what they cost."""
    settings = HistorianSettings()
    traffic = Traffic(make_fleet(aircraft, {}, seed=1))
    thinner = Thinner(settings.tolerance_m, round(settings.max_silence_s * 1000))
    store = FolderStore(folder)
    fleet = traffic._fleet
    addresses = np.array([int(address, 16) for address in fleet.icao24.tolist()])
    texts: list[Identity] = []
    number_of = np.full(aircraft, -1)
    flight_of = np.full(aircraft, -1)
    heard = kept = size = 0
    for hour_ms in range(DAY_MS, DAY_MS + hours * HOUR_MS, HOUR_MS):
        rows, numbers, reports, heard_before = [], [], [], heard
        for now_ms in range(hour_ms, hour_ms + HOUR_MS, STEP_MS):
            due = traffic.due(now_ms - STEP_MS, now_ms, INTERVAL_S)
            batch = traffic.batch(due, now_ms)
            heard += len(due)
            for place in np.flatnonzero(batch.identities != flight_of[due]).tolist():
                position = batch[place]
                number_of[due[place]] = len(texts)
                texts.append(tuple(getattr(position, name) for name in TEXTS))
            flight_of[due] = batch.identities
            _, is_kept = thinner.hear(due, batch.reports, number_of[due])
            rows.append(due[is_kept])
            numbers.append(number_of[due[is_kept]])
            reports.append(batch.reports.take(is_kept))
        joined = Reports._make(np.concatenate(column, axis=-1) for column in zip(*reports, strict=True))
        table = table_of(addresses[np.concatenate(rows)], np.concatenate(numbers), texts, joined)
        name = FileName(hour_ms, 0, 1, heard_before, heard)
        content, summary = parquet_of(table, name, heard - heard_before)
        store.write(name.path, content)
        kept, size = kept + summary.rows, size + content.size
    return {
        "positions": heard,
        "rows": kept,
        "size_mb": round(size / 1e6, 1),
        "bytes_a_position": round(size / heard, 2),
    }


@contextmanager
def historian(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Serve a folder from a new process."""
    command = [sys.executable, "-m", "bench.history_reads", "--serve", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), psutil.Process(process.pid)
        finally:
            process.terminate()


async def serve_folder(folder: Path) -> None:
    """Serve until the process is ended."""
    with listening("127.0.0.1", 0) as listeners:
        url = f"http://127.0.0.1:{listeners[0].getsockname()[1]}"
        settings = HistorianSettings(folder=str(folder))
        await serve(settings, FolderStore(folder), SystemClock(), listeners, lambda: print(url, flush=True))


def ask(url: str, path: str) -> tuple[float, float, bytes]:
    """Return the seconds until the first bytes of an answer and until its end, and the answer."""
    started_s = time.perf_counter()
    with urlopen(f"{url}/api/v1/{path}") as response:
        first = response.read(40)
        first_s = time.perf_counter() - started_s
        body = first + response.read()
    return first_s, time.perf_counter() - started_s, body


def measure(folder: Path, hours: int) -> dict[str, float]:
    """Ask everything, each question of a historian that has cached nothing about it."""
    figures: dict[str, float] = {}
    with historian(folder) as (url, process):
        ask(url, "history")
        idle_mb = process.memory_info().rss / 1e6
        _, figures["kept_s"], _ = ask(url, "history")
        random = np.random.default_rng(3)
        moments = [
            DAY_MS + int(at) for at in random.permutation(hours)[:MOMENTS] * HOUR_MS + random.integers(0, HOUR_MS)
        ]
        firsts = [ask(url, f"history/frames?from={moment}")[1] for moment in moments]
        figures["first_frame_s_median"], figures["first_frame_s_most"] = statistics.median(firsts), max(firsts)
        again = [ask(url, f"history/frames?from={moments[-1] + step * 60_000}")[1] for step in range(5)]
        figures["next_frame_of_an_hour_s"] = statistics.median(again)
        figures["memory_above_idle_mb"] = _peak_mb(process) - idle_mb
    with historian(folder) as (url, process):
        ask(url, "history")
        from_ms = DAY_MS + min(12, hours - 1) * HOUR_MS - 15 * 60_000
        query = f"from={from_ms}&to={from_ms + 30 * 60_000}&step_s=30&bbox={EUROPE}"
        _, figures["half_hour_of_europe_s"], body = ask(url, f"history/frames?{query}")
        frames = list(split_frames(body))
        figures["half_hour_frames"] = len(frames)
        figures["half_hour_aircraft"] = len(decode_frame(frames[30])[1].added.slots)
        figures["half_hour_mb"] = len(body) / 1e6
    with historian(folder) as (url, process):
        ask(url, "history")
        box = f"from={DAY_MS + 2 * HOUR_MS}&to={DAY_MS + 3 * HOUR_MS}&bbox={BOX}"
        _, figures["who_was_there_s"], body = ask(url, f"history/flights?{box}")
        found = json.loads(body)
        figures["who_was_there_aircraft"] = found["total"]
        icao24 = found["flights"][0]["icao24"]
        day = f"from={DAY_MS}&to={DAY_MS + hours * HOUR_MS}"
        _, figures["track_of_a_day_s"], body = ask(url, f"flights/{icao24}/track?{day}")
        figures["track_points"] = len(json.loads(body)["points"])
        figures["memory_above_idle_mb"] = max(figures["memory_above_idle_mb"], _peak_mb(process) - idle_mb)
        _, figures["who_was_there_in_a_day_s"], _ = ask(url, f"history/flights?{day}&bbox={BOX}")
        figures["memory_of_that_above_idle_mb"] = _peak_mb(process) - idle_mb
    return {name: round(value, 3) for name, value in figures.items()}


def _peak_mb(process: psutil.Process) -> float:
    """Return the most memory that a process had, without file pages, which the system may take back."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    peak_kb = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    return peak_kb * 1024 / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", type=Path)
    parser.add_argument("--aircraft", type=int, default=10_000)
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    if options.serve is not None:
        asyncio.run(serve_folder(options.serve))
        return
    figures: dict[str, float] = {}
    try:
        if not FOLDER.exists():
            started_s = time.process_time()
            figures |= make_day(FOLDER, options.aircraft, options.hours)
            print(f"made the day in {time.process_time() - started_s:.0f} s of CPU", file=sys.stderr)
        figures |= measure(FOLDER, options.hours)
    finally:
        if not options.keep:
            shutil.rmtree(FOLDER, ignore_errors=True)
    print(json.dumps({"cores": os.cpu_count(), **figures}))


if __name__ == "__main__":
    main()
