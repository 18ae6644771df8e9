"""`Revocations`: which tokens are revoked, shared by all gateways. `auth` is the only caller.

A revocation is kept for as long as the token could be accepted by any gateway. While the sessions are unavailable, the
last list stays in use; before the first one was read, no token can be accepted.
"""

from __future__ import annotations

import logging
from typing import Final

from flighttracker.bus.base import Sessions
from flighttracker.bus.revoked import MAX_REVOKED, MAX_SIGNED_OUT, RevocationsFullError, RevokedTokens
from flighttracker.clock import Clock
from flighttracker.errors import BusError
from flighttracker.settings import AuthSettings
from flighttracker_gateway.access.token_text import digest
from flighttracker_gateway.access.tokens import Grant
from flighttracker_gateway.metrics import GatewayMetrics

REVOKED_MS: Final = 2_000
"""How often the list is read, milliseconds."""
SKEW_S: Final = 60.0
"""How far the clocks of two gateways may differ, seconds: one that is behind accepts a token for longer."""

_logger = logging.getLogger(__name__)


class Revocations:
    """The revoked tokens, as this gateway last read them.

    Args:
        settings: how long tokens live.
        sessions: where the list is.
        clock: the time.
        metrics: counts revocations, and reports how full the list is.
    """

    def __init__(self, settings: AuthSettings, sessions: Sessions, clock: Clock, metrics: GatewayMetrics) -> None:
        self._settings = settings
        self._sessions = sessions
        self._clock = clock
        self._metrics = metrics
        self._revoked: frozenset[str] | None = None
        self._read_ms: int | None = None
        self._is_bus_away = False
        if settings.mode == "token":
            metrics.revoked_tokens_limit.labels("all").set(MAX_REVOKED)
            metrics.revoked_tokens_limit.labels("signed_out").set(MAX_SIGNED_OUT)

    @property
    def is_known(self) -> bool:
        """Whether the list was read once."""
        return self._revoked is not None

    def has(self, grant: Grant) -> bool:
        """Return whether a token is revoked, as far as known."""
        return grant.is_revoked_by(self._revoked or frozenset())

    async def look(self) -> None:
        """Read the list when it is time."""
        now_ms = self._clock.now_ms()
        if self._read_ms is not None and 0 <= now_ms - self._read_ms < REVOKED_MS:
            return
        self._read_ms = now_ms
        try:
            self._show(await self._sessions.revoked())
            self._is_bus_away = False
        except BusError as error:
            if not self._is_bus_away:
                _logger.warning("cannot read the revoked tokens, the last list stays in use: %s", error)
            self._is_bus_away = True

    async def sign_out(self, grant: Grant) -> None:
        """Revoke a user's own token until it expires.

        Raises:
            RevocationsFullError: the list or the user's share of it is full.
            BusError: the sessions are unavailable.
        """
        until_ms = grant.expires_ms + round((self._settings.leeway_s + SKEW_S) * 1000)
        await self._revoke(grant.token_id, until_ms, "signed_out", digest(["sub", *grant.user]))

    async def revoke(self, token_id: str) -> None:
        """Revoke any token for an administrator, for as long as a token can live.

        Raises:
            RevocationsFullError: the list is full.
            BusError: the sessions are unavailable.
        """
        # A token may expire a leeway later than its longest life from now, and is accepted for one more after that.
        longest_s = self._settings.max_lifetime_s + 2 * self._settings.leeway_s + SKEW_S
        await self._revoke(token_id, self._clock.now_ms() + round(longest_s * 1000), "revoked", None)

    async def _revoke(self, token_id: str, until_ms: int, outcome: str, user: str | None) -> None:
        try:
            await self._sessions.revoke(token_id, until_ms, user=user)
        except BusError as error:
            outcome = f"full_{error.full}" if isinstance(error, RevocationsFullError) else "unavailable"
            raise
        finally:
            self._metrics.revocations.labels(outcome).inc()
        if self._revoked is not None:
            self._revoked |= {token_id}

    def _show(self, tokens: RevokedTokens) -> None:
        self._revoked = tokens.ids
        self._metrics.revoked_tokens.labels("all").set(len(tokens.ids))
        self._metrics.revoked_tokens.labels("signed_out").set(tokens.signed_out)
