"""What the API server may answer instead of what it was asked for.

RetryableError (of the core)
└── ApiError            refused, overloaded, hanging or not there at all; carries the code and Retry-After
    └── RefusedError    will be refused again until somebody changes something: invalid, forbidden
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flighttracker.errors import RetryableError

NO_ANSWER: Final = 0
"""Instead of a status code: the connection failed, or nothing came in time."""


class ApiError(RetryableError):
    """The API server did not do what it was asked for.

    Attributes:
        code: HTTP status, `NO_ANSWER` without one.
        reason: its reason in one word: `Conflict`, `Forbidden`, `Timeout`.
    """

    def __init__(self, code: int, reason: str, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message, retry_after_s=retry_after_s)
        self.code = code
        self.reason = reason

    @property
    def is_missing(self) -> bool:
        """Whether the object (or its kind, or its namespace) does not exist."""
        return self.code == HTTPStatus.NOT_FOUND

    @property
    def is_conflict(self) -> bool:
        """Whether somebody else was faster, or owns the field."""
        return self.code == HTTPStatus.CONFLICT


class RefusedError(ApiError):
    """Asking again changes nothing: the object is invalid, or the operator may not do this."""


def api_error(code: int, reason: str, message: str, retry_after_s: float | None) -> ApiError:
    """Return the error for an answer."""
    refused = code in (
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    )
    kind = RefusedError if refused else ApiError
    return kind(code, reason, message, retry_after_s=retry_after_s)
