"""Take-offs and landings of a period, from kept rows. Pure.

A row is kept when an aircraft leaves the ground or reaches it, so a movement lies between two rows. A silence of more
than a stretch hides when and where it was: such a movement is left out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flighttracker.frame.layout import STATUS
from flighttracker.frame.quantity import ON_GROUND
from flighttracker.query.filters import Filters, dynamic_matches, identity_matches, text_matches
from flighttracker.query.period import Period
from flighttracker_historian.reading.past_sky import Presence
from flighttracker_historian.reading.rows import Rows


class Movements(NamedTuple):
    """Movements, newest first.

    Attributes:
        rows: the position on the ground of each: the first one of a landing, the last one of a take-off.
        is_landing: (n) whether it is a landing.
    """

    rows: Rows
    is_landing: npt.NDArray[np.bool_]


def find_movements(rows: Rows, filters: Filters, period: Period, presence: Presence) -> Movements:
    """Return the movements of a period whose position on the ground matches.

    Args:
        rows: those of a stretch before the period until a stretch after it.
        filters: all of them must match.
        period: from when to when.
        presence: how long a stretch is.
    """
    is_ground = (rows.dynamic[STATUS] & ON_GROUND) != 0
    is_joined = rows.icao24[1:] == rows.icao24[:-1]
    is_joined &= rows.time_ms[1:] - rows.time_ms[:-1] <= presence.stretch_ms
    moves = np.flatnonzero(is_joined & (is_ground[1:] != is_ground[:-1]))
    is_landing = ~is_ground[moves]
    found = rows.take(moves + is_landing)
    is_of = identity_matches(filters, found.identities, found.names)
    is_of &= text_matches(filters.terms, found.identities)
    matches = is_of[found.identity] & dynamic_matches(filters, found.dynamic)
    matches &= (found.time_ms >= period.from_ms) & (found.time_ms <= period.to_ms)
    chosen = np.flatnonzero(matches)
    newest = chosen[np.argsort(-found.time_ms[chosen], kind="stable")]
    return Movements(found.take(newest), is_landing[newest])
