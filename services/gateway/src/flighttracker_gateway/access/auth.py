"""`Auth`: decides which tokens are accepted, and closes connections whose token has ended.

Guarantees with `auth.mode: token`:

- A token is accepted only if it is valid, has the scope that it is used for, and is not revoked.
- A connection is closed within `LOOK_MS` after its token has expired, and at every gateway within `REVOKED_MS` plus
  `LOOK_MS` after it was revoked.
- Until the list of revoked tokens was read once, no token is accepted. Later, while Redis is unavailable, the last list
  stays in use.
- Tokens are neither logged nor stored.

`connection` and `http_gate` call it for each handshake and request, and `run` runs it beside the server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from flighttracker.bus.base import Sessions
from flighttracker.clock import Clock
from flighttracker.errors import RetryableError
from flighttracker.settings import AuthSettings
from flighttracker_gateway.access.revocations import Revocations
from flighttracker_gateway.access.token_keys import TokenKeys, make_keys
from flighttracker_gateway.access.tokens import Grant, Scope, TokenRefusedError, check_token, read_header
from flighttracker_gateway.metrics import GatewayMetrics

LOOK_MS: Final = 1_000
NOT_AUTHORIZED: Final = 4401
_NO_TOKENS: Final = Grant("", frozenset({Scope.VIEW, Scope.STATS}), 0, "")
"""What every client is granted without tokens."""


class NotYetError(RetryableError):
    """Tokens cannot be checked yet."""


class Held:
    """The grant of one open connection; a client may renew it.

    Attributes:
        grant: the content of its latest token.
        close: closes the connection with a code and a reason.
    """

    __slots__ = ("close", "grant")

    def __init__(self, grant: Grant, close: Callable[[int, str], None]) -> None:
        self.grant = grant
        self.close = close


class Auth:
    """Checks tokens.

    Args:
        settings: whether tokens are required, and what makes one valid.
        sessions: where gateways share revocations.
        clock: the time; decides what has expired.
        metrics: counts rejected tokens.

    Attributes:
        is_required: whether clients need a token.
        revocations: the revoked tokens.
    """

    def __init__(self, settings: AuthSettings, sessions: Sessions, clock: Clock, metrics: GatewayMetrics) -> None:
        self.is_required = settings.mode == "token"
        self.revocations = Revocations(settings, sessions, clock, metrics)
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._keys: TokenKeys | None = make_keys(settings, clock, metrics) if self.is_required else None
        self._held: set[Held] = set()

    async def admit(self, token: str, scope: Scope | None) -> Grant:
        """Return what a token grants. Without tokens, that is everything but `ADMIN`.

        Args:
            token: the JWT; "" if the client has none.
            scope: the scope that is needed; None accepts every valid token.

        Raises:
            TokenRefusedError: the token is rejected.
            RetryableError: the token cannot be checked now; this is counted, too.
        """
        try:
            return await self._admit(token, scope)
        except TokenRefusedError as error:
            self._metrics.tokens_refused.labels(error.reason).inc()
            raise
        except RetryableError:
            self._metrics.tokens_refused.labels("not_yet_known").inc()
            raise

    async def sign_out(self, grant: Grant) -> None:
        """Revoke a user's own token at every gateway, and close its connections.

        Raises:
            RevocationsFullError: the list of revoked tokens or the user's share of it is full.
            BusError: the sessions are unavailable.
        """
        await self.revocations.sign_out(grant)
        self._close_ended()

    async def revoke(self, token_id: str) -> None:
        """Revoke any token for an administrator, at every gateway, and close its connections.

        Args:
            token_id: the identity or the `jti` of the token.

        Raises:
            RevocationsFullError: the list of revoked tokens is full.
            BusError: the sessions are unavailable.
        """
        await self.revocations.revoke(token_id)
        self._close_ended()

    @contextmanager
    def holding(self, grant: Grant, close: Callable[[int, str], None]) -> Iterator[Held]:
        """Watch the grant of a connection while it is open."""
        held = Held(grant, close)
        self._held.add(held)
        try:
            yield held
        finally:
            self._held.discard(held)

    async def run(self) -> None:
        """Look every second until cancelled.

        Raises:
            StartError: there is no key at the start.
        """
        while self._keys is not None:
            await self.look()
            await self._clock.sleep_ms(LOOK_MS)

    async def look(self) -> None:
        """Reload keys and revocations when it is time, and close connections whose token has ended."""
        if self._keys is None:
            return
        # Close first: fetching keys may take seconds.
        self._close_ended()
        await self.revocations.look()
        self._close_ended()
        await self._keys.look()

    async def _admit(self, token: str, scope: Scope | None) -> Grant:
        if self._keys is None:
            if scope is Scope.ADMIN:
                raise TokenRefusedError("scope", "Without tokens there are no administrators.", 403)
            return _NO_TOKENS
        header = read_header(token)
        key = await self._keys.find(header.kid, header.alg)
        if key is None:
            raise TokenRefusedError("key", "The token is not signed with one of our keys and algorithms.")
        grant = check_token(token, key, self._settings, self._clock.now_ms())
        if not self.revocations.is_known:
            await self.revocations.look()
        if not self.revocations.is_known:
            raise NotYetError("The revoked tokens are not known yet; try again.", retry_after_s=5)
        if self.revocations.has(grant):
            raise TokenRefusedError("revoked", "The token was revoked.")
        if scope is not None and not grant.allows(scope):
            raise TokenRefusedError("scope", f"The token lacks the scope {scope.value}.", 403)
        return grant

    def _close_ended(self) -> None:
        now_ms = self._clock.now_ms() - round(self._settings.leeway_s * 1000)
        for held in tuple(self._held):
            if held.grant.expires_ms <= now_ms:
                held.close(NOT_AUTHORIZED, "the token has expired")
            elif self.revocations.has(held.grant):
                held.close(NOT_AUTHORIZED, "the token was revoked")
