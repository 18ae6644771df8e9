"""The body of every error that the gateway answers: `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import msgspec

PROBLEM_JSON: Final = "application/problem+json"
_TYPE: Final = "about:blank"
"""The status says all that a program needs; `detail` is for people, and other members name what went wrong."""


class Problem(msgspec.Struct, frozen=True):
    """The members that every problem has.

    Attributes:
        type: always "about:blank": the problem is what the status says.
        title: the name of the status.
        status: the HTTP status.
        detail: a sentence that says what to change.
    """

    type: str
    title: str
    status: int
    detail: str


def encode_problem(status: int, detail: str, **members: str) -> bytes:
    """Return a problem as JSON.

    Args:
        status: the HTTP status of the answer.
        detail: a sentence that says what to change.
        members: further members, such as `reason`.
    """
    problem = Problem(_TYPE, HTTPStatus(status).phrase, status, detail)
    return msgspec.json.encode(msgspec.structs.asdict(problem) | members)
