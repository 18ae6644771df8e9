"""Viewers and revoked tokens of one process."""

from __future__ import annotations

from collections.abc import Collection

from flighttracker.bus.base import MAX_REVOKED
from flighttracker.clock import Clock
from flighttracker.errors import BusError


class MemorySessions:
    """The viewers of this process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._viewers: dict[str, int] = {}
        self._revoked_until_ms: dict[str, int] = {}

    async def keep_alive(self, pod: str, viewers: int) -> None:
        """Remember the viewers of a pod; it lives as long as this process."""
        self._viewers[pod] = viewers

    async def viewers(self) -> int:
        """Return the number of viewers."""
        return sum(self._viewers.values())

    async def revoke(self, token_id: str, until_ms: int) -> None:
        """Keep a token on the list of the revoked."""
        revoked = await self.revoked()
        if token_id not in revoked and len(revoked) >= MAX_REVOKED:
            raise BusError(f"{MAX_REVOKED} tokens are revoked, as many as can be: change the key that signs them")
        self._revoked_until_ms[token_id] = max(until_ms, self._revoked_until_ms.get(token_id, 0))

    async def revoked(self) -> Collection[str]:
        """Return the ids of the tokens that are revoked now."""
        now_ms = self._clock.now_ms()
        self._revoked_until_ms = {name: until for name, until in self._revoked_until_ms.items() if until > now_ms}
        return tuple(self._revoked_until_ms)
