"""The list of revoked tokens, which gateways share: its bounds, its content, and the error when it is full.

Users put their own tokens on it when they sign out, administrators any token. Each user has a share, and all users
together leave room for administrators: nobody can fill the list for others.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from flighttracker.errors import BusError

MAX_REVOKED: Final = 10_000
"""Revoked tokens on the list. To revoke more, change the key that signs them."""
MAX_SIGNED_OUT: Final = 8_000
"""Those of them that users signed out; the rest is reserved for administrators."""
MAX_SIGNED_OUT_PER_USER: Final = 50
"""Those of them of one user."""


class RevokedTokens(NamedTuple):
    """The list at one moment.

    Attributes:
        ids: the ids of all tokens on it.
        signed_out: how many of them users signed out.
    """

    ids: frozenset[str]
    signed_out: int


class RevocationsFullError(BusError):
    """There is no room for one more token; none is dropped for it.

    Attributes:
        full: the bound that is reached: `revoked`, `signed_out`, or `user` for the user's share.
    """

    def __init__(self, full: Literal["revoked", "signed_out", "user"]) -> None:
        most, of = {
            "revoked": (MAX_REVOKED, "tokens are revoked"),
            "signed_out": (MAX_SIGNED_OUT, "tokens of users are signed out"),
            "user": (MAX_SIGNED_OUT_PER_USER, "tokens of this user are signed out"),
        }[full]
        super().__init__(f"{most} {of}, the maximum, until some of them expire")
        self.full = full
