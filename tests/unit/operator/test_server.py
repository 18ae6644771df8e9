"""The operator's own port: metrics in the format that a scraper asks for."""

from __future__ import annotations

from typing import Any, cast

import aiohttp
import pytest

from flighttracker_operator.server import serve


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/openmetrics-text;version=1.0.0,text/plain;q=0.5", "application/openmetrics-text"),
        ("*/*", "text/plain"),
    ],
)
async def test_metrics_have_the_format_that_is_asked_for(accept: str, content_type: str) -> None:
    no_health = cast("Any", None)
    async with (
        serve(no_health, 0) as port,
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/metrics", headers={"Accept": accept}) as response,
    ):
        text = await response.text()
        assert response.content_type == content_type
    assert text.endswith("# EOF\n") == (content_type == "application/openmetrics-text")
