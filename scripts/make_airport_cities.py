"""Create the cities of the airports that the page's card names: `python scripts/make_airport_cities.py`.

For the airports of the map (`airports.tsv`), from the MIT-licensed package `airportsdata`, whose licence is next to the
result in `airportCities.LICENSE`. A maintainer runs this after an update of `airportsdata`, reviews the difference and
commits it. It is not used at run time.
"""

from __future__ import annotations

from importlib.metadata import files
from pathlib import Path
from typing import Final

import airportsdata

SOURCES: Final = Path(__file__).parent.parent / "web/src"
DATA: Final = SOURCES / "panels/card/data"


def main() -> None:
    """Write `airportCities.tsv` (ICAO code, city, ISO 3166 code of the country) and its licence."""
    known = airportsdata.load("ICAO")
    lines = []
    for line in (SOURCES / "map/data/airports.tsv").read_text(encoding="utf-8").splitlines():
        icao = line.split("\t")[0]
        airport = known.get(icao)
        if airport is None:
            continue
        # The country alone still tells a reader where an airport is.
        city = " ".join(str(airport["city"]).split())
        lines.append(f"{icao}\t{city}\t{airport['country']}\n")
    (DATA / "airportCities.tsv").write_text("".join(sorted(lines)), encoding="utf-8")
    licence = next(path for path in files("airportsdata") or () if path.name == "LICENSE")
    (DATA / "airportCities.LICENSE").write_text(licence.read_text(encoding="utf-8"), encoding="utf-8")
    print(f"{len(lines)} airports")


if __name__ == "__main__":
    main()
