"""Every request of docs/how-to/http-api.md is answered as the page says."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import sys
from pathlib import Path

import pytest

from tests.example_flights import NOW_MS, position
from tests.gateway_server import WAIT_S, running_gateway

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/how-to/http-api.md").read_text(encoding="utf-8")
BASE = "http://localhost:8000"
COMMANDS = [line for line in GUIDE.splitlines() if line.startswith("curl ")]
FLIGHT = position(icao24="3c1915")


def test_the_guide_has_the_commands() -> None:
    assert len(COMMANDS) >= 7
    assert sum("/events" in command for command in COMMANDS) == 1


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_command_is_answered(command: str) -> None:
    words = shlex.split(command)[1:]
    (url,) = [word for word in words if word.startswith(BASE)]
    headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
    async with running_gateway() as running, asyncio.timeout(WAIT_S):
        await running.tick(FLIGHT)
        async with running.session.get(url.replace(BASE, running.url), headers=headers) as response:
            assert response.status == 200, await response.text()
            if "/events" in url:
                await running.gateway.events.round()
                assert b"event: snapshot" in await response.content.readuntil(b"data: ")
                return
            is_geojson = "geo+json" in str(headers) or "geojson" in url
            assert response.headers["Content-Type"] == ("application/geo+json" if is_geojson else "application/json")
            assert json.loads(await response.read())


async def test_the_walk_in_python_finds_every_flight() -> None:
    (program,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    async with running_gateway() as running:
        await running.tick(*(position(icao24=f"{number:06x}") for number in range(2_500)))
        python = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program.replace(BASE, running.url), stdout=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(WAIT_S):
            output, _ = await python.communicate()
    assert output.decode().strip() == "2500 of 2500"


async def test_the_error_of_the_guide_is_the_gateways() -> None:
    (error,) = re.findall(r'"detail":("min_altitude.*?")}', GUIDE)
    async with running_gateway() as running:
        await running.tick(position(icao24="000001", position_time=NOW_MS))
        status, answer = await running.get("/api/v1/flights?min_altitude_ft=high")
    assert (status, answer["detail"]) == (400, json.loads(error))
