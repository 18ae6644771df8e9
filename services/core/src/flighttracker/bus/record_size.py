"""Sizes of records that others wrote: a key or a header may be as long as a value. Pure; for bounds on what waits."""

from __future__ import annotations

from flighttracker.bus.base import RejectedRecord, StoredRecord


def stored_bytes(record: StoredRecord) -> int:
    """Return the bytes of a record of the log."""
    return len(record.key) + len(record.value) + sum(len(name) + len(value) for name, value in record.headers)


def rejected_bytes(record: RejectedRecord) -> int:
    """Return the bytes of a rejected record."""
    return len(record.key) + len(record.value) + len(record.detail)
