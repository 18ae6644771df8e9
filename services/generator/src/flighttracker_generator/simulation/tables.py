"""Reads the tables that ship with this package, from the folder `data`."""

from __future__ import annotations

import csv
from importlib.resources import files


def read_table(name: str) -> list[dict[str, str]]:
    """Return the rows of `data/{name}.csv` by column."""
    text = (files("flighttracker_generator") / f"data/{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
