"""`Auth`: decides which tokens are accepted, and closes connections whose token has ended.

Guarantees with `auth.mode: token`:

- A token is accepted only if it is valid, has the scope that it is used for, and is not revoked.
- A connection is closed within `LOOK_MS` after its token has expired, and at every gateway within `REVOKED_MS` plus
  `LOOK_MS` after it was revoked.
- Until the list of revoked tokens was read once, no token is accepted. Later, while Redis is unavailable, the last list
  stays in use.
- Tokens are neither logged nor stored. The audit log has a line for each rejected token and each revocation.

`connection` and `http_gate` call it for each handshake and request, and `run` runs it beside the server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from flighttracker.bus.base import Sessions
from flighttracker.bus.revoked import RevocationsFullError
from flighttracker.clock import Clock
from flighttracker.errors import BusError, RetryableError
from flighttracker.settings import AuthSettings
from flighttracker_gateway.access.audit_log import Asker, AuditLog, asker_of
from flighttracker_gateway.access.bearer import bearer_of
from flighttracker_gateway.access.revocations import Revocations
from flighttracker_gateway.access.token_keys import TokenKeys, make_keys
from flighttracker_gateway.access.tokens import (
    Grant,
    Scope,
    TokenRefusedError,
    check_token,
    read_header,
    refuse_token_in_url,
)
from flighttracker_gateway.metrics import GatewayMetrics

LOOK_MS: Final = 1_000
NOT_AUTHORIZED: Final = 4401
_NO_TOKENS: Final = Grant("", frozenset({Scope.VIEW, Scope.STATS}), 0, "")
"""What every client is granted without tokens."""
UNKNOWN: Final = Asker()


class NotYetError(RetryableError):
    """Tokens cannot be checked yet."""


class Held:
    """The grant of one open connection; a client may renew it.

    Attributes:
        grant: the content of its latest token.
        close: closes the connection with a code and a reason.
        asker: who opened it.
    """

    __slots__ = ("asker", "close", "grant")

    def __init__(self, grant: Grant, close: Callable[[int, str], None], asker: Asker = UNKNOWN) -> None:
        self.grant = grant
        self.close = close
        self.asker = asker


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
        self._audit = AuditLog(clock)
        self._held: set[Held] = set()

    async def admit(self, token: str, scope: Scope | None, asker: Asker = UNKNOWN) -> Grant:
        """Return what a token grants. Without tokens, that is everything but `ADMIN`.

        Args:
            token: the JWT; "" if the client has none.
            scope: the scope that is needed; None accepts every valid token.
            asker: who sent it.

        Raises:
            TokenRefusedError: the token is rejected. This is counted and is a line of the audit log.
            RetryableError: the token cannot be checked now; this is counted, too.
        """
        with self._noting(asker):
            return await self._admit(token, scope)

    async def admit_request(self, request: Mapping[str, Any], scope: Scope | None, session: str = "") -> Grant:
        """Return what the token of a request or a handshake grants, as `admit` does.

        Args:
            request: the ASGI scope.
            scope: the scope that is needed; None accepts every valid token.
            session: the id of the WebSocket session; "" for an HTTP request.
        """
        asker = asker_of(request, session)
        with self._noting(asker):
            if self.is_required:
                refuse_token_in_url(request["query_string"])
            return await self._admit(bearer_of(request), scope)

    async def sign_out(self, grant: Grant, asker: Asker = UNKNOWN) -> None:
        """Revoke a user's own token at every gateway, and close its connections.

        Raises:
            RevocationsFullError: the list of revoked tokens or the user's share of it is full.
            BusError: the sessions are unavailable.
        """
        with self._audited("signed_out", grant, grant.token_id, asker):
            await self.revocations.sign_out(grant)
        self._close_ended()

    async def revoke(self, token_id: str, by: Grant = _NO_TOKENS, asker: Asker = UNKNOWN) -> None:
        """Revoke any token for an administrator, at every gateway, and close its connections.

        Args:
            token_id: the identity or the `jti` of the token.
            by: the administrator.
            asker: where the request came from.

        Raises:
            RevocationsFullError: the list of revoked tokens is full.
            BusError: the sessions are unavailable.
        """
        with self._audited("revoked", by, token_id, asker):
            await self.revocations.revoke(token_id)
        self._close_ended()

    @contextmanager
    def holding(self, grant: Grant, close: Callable[[int, str], None], asker: Asker = UNKNOWN) -> Iterator[Held]:
        """Watch the grant of a connection while it is open."""
        held = Held(grant, close, asker)
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

    @contextmanager
    def _noting(self, asker: Asker) -> Iterator[None]:
        """Count rejected tokens, and write them to the audit log."""
        try:
            yield
        except TokenRefusedError as error:
            self._metrics.tokens_refused.labels(error.reason).inc()
            if error.reason != "missing":
                self._audit.rejected(error, asker)
            raise
        except RetryableError:
            self._metrics.tokens_refused.labels("not_yet_known").inc()
            raise

    @contextmanager
    def _audited(self, outcome: str, by: Grant, token_id: str, asker: Asker) -> Iterator[None]:
        """Write a revocation and its outcome to the audit log."""
        try:
            yield
        except RevocationsFullError as error:
            outcome = f"full_{error.full}"
            raise
        except BusError:
            outcome = "unavailable"
            raise
        finally:
            self._audit.revoked(outcome, by.subject, token_id, asker)

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
            raise TokenRefusedError("revoked", "The token was revoked.", subject=grant.subject)
        if scope is not None and not grant.allows(scope):
            raise TokenRefusedError("scope", f"The token lacks the scope {scope.value}.", 403, grant.subject)
        return grant

    def _close_ended(self) -> None:
        now_ms = self._clock.now_ms() - round(self._settings.leeway_s * 1000)
        for held in tuple(self._held):
            if held.grant.expires_ms <= now_ms:
                held.close(NOT_AUTHORIZED, "the token has expired")
            elif self.revocations.has(held.grant):
                held.close(NOT_AUTHORIZED, "the token was revoked")
