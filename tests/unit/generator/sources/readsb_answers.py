"""An aircraft of a receiver, and answers that have it, for the tests of `readsb_aircraft`."""

from __future__ import annotations

import json
from typing import Any

from flighttracker.flight import FlightPosition
from flighttracker_generator.sources.readsb_aircraft import read_aircraft

TIDY: dict[str, Any] = {
    "hex": "4b1801", "flight": "SWR123  ", "r": "HB-JDA", "t": "A20N", "desc": "AIRBUS A-320neo", "ownOp": "SWISS",
    "alt_baro": 36000, "alt_geom": 36600, "gs": 450.0, "track": 271.5, "baro_rate": -64, "squawk": "2713",
    "lat": 47.1, "lon": 8.2, "seen_pos": 0.4, "seen": 0.1, "messages": 812, "rssi": -12.3,
}  # fmt: skip


def answer(*aircraft: dict[str, Any]) -> bytes:
    return json.dumps({"now": 1750588112.5, "messages": 1, "aircraft": aircraft}).encode()


def read(aircraft: dict[str, Any]) -> FlightPosition:
    (position,) = read_aircraft(answer(aircraft)).positions
    return position


WITHOUT_VALUES = {"hex": "4b1801", "lat": 47.1, "lon": 8.2, "seen_pos": 0.4, "seen": 0.1}
