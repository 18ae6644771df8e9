"""`flighttracker history export`: the files that it writes, and its errors."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from flighttracker.errors import UserError
from flighttracker_cli.main import cli
from flighttracker_historian.files.schema import SCHEMA
from tests.example_flights import NOW_MS
from tests.history_files import MINUTE_MS, heard, write_history

FROM, TO = str(NOW_MS), str(NOW_MS + 90 * MINUTE_MS)


@pytest.fixture
def exported_history(tmp_path: Path) -> Path:
    folder = tmp_path / "history"
    east = [heard(minute, longitude_deg=8 + 0.1 * minute) for minute in range(91)]
    write_history(folder, [*east, *(heard(minute, icao24="00000a", squawk="") for minute in range(10))])
    return folder


def export(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(
        cli, ["history", "export", "--history", str(folder), "--from", FROM, "--to", TO, *options]
    )


def test_parquet_has_the_schema_of_the_history_and_all_rows(exported_history: Path, tmp_path: Path) -> None:
    output = tmp_path / "all.parquet"
    result = export(exported_history, "--output", str(output))
    assert result.exit_code == 0, result.exception
    assert "Wrote 100 positions" in result.stderr
    table = pq.read_table(output)
    assert table.schema.equals(SCHEMA)
    assert len(table) == 100  # --to is the moment after the last one
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["all.parquet", "history"]


def test_csv_on_standard_output_has_the_positions_in_a_box(exported_history: Path) -> None:
    result = export(exported_history, "--format", "csv", "--bbox", "8.95,49,9.25,51")
    rows = list(csv.DictReader(result.stdout.splitlines()))
    assert [row["icao24"] for row in rows] == ["3c6444"] * 3
    assert rows[0]["callsign"] == "DLH4YA"
    assert float(rows[0]["longitude_deg"]) == pytest.approx(9.0)


def test_csv_has_no_text_that_a_spreadsheet_would_run(tmp_path: Path) -> None:
    hostile = ("=1+1", "+1", "-1", "@SUM(A1)", "A=1")
    folder = tmp_path / "history"
    write_history(folder, [heard(0, icao24=f"00000{i}", callsign=text) for i, text in enumerate(hostile)])
    rows = list(csv.DictReader(export(folder, "--format", "csv").stdout.splitlines()))
    assert [row["callsign"] for row in rows] == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "A=1"]
    assert float(rows[0]["latitude_deg"])


def test_geojson_has_a_line_for_each_aircraft_and_hour(exported_history: Path, tmp_path: Path) -> None:
    output = tmp_path / "all.geojson"
    assert export(exported_history, "--output", str(output)).exit_code == 0
    features = json.loads(output.read_text())["features"]
    assert [feature["id"] for feature in features] == ["00000a", "3c6444", "3c6444"]
    assert sum(len(feature["geometry"]["coordinates"]) for feature in features) == 100
    assert features[1]["properties"]["callsigns"] == ["DLH4YA"]


def test_an_empty_part_is_a_valid_file(exported_history: Path) -> None:
    result = export(exported_history, "--format", "geojson", "--bbox", "100,0,101,1")
    assert json.loads(result.stdout) == {"type": "FeatureCollection", "features": []}
    assert "Wrote 0 positions" in result.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--output", "all.txt"), "--format is missing"),
        (("--format", "parquet"), "--output is missing"),
        (("--format", "csv", "--from", "noon"), "--from is 'noon'"),
        (("--format", "csv", "--to", FROM), "--to must be after --from"),
        (("--format", "csv", "--bbox", "1,2"), "bbox is '1,2'"),
        (("--format", "csv", "--history", "/nowhere"), "/nowhere is not a folder"),
        (("--format", "csv", "--output", "/nowhere/a.csv"), "cannot write /nowhere/a.csv: No such file or directory"),
    ],
)
def test_a_mistake_is_one_sentence(exported_history: Path, options: tuple[str, ...], words: str) -> None:
    result = export(exported_history, *options)
    assert isinstance(result.exception, UserError), result.output
    assert words in str(result.exception)


def test_a_folder_without_files_has_no_history(tmp_path: Path) -> None:
    result = export(tmp_path, "--format", "csv")
    assert "has no history" in str(result.exception)
