"""Retention: which files are too old, or too many. Pure; `keeper` removes them.

Age counts back from the newest position that is kept, or from this clock if it is earlier: neither a clock that is
ahead nor a tracker that is switched off deletes a history.
"""

from __future__ import annotations

from collections.abc import Iterable

from flighttracker_historian.files.parquet import StoredSummary


def files_to_remove(
    files: Iterable[StoredSummary], now_ms: int, retention_ms: int, max_bytes: int
) -> list[StoredSummary]:
    """Return the files to remove, oldest first. Whole files: some positions stay for up to an hour longer.

    Args:
        files: the files that count.
        now_ms: the present of this clock, milliseconds since 1970.
        retention_ms: how long positions are kept.
        max_bytes: most bytes of all files; 0 for no limit.
    """
    oldest_first = sorted(files, key=lambda stored: (stored.summary.last_time_ms, stored.name))
    if not oldest_first:
        return []
    oldest_ms = oldest_to_keep_ms(oldest_first, now_ms, retention_ms)
    size_bytes = sum(stored.size_bytes for stored in oldest_first)
    removed: list[StoredSummary] = []
    for stored in oldest_first:
        if stored.summary.last_time_ms >= oldest_ms and (max_bytes == 0 or size_bytes <= max_bytes):
            break
        removed.append(stored)
        size_bytes -= stored.size_bytes
    return removed


def oldest_to_keep_ms(files: Iterable[StoredSummary], now_ms: int, retention_ms: int) -> int:
    """Return the time of the oldest position to keep, milliseconds since 1970; arguments as above."""
    return min((now_ms, max((stored.summary.last_time_ms for stored in files), default=0))) - retention_ms
