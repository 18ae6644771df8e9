"""Kept positions as rows of the files. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa

from flighttracker.flight import STATUSES
from flighttracker.reports import NO_SQUAWK, QUANTITIES, Floats, Ints, Reports
from flighttracker_historian.files.names import HOUR_MS
from flighttracker_historian.files.schema import QUANTITY_STEPS, SCHEMA, TEXTS

Identity = tuple[str, ...]
"""The texts of an aircraft, in the order of `TEXTS`; unknown ones are empty."""
_PARTS: Final = np.array([[round(1 / QUANTITY_STEPS[name])] for name in QUANTITIES])
_STATUSES: Final = pa.array(STATUSES)


def table_of(addresses: Ints, identities: Ints, texts: Sequence[Identity], reports: Reports) -> pa.Table:
    """Return n rows in the order of a file.

    Args:
        addresses: (n) ICAO addresses as numbers.
        identities: (n) index of `texts`.
        texts: identities; only those that are used are converted.
        reports: n reports.
    """
    order = np.lexsort((reports.position_time_ms, addresses))
    addresses, identities, reports = addresses[order], identities[order], reports.take(order)
    used, places = np.unique(identities, return_inverse=True)
    rows = [texts[number] for number in used.tolist()]
    chosen = pa.array(places)
    quantities = (pa.array(values.astype(np.float32), mask=np.isnan(values)) for values in rounded(reports.quantities))
    return pa.table(
        [
            _words(addresses, "{:06x}"),
            pa.array(reports.position_time_ms, pa.int64()).cast(pa.timestamp("ms", "UTC")),
            pa.array(reports.latitude_deg.astype(np.float32)),
            pa.array(reports.longitude_deg.astype(np.float32)),
            *quantities,
            pa.array(reports.on_ground),
            _STATUSES.take(pa.array(reports.status)),
            _words(reports.squawk, "{:04o}"),
            pa.array((reports.last_contact_ms - reports.position_time_ms).clip(-(2**31), 2**31 - 1).astype(np.int32)),
            *(pa.array([row[at] or None for row in rows], pa.string()).take(chosen) for at in range(len(TEXTS))),
        ],
        schema=SCHEMA,
    )


def rounded(quantities: Floats) -> Floats:
    """Return `QUANTITIES` (5, n) as a file has them; NaN is unknown."""
    values: Floats = np.rint(quantities * _PARTS) / _PARTS
    return values


def by_hour(table: pa.Table, times_ms: Ints) -> list[tuple[int, pa.Table]]:
    """Return the rows of each hour, with its start in milliseconds since 1970, oldest first."""
    hours = times_ms - times_ms % HOUR_MS
    found = np.unique(hours).tolist()
    if len(found) == 1:
        return [(found[0], table)]
    return [(hour, table.filter(pa.array(hours == hour))) for hour in found]


def _words(numbers: Ints, form: str) -> pa.Array:
    """Return numbers as texts; `NO_SQUAWK` is null."""
    used, places = np.unique(numbers, return_inverse=True)
    words = [None if number == NO_SQUAWK else form.format(number) for number in used.tolist()]
    return pa.array(words, pa.string()).take(pa.array(places))
