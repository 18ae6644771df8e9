"""Create the list of airlines that the page's search knows: `python scripts/make_airlines.py STANDING_DATA`.

STANDING_DATA is a checkout of Virtual Radar Server's standing data (github.com/vradarserver/standing-data), which is in
the public domain (CC0-1.0); that is recorded in `airlines.LICENSE`. Only airlines with an ICAO code are taken, because
a callsign begins with it. A maintainer runs this after an update of the data, reviews the difference and commits it. It
is not used at run time.
"""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parent.parent / "web/src/panels/search/data"
ICAO: Final = re.compile(r"[A-Z]{3}")
IATA: Final = re.compile(r"[A-Z0-9]{2}")

NOTICE: Final = """\
The file airlines.tsv was made by scripts/make_airlines.py from the airlines in Virtual Radar Server's standing data,
https://github.com/vradarserver/standing-data (commit {commit}).
Its authors dedicated it to the public domain: Creative Commons CC0 1.0 Universal, https://creativecommons.org/publicdomain/zero/1.0/
"""


def main(standing_data: Path) -> None:
    """Write `airlines.tsv` (ICAO code, IATA code or nothing, name) and its licence."""
    lines = set()
    with (standing_data / "airlines/schema-01/airlines.csv").open(encoding="utf-8-sig", newline="") as opened:
        for row in csv.DictReader(opened):
            icao, iata, name = row["ICAO"].strip(), row["IATA"].strip(), " ".join(row["Name"].split())
            if ICAO.fullmatch(icao) and name:
                lines.add(f"{icao}\t{iata if IATA.fullmatch(iata) else ''}\t{name}\n")
    commit = subprocess.run(
        ["git", "-C", standing_data, "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    )
    (DATA / "airlines.tsv").write_text("".join(sorted(lines)), encoding="utf-8")
    (DATA / "airlines.LICENSE").write_text(NOTICE.format(commit=commit.stdout.strip()), encoding="utf-8")
    print(f"{len(lines)} airlines")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
