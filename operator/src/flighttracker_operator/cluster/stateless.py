"""kopf's storages that store nothing: the operator keeps no state on anybody's object, and one memory of each.

`on.event` handlers need none, but kopf copies every object several times to compute what it would store. Without that
an event costs a third of the processor time, and nothing can ever leave an annotation behind. The operator's own memory
is the `Store`; kopf's would be another kilobyte of each object.
"""

from __future__ import annotations

from typing import Any, cast

import kopf
from kopf._core.reactor.inventory import ResourceMemories, ResourceMemory


class NoDiffBase(kopf.DiffBaseStorage):
    """Remembers no earlier state of an object."""

    def build(self, **_: Any) -> Any:
        """Return nothing to compare."""
        return {}

    def fetch(self, **_: Any) -> Any:
        """Return that nothing was stored."""
        return None

    def store(self, **_: Any) -> None:
        """Store nothing."""


class NoProgress(kopf.ProgressStorage):
    """Remembers no progress of handlers."""

    def fetch(self, **_: Any) -> Any:
        """Return that nothing was stored."""
        return None

    def store(self, **_: Any) -> None:
        """Store nothing."""

    def purge(self, **_: Any) -> None:
        """Remove nothing."""

    def touch(self, **_: Any) -> None:
        """Touch nothing."""

    def clear(self, **given: Any) -> Any:
        """Return what is there, without a copy."""
        return cast(Any, given["essence"])


class NoMemories(ResourceMemories):
    """Remembers no object."""

    async def recall(self, raw_body: kopf.RawBody, **given: Any) -> ResourceMemory:
        """Return a memory for one event."""
        return await super().recall(raw_body, **{**given, "ephemeral": True})
