"""What a request accepts: refused codings are not used, and long lists of choices cost no more than short ones."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from flighttracker.settings import GatewaySettings
from tests.example_flights import NOW_MS, position
from tests.gateway_server import running_gateway
from tests.historian_server import serving_history
from tests.history_files import MINUTE_MS, heard, write_history
from tests.manual_clock import ManualClock


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        ("br;q=0.000", None),
        ("br;q=0, gzip;q=0", None),
        ("br;q=0, gzip", "gzip"),
        ("brotli, x-gzip", None),
        ("identity;q=0, *", "br"),
        ("gzip, br", "br"),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/history/flights?from={from_ms}&to={to_ms}", "/schema/openapi.json"])
async def test_a_refused_coding_is_not_used(
    tmp_path: Path, path: str, accept_encoding: str, coding: str | None
) -> None:
    write_history(tmp_path, [heard(minute, icao24=f"{number:06x}") for number in range(1, 200) for minute in (0, 1)])
    clock = ManualClock(NOW_MS + 24 * 60 * MINUTE_MS)
    asked = path.format(from_ms=NOW_MS, to_ms=NOW_MS + MINUTE_MS)
    async with (
        serving_history(tmp_path, clock) as url,
        running_gateway(GatewaySettings(history_url=url)) as running,
        aiohttp.ClientSession(auto_decompress=False) as session,
        session.get(running.url + asked, headers={"Accept-Encoding": accept_encoding}) as response,
    ):
        body = await response.read()
        assert (response.status, response.headers.get("content-encoding")) == (200, coding)
        assert coding or body.startswith(b"{")


@pytest.mark.parametrize(("first", "media_type"), [(True, "application/geo+json"), (False, "application/json")])
async def test_the_first_media_types_of_a_long_list_are_read(first: bool, media_type: str) -> None:
    others = [f"text/t{number}" for number in range(1_000)]
    types = ["application/geo+json", *others] if first else [*others, "application/geo+json"]
    async with running_gateway() as running:
        await running.tick(position())
        for path in ("/api/v1/flights", "/api/v1/flights/3c6444", "/api/v1/flights/3c6444/track"):
            async with running.session.get(running.url + path, headers={"Accept": ",".join(types)}) as response:
                assert (response.status, response.content_type) == (200, media_type)
