"""Messages of viewers of `flights.v3` that look at different places; the crowd of `limits` sends them."""

from __future__ import annotations

import json
import random
from pathlib import Path

from bench.frames import simulated
from bench.views import box_around, tiles_in

from flighttracker.tiles import class_of_zoom
from flighttracker_gateway.delivery.following import MAX_TILES


def record_views(aircraft: int, count: int, path: Path) -> None:
    """Write the messages of viewers with different views of a screen, each around one of the simulated aircraft."""
    chance = random.Random(5)
    positions = simulated(aircraft)(0)
    lines = []
    for _ in range(count):
        around, zoom = chance.choice(positions), chance.randint(4, 12)
        seen = class_of_zoom(zoom)
        tiles = tiles_in(box_around(around.latitude_deg, around.longitude_deg, zoom), seen)
        lines.append(json.dumps({"type": "tiles", "class": seen.number, "tiles": tiles[:MAX_TILES]}) + "\n")
    path.write_text("".join(lines))
