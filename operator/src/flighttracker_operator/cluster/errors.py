"""Errors of requests to the API server.

RetryableError (of the core)
└── ApiError            rejected, overloaded, no response or unreachable; has the status code and Retry-After
    └── RejectedError   fails again until something changes: invalid, forbidden
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

from flighttracker.errors import RetryableError

NO_ANSWER: Final = 0
"""Used instead of a status code if the connection failed, or there was no response in time."""

NO_SUCH_FIELD: Final = "failed to create typed patch object"
"""With this message, and the code of an internal error, an apply fails that has a field of an unknown name or type."""

_NO_RIGHT: Final = re.compile(r"cannot [a-z]+ resource")
"""Words of the API server about a right that a Role would grant; quotas and admission use the same code with others."""


class ApiError(RetryableError):
    """A request to the API server failed.

    Attributes:
        code: HTTP status, or `NO_ANSWER`.
        reason: the reason in one word: `Conflict`, `Forbidden`, `Timeout`.
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
        """Whether the object was changed in the meantime, or exists already."""
        return self.code == HTTPStatus.CONFLICT

    @property
    def lacks_right(self) -> bool:
        """Whether the operator lacks a right that the chart's Role would grant."""
        return self.code == HTTPStatus.FORBIDDEN and _NO_RIGHT.search(str(self)) is not None


class RejectedError(ApiError):
    """A retry does not help: the object is invalid, or the operator lacks the permission."""


def api_error(code: int, reason: str, message: str, retry_after_s: float | None) -> ApiError:
    """Return the error for a response."""
    rejected = code in (
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    ) or (code == HTTPStatus.INTERNAL_SERVER_ERROR and NO_SUCH_FIELD in message)
    kind = RejectedError if rejected else ApiError
    return kind(code, reason, message, retry_after_s=retry_after_s)
