"""Create the cities and countries of the page's map and search: `python scripts/make_places.py NATURAL_EARTH`.

NATURAL_EARTH is a checkout of Natural Earth as GeoJSON (github.com/martynafford/natural-earth-geojson), which is in the
public domain; that is recorded in `places.LICENSE`. A maintainer runs this after an update of the data, reviews the
difference and commits it. It is not used at run time.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

DATA: Final = Path(__file__).parent.parent / "web/src/map/data"
MISSING_CODES: Final = {"France": "FR", "Norway": "NO", "Kosovo": "XK"}
"""ISO 3166 codes that Natural Earth does not have."""
LARGE_PART: Final = 0.2
"""Share of the largest part's area from which on another part is in the box: New Zealand has two islands."""

NOTICE: Final = """\
The files countries.tsv and places.tsv were made by scripts/make_places.py from Natural Earth
(https://www.naturalearthdata.com, as GeoJSON: https://github.com/martynafford/natural-earth-geojson).
All versions of Natural Earth are in the public domain.
"""

Box = tuple[float, float, float, float]
"""South, west, north, east, degrees."""


def features(natural_earth: Path, name: str) -> list[dict[str, Any]]:
    """Return the features of a file of the checkout, such as `50m/cultural/ne_50m_urban_areas`."""
    found: list[dict[str, Any]] = json.loads((natural_earth / f"{name}.json").read_text(encoding="utf-8"))["features"]
    return found


def box_of(geometry: dict[str, Any]) -> Box:
    """Return the box around the large parts of a country."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    boxes = []
    for outer, *_ in polygons:
        longitudes, latitudes = zip(*[point[:2] for point in outer], strict=True)
        boxes.append((min(latitudes), min(longitudes), max(latitudes), max(longitudes)))
    areas = [(north - south) * (east - west) for south, west, north, east in boxes]
    largest = boxes[areas.index(max(areas))]
    large = [box for box, area in zip(boxes, areas, strict=True) if area >= LARGE_PART * max(areas)]
    # Parts on the other side of the 180th meridian would make the box as wide as the world.
    near = [box for box in large if abs(box[1] - largest[1]) < 180]
    souths, wests, norths, easts = zip(*near, strict=True)
    return min(souths), min(wests), max(norths), max(easts)


def main(natural_earth: Path) -> None:
    """Write `countries.tsv`, `places.tsv` and their licence."""
    countries = []
    for feature in features(natural_earth, "50m/cultural/ne_50m_admin_0_countries"):
        name = feature["properties"]["NAME_LONG"]
        code = MISSING_CODES.get(name, str(feature["properties"]["ISO_A2"]))
        if len(code) == 2 and code.isalpha():
            numbers = "\t".join(f"{degrees:.2f}" for degrees in box_of(feature["geometry"]))
            countries.append(f"{code}\t{name}\t{numbers}\n")
    (DATA / "countries.tsv").write_text("".join(sorted(countries)), encoding="utf-8")

    places = []
    for feature in features(natural_earth, "10m/cultural/ne_10m_populated_places_simple"):
        place = feature["properties"]
        ascii_name = place["nameascii"] if place["nameascii"] != place["name"] else ""
        code = place["iso_a2"] if place["iso_a2"] not in (None, "-99", -99) else ""
        longitude, latitude = feature["geometry"]["coordinates"][:2]
        zoom, people = float(place["min_zoom"]), max(0, int(place["pop_max"]))
        texts = [place["name"], ascii_name, code, f"{latitude:.3f}", f"{longitude:.3f}", f"{zoom:.1f}"]
        texts.append(str(round(people, -3) // 1000))
        places.append((zoom, -people, "\t".join(texts)))
    (DATA / "places.tsv").write_text("".join(f"{line}\n" for *_, line in sorted(places)), encoding="utf-8")
    (DATA / "places.LICENSE").write_text(NOTICE, encoding="utf-8")
    print(f"{len(countries)} countries, {len(places)} places")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
