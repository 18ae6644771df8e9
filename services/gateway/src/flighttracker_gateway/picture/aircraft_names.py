"""`Names`: who each aircraft is, and since which change that is known; viewers of tiles ask for it on demand.

A viewer gets all names once, and then those that changed: a new aircraft, or another callsign or squawk. Columns are
compared as a whole, at most once for each version of the picture. Pure.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from flighttracker.frame.layout import NAMES, SQUAWK, TEXTS, IdentityArray, IntArray
from flighttracker_gateway.picture.picture import Picture, ShardPicture

MAX_WORDS: Final = 1 << 18
"""Different operators, countries and sources that are kept; with more of them, everything begins again."""


class Known(NamedTuple):
    """Aircraft in the order of their addresses, each once.

    Attributes:
        icao24: (n) addresses.
        texts: (n) identities without names and kinds, and squawks.
        words: (3, n) indexes of operator, country and source.
        changed: (n) number of the change since which they are known.
    """

    icao24: IntArray
    texts: IdentityArray
    words: IntArray
    changed: IntArray


_NO_NUMBERS: Final = np.zeros(0, np.int64)
_TEXT: Final = np.dtype([*((name, f"S{width}") for name, width in TEXTS), ("squawk", "S4")])
_LAST_SQUAWK: Final = 0o7777
_SQUAWKS: Final = np.array([*(f"{code:04o}" for code in range(_LAST_SQUAWK + 1)), ""], "S4")
"""By number; the last is unknown."""
_NOTHING: Final = Known(_NO_NUMBERS, np.zeros(0, _TEXT), np.zeros((len(NAMES), 0), np.int64), _NO_NUMBERS)


class Names:
    """The names of all aircraft.

    Attributes:
        epoch: of the numbers; another gateway has others.
        number: of the latest change.
    """

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._forget()

    def _forget(self) -> None:
        self.epoch = secrets.token_hex(4)
        self._version = -1
        self._words: dict[str, int] = {}
        self._known = _NOTHING
        self.number = 0

    @property
    def version(self) -> str:
        """The latest change, as text."""
        return f"{self.epoch}-{self.number}"

    def advance(self) -> None:
        """Read the present picture."""
        if self._version == self._picture.version:
            return
        if len(self._words) > MAX_WORDS:
            self._forget()
        self._version = self._picture.version
        before, now = self._known, self._present()
        if len(before.icao24) and len(now.icao24):
            places = np.minimum(np.searchsorted(before.icao24, now.icao24), len(before.icao24) - 1)
            is_same = before.icao24[places] == now.icao24
            is_same &= before.texts[places] == now.texts
            is_same &= (before.words[:, places] == now.words).all(axis=0)
            changed = np.where(is_same, before.changed[places], self.number + 1)
        else:
            changed = np.full(len(now.icao24), self.number + 1)
        self._known = now._replace(changed=changed)
        self.number = max(self.number, int(changed.max(initial=0)))

    def all(self) -> Known:
        """Return every aircraft."""
        return self._known

    def has(self, version: str) -> bool:
        """Whether a version is one of this gateway's."""
        epoch, _, number = version.partition("-")
        return epoch == self.epoch and number.isdecimal() and int(number) <= self.number

    def since(self, version: str) -> Known | None:
        """Return the aircraft that changed after a version; None if it is not one of this gateway's."""
        if not self.has(version):
            return None
        return _rows(self._known, self._known.changed > int(version.partition("-")[2]))

    def columns(self, known: Known) -> Iterator[tuple[str, list[str]]]:
        """Yield the columns of aircraft, each with the name of the field of a flight."""
        words = [*self._words]
        yield "icao24", [f"{address:06x}" for address in known.icao24.tolist()]
        for name in _TEXT.names or ():
            yield name, known.texts[name].astype("U").tolist()
        for name, row in zip(NAMES, known.words, strict=True):
            yield name, [words[number] for number in row.tolist()]

    def _present(self) -> Known:
        """Return the aircraft of the picture; one in two shards has the names of its newer position."""
        shards = [(shard, shard.table.taken_slots()) for shard in self._picture.shards.values()]
        if not shards:
            return _NOTHING
        identities = np.concatenate([shard.table.identities[slots] for shard, slots in shards])
        squawks = np.concatenate([shard.table.dynamic[SQUAWK, slots] for shard, slots in shards])
        position_time_ms = np.concatenate([shard.table.position_time_ms[slots] for shard, slots in shards])
        words = np.concatenate([self._numbers(shard, slots) for shard, slots in shards], axis=1)
        icao24 = identities["icao24"].astype(np.int64)
        order = np.lexsort((position_time_ms, icao24))
        is_newest = np.append(np.diff(icao24[order]) != 0, True)[: len(order)]
        rows = order[is_newest]
        texts = np.empty(len(rows), _TEXT)
        for name, _ in TEXTS:
            texts[name] = identities[name][rows]
        texts["squawk"] = _SQUAWKS[np.where((squawks >= 0) & (squawks <= _LAST_SQUAWK), squawks, -1)[rows]]
        return Known(icao24[rows], texts, words[:, rows], np.zeros(len(rows), np.int64))

    def _numbers(self, shard: ShardPicture, slots: IntArray) -> IntArray:
        """Return the indexes (3, n) of names, which each shard numbers for itself."""
        table = shard.table
        numbers = np.array([self._words.setdefault(name, len(self._words)) for name in table.names] or [0], np.int64)
        return np.stack([numbers[table.identities[name][slots]] for name in NAMES])


def of_addresses(known: Known, addresses: Sequence[int]) -> Known:
    """Return those of the aircraft that have one of these addresses."""
    return _rows(known, np.isin(known.icao24, addresses))


def _rows(known: Known, rows: npt.NDArray[np.bool_]) -> Known:
    icao24, texts, words, changed = known
    return Known(icao24[rows], texts[rows], words[:, rows], changed[rows])
