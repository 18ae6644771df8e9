"""Storages and memories for kopf that store nothing, because the operator has its own `Store`.

`on.event` handlers need no state, but kopf copies every object several times to compute what it would store. Without
the copies, an event costs a third of the CPU time. kopf also leaves no annotations on objects, and keeps no second copy
of about a kilobyte of each.
"""

from __future__ import annotations

from typing import Any, cast

import kopf
from kopf._core.reactor.inventory import ResourceMemories, ResourceMemory


class NoDiffBase(kopf.DiffBaseStorage):
    """Stores no earlier state of an object."""

    def build(self, **_: Any) -> Any:
        """Return an empty state."""
        return {}

    def fetch(self, **_: Any) -> Any:
        """Return None, because nothing is stored."""
        return None

    def store(self, **_: Any) -> None:
        """Store nothing."""


class NoProgress(kopf.ProgressStorage):
    """Stores no progress of handlers."""

    def fetch(self, **_: Any) -> Any:
        """Return None, because nothing is stored."""
        return None

    def store(self, **_: Any) -> None:
        """Store nothing."""

    def purge(self, **_: Any) -> None:
        """Remove nothing."""

    def touch(self, **_: Any) -> None:
        """Touch nothing."""

    def clear(self, **given: Any) -> Any:
        """Return the object itself instead of a cleaned copy."""
        return cast(Any, given["essence"])


class NoMemories(ResourceMemories):
    """Keeps no per-object memory."""

    async def recall(self, raw_body: kopf.RawBody, **given: Any) -> ResourceMemory:
        """Return a memory that kopf drops after the event."""
        return await super().recall(raw_body, **{**given, "ephemeral": True})
