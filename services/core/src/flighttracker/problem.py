"""The body of every error response: `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final

import msgspec

PROBLEM_JSON: Final = "application/problem+json"
_TYPE: Final = "about:blank"
"""The status is enough for a program; `detail` is for people, and further members name the cause."""


class Problem(msgspec.Struct, frozen=True):
    """The members of every problem."""

    type: Annotated[str, msgspec.Meta(description="always about:blank: the status is the type")]
    title: Annotated[str, msgspec.Meta(description="name of the status")]
    status: Annotated[int, msgspec.Meta(description="HTTP status")]
    detail: Annotated[str, msgspec.Meta(description="a sentence about what to change")]


def encode_problem(status: int, detail: str, **members: str) -> bytes:
    """Return a problem as JSON.

    Args:
        status: the HTTP status.
        detail: a sentence about what to change.
        members: further members, such as `reason`.
    """
    problem = Problem(_TYPE, HTTPStatus(status).phrase, status, detail)
    return msgspec.json.encode(msgspec.structs.asdict(problem) | members)
