"""`RegionShares`: how many regions each user may have, so that one user does not take all streams.

A user is a token's subject, or without tokens a client by its address. `hub` is the only user of this class. Pure.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from flighttracker.clock import Clock
from flighttracker_gateway.access.client_rates import ClientRates
from flighttracker_gateway.delivery.region import Region

MAX_REGIONS_PER_USER: Final = 8
"""Different regions that the viewers of one user have at the same time: an eighth of all streams."""

NEW_STREAMS_PER_S: Final = 4.0
MAX_NEW_STREAMS: Final = 8
"""Streams that one user starts at once; each costs key frames of its region."""


class RegionShares:
    """The regions of each user, and the streams that it started."""

    def __init__(self, clock: Clock) -> None:
        self._regions: dict[str, Counter[Region]] = {}
        self._starts = ClientRates(NEW_STREAMS_PER_S, clock, burst=MAX_NEW_STREAMS)

    def allows(self, user: str, region: Region) -> bool:
        """Return whether a user may have a region, in addition to those that it has."""
        own = self._regions.get(user, ())
        return region in own or len(own) < MAX_REGIONS_PER_USER

    def start(self, user: str) -> bool:
        """Count a new stream of a user; return False when it has started too many."""
        return self._starts.take(user)

    def add(self, user: str, region: Region | None) -> None:
        """Count a viewer of a user that gets a region; None, the whole world, does not count."""
        if region is not None:
            self._regions.setdefault(user, Counter())[region] += 1

    def remove(self, user: str, region: Region | None) -> None:
        """Stop counting a viewer of a region."""
        if region is not None:
            own = self._regions[user]
            own[region] -= 1
            if not own[region]:
                del own[region]
            if not own:
                del self._regions[user]
