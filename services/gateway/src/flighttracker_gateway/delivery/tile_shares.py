"""`TileShares`: how many tiles each user may follow, so that one user does not make the gateway encode all of them.

A user is a token's subject, or without tokens a client by its address. `hub` is the only user of this class. Pure.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from flighttracker.clock import Clock
from flighttracker_gateway.access.client_rates import ClientRates
from flighttracker_gateway.delivery.following import Following

MAX_TILES_IN_ALL: Final = 65_536
MAX_TILES_PER_USER: Final = 4_096
"""Different tiles that the viewers of one user follow at the same time."""

NEW_TILES_PER_S: Final = 256.0
MAX_NEW_TILES: Final = 1_024
"""Tiles at once that one user follows and nobody else does yet; each costs a key part."""

_Tile = tuple[int, int]


class TileShares:
    """The tiles of each user, and those that it was the first to follow.

    Attributes:
        tiles: tiles that somebody follows.
    """

    def __init__(self, clock: Clock) -> None:
        self._viewers_of: Counter[_Tile] = Counter()
        self._of_user: dict[str, Counter[_Tile]] = {}
        self._new = ClientRates(NEW_TILES_PER_S, clock, burst=MAX_NEW_TILES)

    @property
    def tiles(self) -> int:
        """Number of different tiles that are followed, without the one of class 0."""
        return len(self._viewers_of)

    def allow(self, user: str, wanted: Following) -> bool:
        """Return whether a user may follow tiles in addition to those of its viewers, and count the new ones."""
        tiles = _tiles(wanted)
        own = self._of_user.get(user, Counter())
        if len(own) + sum(tile not in own for tile in tiles) > MAX_TILES_PER_USER:
            return False
        new = sum(tile not in self._viewers_of for tile in tiles)
        return not new or (len(self._viewers_of) + new <= MAX_TILES_IN_ALL and self._new.take(user, new))

    def add(self, user: str, following: Following) -> None:
        """Count the tiles of a viewer of a user."""
        tiles = _tiles(following)
        if tiles:
            self._viewers_of.update(tiles)
            self._of_user.setdefault(user, Counter()).update(tiles)

    def remove(self, user: str, following: Following) -> None:
        """Stop counting the tiles of a viewer of a user."""
        tiles = _tiles(following)
        if tiles:
            own = self._of_user[user]
            for count in (self._viewers_of, own):
                for tile in tiles:
                    count[tile] -= 1
                    if not count[tile]:
                        del count[tile]
            if not own:
                del self._of_user[user]


def _tiles(following: Following) -> list[_Tile]:
    return [(following.zoom, tile) for tile in following.tiles]
