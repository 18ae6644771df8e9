"""Where to continue a shard: what its files say is stored. Pure; `historian` calls it for each assigned shard."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from flighttracker_historian.files.names import FileName


class Resume(NamedTuple):
    """Where a shard continues.

    Attributes:
        log: number of the newest log in the files; 0 without files.
        next_offset: offset of the first record that is not stored; None without files.
        incomplete: files of a range of which not all files exist: they are removed, and its records read again.
    """

    log: int
    next_offset: int | None
    incomplete: tuple[FileName, ...]


def resume_of(names: Iterable[FileName], shard: int, committed: int | None) -> Resume:
    """Return where a shard continues.

    The offset is committed after the files, so files may have more than is committed; committed records may have no
    file any more. A range without all of its files can only be the last one, and only if it is not committed.

    Args:
        names: all files of the store.
        shard: the shard.
        committed: its committed offset; None without one.
    """
    own = [name for name in names if name.shard == shard]
    if not own:
        return Resume(0, committed, ())
    log = max(name.log for name in own)
    newest = [name for name in own if name.log == log]
    ends = sorted({name.next_offset for name in newest}, reverse=True)
    incomplete: list[FileName] = []
    for end in ends:
        if committed is not None and committed >= end:
            break
        last = [name for name in newest if name.next_offset == end]
        # A compacted file has the records of complete ranges only.
        if any(name.parts == 1 for name in last) or len({name.part for name in last}) == last[0].parts:
            return Resume(log, end, tuple(incomplete))
        incomplete += last
    return Resume(log, committed, tuple(incomplete))
