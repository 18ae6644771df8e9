"""Who may come in and stay, by token: checks tokens, knows the revoked ones, and ends connections whose token ended.

Guarantees, with `auth.mode: token`: a token is valid, allows what it is used for and is not revoked, or nobody gets in;
a connection ends within `LOOK_MS` of its token's expiry, and within `REVOKED_MS` and a look of its revocation at any
gateway. Until the list of the revoked was read once, nobody gets in; while the sessions are away after that, the list
of before holds. Tokens are never logged and never kept.

`connection` and `http_auth` ask for each handshake and request, `run` runs it beside the server.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from flighttracker.bus.base import Sessions
from flighttracker.clock import Clock
from flighttracker.errors import BusError, RetryableError
from flighttracker.settings import AuthSettings
from flighttracker_gateway.access.token_keys import TokenKeys, make_keys
from flighttracker_gateway.access.tokens import Grant, Scope, TokenRefusedError, check_token, read_header
from flighttracker_gateway.metrics import GatewayMetrics

LOOK_MS: Final = 1_000
REVOKED_MS: Final = 2_000
"""How often the list of the revoked tokens is read."""

NOT_AUTHORIZED: Final = 4401
_NO_TOKENS: Final = Grant("", frozenset({Scope.VIEW, Scope.STATS}), 0, "")
"""What everybody is granted when no tokens are asked for."""

_logger = logging.getLogger(__name__)


class NotYetError(RetryableError):
    """Tokens cannot be judged yet."""


class Held:
    """The grant of one open connection; a client may renew it.

    Attributes:
        grant: what its latest token says.
        close: ends the connection with a code and a reason.
    """

    __slots__ = ("close", "grant")

    def __init__(self, grant: Grant, close: Callable[[int, str], None]) -> None:
        self.grant = grant
        self.close = close


class Auth:
    """Judges tokens.

    Args:
        settings: whether tokens are asked for, and what makes one valid.
        sessions: where revocations are shared among gateways.
        clock: decides what has expired.
        metrics: counts refusals.
    """

    def __init__(self, settings: AuthSettings, sessions: Sessions, clock: Clock, metrics: GatewayMetrics) -> None:
        self.is_required = settings.mode == "token"
        self._settings = settings
        self._sessions = sessions
        self._clock = clock
        self._metrics = metrics
        self._keys: TokenKeys | None = make_keys(settings, clock, metrics) if self.is_required else None
        self._held: set[Held] = set()
        self._revoked: frozenset[str] | None = None
        self._revoked_ms: int | None = None
        self._is_bus_away = False

    async def admit(self, token: str, scope: Scope | None) -> Grant:
        """Return what a token grants; everything but `ADMIN` when no tokens are asked for.

        Args:
            token: the JWT; "" when the client showed none.
            scope: what it is to be used for; None when any valid token will do.

        Raises:
            TokenRefusedError: it does not let the client in.
            RetryableError: it cannot be judged now; counted as well.
        """
        try:
            return await self._admit(token, scope)
        except TokenRefusedError as error:
            self._metrics.tokens_refused.labels(error.reason).inc()
            raise
        except RetryableError:
            self._metrics.tokens_refused.labels("not_yet_known").inc()
            raise

    async def revoke(self, token_id: str) -> None:
        """Make a token worthless at every gateway, for as long as any token can live.

        Raises:
            BusError: the sessions are away or hold as many as they may.
        """
        # A token may expire a leeway later than its longest life from now, and is good for one more after that.
        longest_s = self._settings.max_lifetime_s + 2 * self._settings.leeway_s
        until_ms = self._clock.now_ms() + round(longest_s * 1000)
        await self._sessions.revoke(token_id, until_ms)
        if self._revoked is not None:
            self._revoked |= {token_id}
        self._close_ended()

    @contextmanager
    def holding(self, grant: Grant, close: Callable[[int, str], None]) -> Iterator[Held]:
        """Watch the grant of a connection while it lasts."""
        held = Held(grant, close)
        self._held.add(held)
        try:
            yield held
        finally:
            self._held.discard(held)

    async def run(self) -> None:
        """Look every second until cancelled.

        Raises:
            StartError: there is no key to begin with.
        """
        while self._keys is not None:
            await self.look()
            await self._clock.sleep_ms(LOOK_MS)

    async def look(self) -> None:
        """Bring keys and revocations up to date, and close the connections whose token has ended."""
        if self._keys is None:
            return
        # Closing first: fetching keys may take seconds.
        self._close_ended()
        await self._read_revoked()
        self._close_ended()
        await self._keys.look()

    async def _admit(self, token: str, scope: Scope | None) -> Grant:
        if self._keys is None:
            if scope is Scope.ADMIN:
                raise TokenRefusedError("scope", "Nobody is an administrator without tokens.", 403)
            return _NO_TOKENS
        header = read_header(token)
        key = await self._keys.find(header.kid, header.alg)
        if key is None:
            raise TokenRefusedError("key", "The token is signed with a key or an algorithm that is not ours.")
        grant = check_token(token, key, self._settings, self._clock.now_ms())
        if self._revoked is None:
            await self._read_revoked()
        if self._revoked is None:
            raise NotYetError("The revoked tokens are not known yet; come back.", retry_after_s=5)
        if grant.is_revoked_by(self._revoked):
            raise TokenRefusedError("revoked", "The token was revoked.")
        if scope is not None and not grant.allows(scope):
            raise TokenRefusedError("scope", f"The token lacks the scope {scope.value}.", 403)
        return grant

    async def _read_revoked(self) -> None:
        now_ms = self._clock.now_ms()
        if self._revoked_ms is not None and 0 <= now_ms - self._revoked_ms < REVOKED_MS:
            return
        self._revoked_ms = now_ms
        try:
            self._revoked = frozenset(await self._sessions.revoked())
            self._is_bus_away = False
        except BusError as error:
            if not self._is_bus_away:
                _logger.warning("cannot read the revoked tokens, those known before stay revoked: %s", error)
            self._is_bus_away = True

    def _close_ended(self) -> None:
        now_ms = self._clock.now_ms() - round(self._settings.leeway_s * 1000)
        revoked = self._revoked or frozenset()
        for held in tuple(self._held):
            if held.grant.expires_ms <= now_ms:
                held.close(NOT_AUTHORIZED, "the token has expired")
            elif held.grant.is_revoked_by(revoked):
                held.close(NOT_AUTHORIZED, "the token was revoked")
