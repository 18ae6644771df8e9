"""`flighttracker follow` with a receiver over TCP, whose first batches are empty."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flighttracker.errors import StartError
from flighttracker_cli import follow
from flighttracker_cli.main import cli
from tests import mode_s_bytes as mode_s
from tests.feed_streams import PLACE_DEG, Receiver, running_receiver

BEGINS = mode_s.frame(mode_s.acquisition("4ca1a9"))


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Run a receiver whose aircraft are heard one after the other, the first after the first batch."""

    async def session(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(BEGINS)
        for icao24 in ("4ca1a1", "4ca1a2"):
            await asyncio.sleep(1.2)
            writer.write(mode_s.pair(icao24, PLACE_DEG) + mode_s.frame(mode_s.identification(icao24, "EIN12K")))
        for number in range(40):
            await asyncio.sleep(0.5)
            place_deg = (PLACE_DEG[0] + number / 1000, PLACE_DEG[1])
            writer.write(mode_s.pair("4ca1a2", place_deg))

    async with running_receiver() as made:
        made.sessions = [session]
        yield made


async def run(receiver: Receiver, folder: Path, *arguments: str) -> Result:
    file = folder / "tracker.yaml"
    file.write_text(
        "apiVersion: flighttracker.io/v1alpha1\nkind: FlightTracker\nmetadata: {name: a}\n"
        f"spec: {{source: {{beast: {{connect: '{receiver.address}'}}}}}}\n"
    )
    return await asyncio.to_thread(CliRunner().invoke, cli, ["follow", *arguments, str(file)])


async def test_list_waits_for_the_first_aircraft(receiver: Receiver, tmp_path: Path) -> None:
    result = await run(receiver, tmp_path, "--list")
    assert result.exit_code == 0, result.output
    assert "4ca1a1" in result.output


async def test_aircraft_is_awaited(receiver: Receiver, tmp_path: Path) -> None:
    result = await run(receiver, tmp_path, "4ca1a2")
    assert result.exit_code == 0, result.output
    assert "EIN12K" in result.output


async def test_aircraft_that_is_not_heard_is_reported_with_those_that_are(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "_ANSWER_S", 4.0)
    result = await run(receiver, tmp_path, "abcdef")
    assert isinstance(result.exception, StartError)
    assert str(result.exception).startswith("there is no aircraft abcdef among 2: try 4ca1a1, 4ca1a2")
