"""Every query and command of docs/history.md works on files of a history."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.example_flights import position
from tests.history_files import MINUTE_MS, write_history

PAGE = (Path(__file__).parents[2] / "docs/history.md").read_text(encoding="utf-8")
NIGHT_MS = round(datetime(2026, 7, 1, 1, 30, tzinfo=UTC).timestamp() * 1000)
MINUTES = 60


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def analysed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder with a history of an hour, half of it on each side of 2 o'clock."""
    places: tuple[dict[str, Any], ...] = (
        {"longitude_deg": 8.5, "baro_altitude_m": 1000.0},
        {"icao24": "00000a", "callsign": "", "latitude_deg": 0.0},
    )
    over = [
        position(position_time=NIGHT_MS + minute * MINUTE_MS, last_contact=NIGHT_MS + minute * MINUTE_MS, **place)
        for minute in range(MINUTES)
        for place in places
    ]
    write_history(tmp_path / "history", over)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_duckdb_counts_each_hour_and_finds_who_was_low(analysed: Path) -> None:
    counting, finding = blocks("sql")
    counted = [(str(date)[:10], int(hour), *counts) for date, hour, *counts in duckdb.execute(counting).fetchall()]
    assert counted == [("2026-07-01", 1, 2, 60), ("2026-07-01", 2, 2, 60)]
    [(icao24, callsign, first, lowest)] = duckdb.execute(finding).fetchall()
    assert (icao24, callsign, lowest) == ("3c6444", "DLH4YA", 1000.0)
    assert first.astimezone(UTC).strftime("%H:%M") == "01:30"


@pytest.mark.parametrize(("module", "found"), [("pandas", "DLH4YA"), ("polars", "aircraft")])
def test_a_program_in_python_reads_the_files(analysed: Path, module: str, found: str) -> None:
    [program] = [block for block in blocks("python") if f"import {module}" in block]
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=analysed)
    assert result.returncode == 0, result.stderr
    assert found in result.stdout


def test_the_commands_export_what_the_page_says(analysed: Path) -> None:
    [commands] = [block for block in blocks("sh") if "history export" in block]
    tools = analysed / "tools"
    tools.mkdir()
    command = f'#!/bin/sh\nexec "{sys.executable}" -c "from flighttracker_cli.main import main; main()" "$@"\n'
    (tools / "flighttracker").write_text(command)
    (tools / "flighttracker").chmod(0o755)
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "PYTHONPATH": os.pathsep.join(sys.path)}
    result = subprocess.run(["sh", "-e", "-c", commands], capture_output=True, text=True, cwd=analysed, env=environment)
    assert result.returncode == 0, result.stderr
    assert "Wrote 120 positions to day.parquet." in result.stderr
    assert "Wrote 30 positions.\n" in result.stderr
    assert duckdb.execute("SELECT count(*) FROM 'day.parquet'").fetchall() == [(120,)]
    assert len((analysed / "night.csv").read_text().splitlines()) == 31
    assert '"LineString"' in (analysed / "lines.geojson").read_text()
