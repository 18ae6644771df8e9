"""Errors of routes as problem documents, and their description for /schema."""

from __future__ import annotations

from typing import Any, cast

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec

from flighttracker_gateway.access.client_log import ErrorGroups
from flighttracker_gateway.access.problem import PROBLEM_JSON, Problem, encode_problem


def answer_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Answer an error that has a status."""
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
    """Return the errors of a route for its description; what any route may answer is among them."""
    everywhere = (400, 413, 431, 500)
    words = {
        400: "The request has a mistake, or a token in its URL.",
        401: "A valid token is needed.",
        403: "The token does not allow this.",
        404: "There is no such thing.",
        413: "Requests have no body.",
        429: "This client or user has reached a limit.",
        431: "The head of the request is too long.",
        500: "The gateway has a bug.",
        503: "Not now; Retry-After says when.",
    }
    return {
        status: ResponseSpec(Problem, generate_examples=False, description=words[status], media_type=PROBLEM_JSON)
        for status in sorted({*everywhere, *statuses})
    }


class BugAnswer:
    """Answers an error that nobody foresaw: its place goes to the log, its words to nobody.

    Args:
        errors: writes it down.
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
