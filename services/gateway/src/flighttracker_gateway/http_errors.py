"""Every HTTP error is JSON, `{"status_code", "detail"}`, and the detail is a sentence that says what to mend."""

from __future__ import annotations

import logging
from typing import Any

import msgspec
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException

_logger = logging.getLogger(__name__)


def answer_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Answer an error that has a status."""
    detail = error.detail
    if error.status_code == 404 and detail == "Not Found":
        detail = f"There is nothing at {request.url.path[:128]}; /schema lists what there is."
    elif error.status_code == 405:
        detail = f"{request.method} is not possible at {request.url.path[:128]}."
    return _answer(error.status_code, detail, error.headers)


def answer_bug(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer an error that nobody foresaw, and log where it happened."""
    _logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return _answer(500, "The gateway has a bug here; its log says more.")


def _answer(status_code: int, detail: str, headers: dict[str, str] | None = None) -> Response[bytes]:
    body = msgspec.json.encode({"status_code": status_code, "detail": detail})
    return Response(body, status_code=status_code, media_type=MediaType.JSON, headers=headers)
