"""Errors of routes as problem documents, and their descriptions in /schema."""

from __future__ import annotations

from typing import Any, cast

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec

from flighttracker.problem import PROBLEM_JSON, Problem, encode_problem
from flighttracker_gateway.access.client_log import ErrorGroups


def answer_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Return the answer to an error that has a status."""
    detail = error.detail
    if error.status_code == 404 and detail == "Not Found":
        detail = f"There is nothing at {request.url.path[:128]}; /schema lists what there is."
    elif error.status_code == 405 and "websocket" in (error.headers or {}).get("allow", ""):
        headers = {"Upgrade": "websocket"}
        return _answer(426, f"{request.url.path[:128]} is a WebSocket: connect with an upgrade.", headers)
    elif error.status_code == 405:
        detail = f"{request.method} is not possible at {request.url.path[:128]}."
    members = error.extra if isinstance(error.extra, dict) else {}
    return _answer(error.status_code, detail, error.headers, **members)


def refusals(*statuses: int) -> dict[int, ResponseSpec]:
    """Return the errors of a route for /schema: these statuses, and those of every route."""
    everywhere = (400, 413, 429, 431, 500, 503)
    words = {
        400: "The request has a mistake, or a token in its URL.",
        401: "A valid token is needed.",
        403: "The token does not allow this.",
        404: "There is no such aircraft or token.",
        413: "Requests have no body.",
        429: "The client or user has reached a limit; Retry-After says when to try again.",
        431: "The head of the request is too long.",
        500: "The gateway has a bug.",
        503: "The gateway cannot answer now; Retry-After says when to try again.",
    }
    return {
        status: ResponseSpec(Problem, generate_examples=False, description=words[status], media_type=PROBLEM_JSON)
        for status in sorted({*everywhere, *statuses})
    }


class BugAnswer:
    """Answers an unexpected error. Its location is logged; its text is neither logged nor sent.

    Args:
        errors: logs and counts it.
    """

    def __init__(self, errors: ErrorGroups) -> None:
        self._errors = errors

    def __call__(self, request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        """Return the answer."""
        request_id = request.scope.get("state", {}).get("request_id", "")
        template = cast("dict[str, Any]", request.scope).get("path_template", "")
        self._errors.note(f"{request.method} {template}", error, request=request_id)
        detail = f"The gateway has a bug here; its log says more under request {request_id}."
        return _answer(500, detail, request_id=request_id)


def _answer(status: int, detail: str, headers: dict[str, str] | None = None, **members: str) -> Response[bytes]:
    body = encode_problem(status, detail, **members)
    return Response(body, status_code=status, media_type=PROBLEM_JSON, headers=headers)
