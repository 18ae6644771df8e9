"""Paths of files: `date=YYYY-MM-DD/hour=HH/sSHARD-lLOG-FIRST-NEXT-PARTofPARTS.parquet`. Pure.

A file has the positions of one hour (UTC, by position time) from the records of one shard from offset FIRST to before
NEXT. Records that are written at once may belong to several hours: then PARTS files in PARTS hours have one range, and
the range is stored when all of them are. Offsets start again when the log is created again, which LOG counts.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final, NamedTuple

HOUR_MS: Final = 3_600_000
_PATH: Final = re.compile(
    r"date=(\d{4}-\d\d-\d\d)/hour=(\d\d)/s(\d{5})-l(\d{5})-(\d{15})-(\d{15})-(\d{3})of(\d{3})\.parquet", re.ASCII
)


class FileName(NamedTuple):
    """What a path says about its file.

    Attributes:
        hour_ms: start of the hour, milliseconds since 1970.
        shard: number of the shard.
        log: counts the logs of the shard from 1: a topic that was deleted, or a bus in memory, is followed by another.
        first_offset: offset of the first record that the file may have rows of.
        next_offset: offset behind the last one.
        part: number of the file among those of its range, from 1; 1 of 1 if all rows are of one hour.
        parts: number of files of the range.
    """

    hour_ms: int
    shard: int
    log: int
    first_offset: int
    next_offset: int
    part: int = 1
    parts: int = 1

    @property
    def path(self) -> str:
        """Path below the root of the store, with `/`."""
        records = f"s{self.shard:05d}-l{self.log:05d}-{self.first_offset:015d}-{self.next_offset:015d}"
        return f"{hour_folder(self.hour_ms)}/{records}-{self.part:03d}of{self.parts:03d}.parquet"

    def includes(self, other: FileName) -> bool:
        """Return whether this file has all rows of another one: the same log and hour, and a range around it."""
        return (
            self[:3] == other[:3] and self.first_offset <= other.first_offset and other.next_offset <= self.next_offset
        )


def hour_folder(hour_ms: int) -> str:
    """Return the folder of an hour: `date=YYYY-MM-DD/hour=HH`."""
    return datetime.fromtimestamp(hour_ms / 1000, UTC).strftime("date=%Y-%m-%d/hour=%H")


def hour_of(time_ms: int) -> int:
    """Return the start of the hour of a time, milliseconds since 1970."""
    return time_ms - time_ms % HOUR_MS


def parse_path(path: str) -> FileName | None:
    """Return what the path of a file says; None if it is not a file of a history."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    date, hour, *numbers = match.groups()
    try:
        begin = datetime.fromisoformat(f"{date}T{hour}:00:00+00:00")
    except ValueError:
        return None
    return FileName(round(begin.timestamp() * 1000), *map(int, numbers))
