"""Create the flags beside the countries of the page's table: `python scripts/make_flags.py PACKAGE`.

PACKAGE is the unpacked npm package `country-flag-icons` (MIT), whose licence is next to the result in `flags.LICENSE`.
Names of countries are those that sources report: ICAO's states as the project writes them, Natural Earth's, and the
official ones that OpenSky has. A maintainer runs this after an update of the package, reviews the difference and
commits it. It is not used at run time.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
DATA: Final = ROOT / "web/src/panels/table/data"
STATES: Final = ROOT / "services/generator/src/flighttracker_generator/data/states.csv"
COUNTRIES: Final = ROOT / "web/src/map/data/countries.tsv"

OFFICIAL: Final = {
    "BN": "Brunei Darussalam", "BO": "Bolivia, Plurinational State of", "CD": "Democratic Republic of the Congo",
    "CG": "Republic of the Congo", "CI": "Côte d'Ivoire", "CV": "Cape Verde", "CZ": "Czech Republic",
    "FM": "Micronesia, Federated States of", "IR": "Iran, Islamic Republic of",
    "KP": "Democratic People's Republic of Korea", "KR": "Republic of Korea", "LA": "Lao People's Democratic Republic",
    "LY": "Libyan Arab Jamahiriya",
    "MD": "Republic of Moldova", "MK": "The former Yugoslav Republic of Macedonia", "NL": "Kingdom of the Netherlands",
    "RU": "Russian Federation", "SY": "Syrian Arab Republic", "SZ": "Swaziland", "TR": "Turkey",
    "TZ": "United Republic of Tanzania", "VE": "Venezuela, Bolivarian Republic of", "VN": "Viet Nam",
}  # fmt: skip


def main(package: Path) -> None:
    """Write `flags.tsv` (ISO 3166 code, names separated by bars, SVG) and its licence."""
    names: dict[str, set[str]] = defaultdict(set)
    with STATES.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            names[row["country"]].add(row["name"])
    for line in COUNTRIES.read_text(encoding="utf-8").splitlines():
        code, name = line.split("\t")[:2]
        names[code].add(name)
    for code, name in OFFICIAL.items():
        names[code].add(name)
    lines = []
    for code in sorted(names):
        picture = package / f"3x2/{code}.svg"
        if picture.is_file():
            svg = " ".join(picture.read_text(encoding="utf-8").split())
            lines.append(f"{code}\t{'|'.join(sorted(names[code]))}\t{svg}\n")
    DATA.mkdir(exist_ok=True)
    (DATA / "flags.tsv").write_text("".join(lines), encoding="utf-8")
    (DATA / "flags.LICENSE").write_text((package / "LICENSE").read_text(encoding="utf-8"), encoding="utf-8")
    print(f"{len(lines)} flags, none for {sorted(names.keys() - {line[:2] for line in lines})}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
