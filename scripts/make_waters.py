"""Create the lakes and rivers of the page's map: `python scripts/make_waters.py NATURAL_EARTH`.

NATURAL_EARTH is a checkout of Natural Earth as GeoJSON (github.com/martynafford/natural-earth-geojson), which is in the
public domain; that is recorded in `places.LICENSE`. A maintainer runs this after an update of the data, reviews the
difference and commits it. It is not used at run time.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from scripts.make_places import features

DATA: Final = Path(__file__).parent.parent / "web/src/map/data"
STEPS_PER_DEGREE: Final = 2000
"""Coordinates are whole numbers of it: 56 m at the equator, which is a pixel at zoom 11."""
FEWEST_POINTS: Final = {"lake": 4, "river": 2}

Line = list[tuple[int, int]]


def simplified(line: Line, tolerance: float) -> Line:
    """Return a line without points that are closer than `tolerance` to the rest of it (Ramer, Douglas, Peucker)."""
    kept = {0, len(line) - 1}
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        (x0, y0), (x1, y1) = line[first], line[last]
        dx, dy = x1 - x0, y1 - y0
        length = (dx * dx + dy * dy) ** 0.5
        farthest, at = tolerance, -1
        for i in range(first + 1, last):
            x, y = line[i][0] - x0, line[i][1] - y0
            distance = abs(x * dy - y * dx) / length if length else (x * x + y * y) ** 0.5
            if distance > farthest:
                farthest, at = distance, i
        if at >= 0:
            kept.add(at)
            spans += [(first, at), (at, last)]
    return [point for i, point in enumerate(line) if i in kept]


def encoded(line: Line) -> str:
    """Return the steps from point to point in the letters of Google's polylines: five bits each, low bits first."""
    text: list[str] = []
    last = (0, 0)
    for point in line:
        for value, before in zip(point, last, strict=True):
            step = value - before
            bits = ~(step << 1) if step < 0 else step << 1
            while bits >= 32:
                text.append(chr((32 | (bits & 31)) + 63))
                bits >>= 5
            text.append(chr(bits + 63))
        last = point
    return "".join(text)


def lines_of(geometry: dict[str, Any]) -> Iterator[list[list[float]]]:
    """Yield the lines of a river, or the rings of a lake."""
    depth = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}[geometry["type"]]
    parts: list[Any] = [geometry["coordinates"]]
    for _ in range(depth):
        parts = [inner for part in parts for inner in part]
    yield from parts


def write(name: str, sources: dict[str, list[dict[str, Any]]], tolerance_deg: float) -> None:
    """Write a file: kind, first zoom, and the encoded lines with spaces between."""
    rows = []
    for kind, found in sources.items():
        for feature in found:
            lines: list[str] = []
            if feature["geometry"] is None:
                continue
            for points in lines_of(feature["geometry"]):
                line = [(round(lat * STEPS_PER_DEGREE), round(lon * STEPS_PER_DEGREE)) for lon, lat, *_ in points]
                line = simplified(line, tolerance_deg * STEPS_PER_DEGREE)
                if len(line) >= FEWEST_POINTS[kind]:
                    lines.append(encoded(line))
            if lines:
                zoom = float(feature["properties"]["min_zoom"] or 0)
                rows.append((kind, zoom, f"{kind}\t{zoom:.1f}\t{' '.join(lines)}\n"))
    (DATA / name).write_text("".join(row for *_, row in sorted(rows)), encoding="utf-8")
    print(f"{name}: {len(rows)} lakes and rivers")


def main(natural_earth: Path) -> None:
    """Write `waters50m.tsv` and `waters10m.tsv`."""
    for scale, tolerance_deg in (("50m", 0.01), ("10m", 0.002)):
        rivers = features(natural_earth, f"{scale}/physical/ne_{scale}_rivers_lake_centerlines")
        lakes = features(natural_earth, f"{scale}/physical/ne_{scale}_lakes")
        # A centre line through a lake would be drawn in the lake.
        rivers = [river for river in rivers if "Lake" not in str(river["properties"]["featurecla"])]
        write(f"waters{scale}.tsv", {"lake": lakes, "river": rivers}, tolerance_deg)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
