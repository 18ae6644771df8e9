"""The generator's own port: metrics in the format that a scraper asks for."""

from __future__ import annotations

import aiohttp
import pytest

from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.probes import serve_probes
from flighttracker_generator.waits import Waits
from tests.servers.process import free_port


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/openmetrics-text;version=1.0.0,text/plain;q=0.5", "application/openmetrics-text"),
        ("*/*", "text/plain"),
    ],
)
async def test_metrics_have_the_format_that_is_asked_for(accept: str, content_type: str) -> None:
    port = free_port()
    async with (
        serve_probes(port, GeneratorMetrics().registry, Waits(), "127.0.0.1"),
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/metrics", headers={"Accept": accept}) as response,
    ):
        text = await response.text()
        assert response.content_type == content_type
    assert text.endswith("# EOF\n") == (content_type == "application/openmetrics-text")
