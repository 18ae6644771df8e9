"""Create the full names of ICAO type designators for the page: `python scripts/make_type_names.py STANDING_DATA`.

STANDING_DATA is a checkout of Virtual Radar Server's standing data (github.com/vradarserver/standing-data). Its folder
`model-type` follows ICAO Doc 8643. It is in the public domain (CC0-1.0), which is recorded in `typeNames.LICENSE`. A
designator covers many models, and nobody knows which one an aircraft is: the name is that of the model with the most in
common with the others, or the one in `CHOSEN`. A maintainer runs this after an update of the data, reviews the
difference and commits it. It is not used at run time.
"""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Final, NamedTuple

DATA: Final = Path(__file__).parent.parent / "web/src/panels/card/data"
DESIGNATOR: Final = re.compile(r"[A-Z0-9]{2,4}")

CHOSEN: Final = """
A109 Agusta A-109|A124 Antonov An-124 Ruslan|A139 AgustaWestland AW-139|A306 Airbus A300B4-600|A332 Airbus A330-200
AN26 Antonov An-26|AS50 Eurocopter AS-350 Ecureuil|AT45 ATR 42-500|AT76 ATR 72-600|B06 Bell 206B JetRanger
B350 Beech 300 (B300) Super King Air 350|B407 Bell 407|B752 Boeing 757-200|BCS1 Airbus A220-100|BCS3 Airbus A220-300
BE20 Beech 200 Super King Air|BE36 Beechcraft G36 Bonanza|BE58 Beech 58 Baron|C130 Lockheed C-130H Hercules
C152 Cessna 152|C182 Cessna 182 Skylane|C208 Cessna 208 Caravan 1|C56X Cessna 560XL Citation Excel
CL60 Bombardier CL-600 Challenger 650|CRJ2 Canadair CL-600 Regional Jet CRJ-200|DA40 Diamond DA-40 Diamond Star
E190 Embraer ERJ-190-100|E195 Embraer ERJ-190-200|E75L Embraer ERJ-170-200 (long wing)|EC45 Eurocopter-Kawasaki EC-145
GLEX Bombardier BD-700 Global Express|IL76 Ilyushin Il-76|K35R Boeing KC-135R Stratotanker
P28A Piper PA-28-161 Warrior 2|P28R Piper PA-28R-200 Cherokee Arrow 2|PA34 Piper PA-34 Seneca
PA46 Piper PA-46-350P Malibu Mirage|PC12 Pilatus PC-12|SF34 SAAB 340|TBM9 Daher TBM-930|TEX2 Raytheon T-6 Texan 2
"""
"""The best-known model of designators whose models have little in common."""
UNUSUAL: Final = ("BBJ", "ACJ", "Prestige")
"""Words of the few aircraft of a type that are for presidents and such."""

NOTICE: Final = """\
The file typeNames.tsv was made by scripts/make_type_names.py from the model types in Virtual Radar Server's standing
data, https://github.com/vradarserver/standing-data (commit {commit}).
Its authors dedicated it to the public domain: Creative Commons CC0 1.0 Universal, https://creativecommons.org/publicdomain/zero/1.0/
"""


class Model(NamedTuple):
    """A model of a type."""

    maker: str
    name: str
    is_current: bool

    @property
    def words(self) -> frozenset[str]:
        """The words of its name."""
        return frozenset(re.split(r"[ ()]+", self.name.strip("() ")))

    @property
    def full_name(self) -> str:
        """Maker and model, as people write them: Doc 8643 has A-320."""
        name = re.sub(r"^A-(?=[23])", "A", self.name) if self.maker == "Airbus" else self.name
        return f"{self.maker} {name}".strip().replace("ATR ATR-", "ATR ").replace("'S ", "'s ")


def best_name(models: list[Model]) -> str:
    """Return the name of the model that has the most in common with the others."""
    makers = Counter(model.maker for model in models)

    def score(model: Model) -> tuple[float, int, str]:
        alike = sum(len(model.words & other.words) / len(model.words | other.words) for other in models)
        unusual = 3 * any(word.startswith(UNUSUAL) for word in model.words)
        return makers[model.maker] + alike - unusual, -len(model.name), model.name

    return max([model for model in models if model.is_current] or models, key=score).full_name


def main(standing_data: Path) -> None:
    """Write `typeNames.tsv` and its licence."""
    models: dict[str, set[Model]] = defaultdict(set)
    for file in sorted((standing_data / "model-type/schema-01").glob("[A-Z0-9].csv")):
        with file.open(encoding="utf-8-sig", newline="") as opened:
            for row in csv.DictReader(opened):
                models[row["ICAO"]].add(Model(row["Manufacturer"], row["Model"], row["IsActive"] == "1"))
    names = {designator: best_name(sorted(found)) for designator, found in models.items()}
    for line in CHOSEN.replace("\n", "|").strip("|").split("|"):
        designator, _, name = line.partition(" ")
        if name not in {model.full_name for model in models[designator]}:
            raise SystemExit(
                f"{designator} has no model {name}: {sorted(model.full_name for model in models[designator])}"
            )
        names[designator] = name
    lines = [
        f"{designator}\t{name}\n" for designator, name in sorted(names.items()) if DESIGNATOR.fullmatch(designator)
    ]
    commit = subprocess.run(
        ["git", "-C", standing_data, "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    )
    (DATA / "typeNames.tsv").write_text("".join(lines), encoding="utf-8")
    (DATA / "typeNames.LICENSE").write_text(NOTICE.format(commit=commit.stdout.strip()), encoding="utf-8")
    print(f"{len(lines)} type designators")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
