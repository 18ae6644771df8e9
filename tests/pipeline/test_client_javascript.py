"""`@flighttracker/client` as it is packed, in Node.js, against a real gateway: positions as in Python, and errors."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from scripts.npm_package import CLIENT, check, pack

from flighttracker.client import fetch_flights
from flighttracker.flight import FlightPosition
from flighttracker.settings import GatewaySettings
from tests.example_flights import position
from tests.faults.link import Link
from tests.gateway_server import WAIT_S, RunningGateway, running_gateway
from tests.servers.process import free_port
from tests.token_issuer import secret_settings, token

EXAMPLE = Path(__file__).parents[2] / "examples/clients/follow.mjs"
TYPESCRIPT = CLIENT.parent / "node_modules/typescript/bin/tsc"
NODE = "node"

PRINTS_UPDATES = """
import { connect } from "@flighttracker/client";
const [url, { tokens, ...options }] = JSON.parse(process.argv[2]);
if (tokens) options.token = async () => tokens.shift();
try {
  const client = await connect(url, options);
  for await (const { changed, removed, gap, lost, timeMs } of client) {
    const [complete, count] = [client.isComplete, client.flights.size];
    console.log(JSON.stringify({ changed, removed, gap, lost, timeMs, complete, count }));
  }
} catch (error) {
  console.log(JSON.stringify({ error: error.kind ?? String(error), message: error.message }));
}
"""


@pytest.fixture(scope="module", name="installed")
def folder_with_the_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that has the packed package, two scripts, and nothing else."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("installed")
    check(pack(tmp_path_factory.mktemp("packed")), folder)
    (folder / "updates.mjs").write_text(PRINTS_UPDATES, encoding="utf-8")
    shutil.copy(EXAMPLE, folder)
    return folder


class Updates:
    """What the client in Node.js prints, a line for each update."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def following(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        async with asyncio.timeout(WAIT_S):
            line = await self._process.stdout.readline()
        assert line, "the program ended"
        update: dict[str, Any] = json.loads(line)
        return update


async def websocket_flags() -> list[str]:
    """Node.js 20 has a WebSocket only with a flag."""
    process = await asyncio.create_subprocess_exec(NODE, "-p", "typeof WebSocket", stdout=PIPE)
    answer, _ = await process.communicate()
    return [] if answer.strip() == b"function" else ["--no-warnings", "--experimental-websocket"]


@asynccontextmanager
async def updates(installed: Path, url: str, **options: Any) -> AsyncIterator[Updates]:
    """Follow a gateway in Node.js."""
    arguments = [*await websocket_flags(), "updates.mjs", json.dumps([url, options])]
    process = await asyncio.create_subprocess_exec(NODE, *arguments, cwd=installed, stdout=PIPE, limit=2**24)
    try:
        yield Updates(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def at(running: RunningGateway, icao24: str = "3c6444", **changes: Any) -> FlightPosition:
    time_ms = running.clock.now_ms() + 1000
    return position(icao24=icao24, position_time=time_ms, last_contact=time_ms, **changes)


def snake(flight: dict[str, Any]) -> dict[str, Any]:
    return {
        re.sub(r"(?<=[a-z])([A-Z])", lambda found: "_" + found[1].lower(), name): value
        for name, value in flight.items()
    }


async def test_the_positions_are_those_of_the_client_in_python(installed: Path) -> None:
    async with running_gateway() as running:
        unknown = {"baro_altitude_m": None, "ground_speed_mps": None, "track_deg": None, "squawk": ""}
        await running.tick(
            at(running, baro_altitude_m=10_668.0, geo_altitude_m=10_850.0, vertical_rate_mps=-6.2, category="heavy"),
            at(running, "000001", **unknown),
            at(running, "000002", on_ground=True, status="taxiing", operator="Ærø", longitude_deg=-180.0),
        )
        expected = {flight.icao24: msgspec.to_builtins(flight) for flight in await fetch_flights(running.url)}
        async with updates(installed, running.url) as node:
            first = await node.following()
            assert (first["complete"], first["timeMs"]) == (True, running.clock.now_ms())
            assert {flight["icao24"]: snake(flight) for flight in first["changed"]} == expected
            await running.tick(at(running, latitude_deg=51.0))
            second = await node.following()
            assert [(flight["icao24"], flight["latitudeDeg"]) for flight in second["changed"]] == [("3c6444", 51.0)]


async def test_a_box_has_only_its_aircraft_and_a_loss_in_it_is_no_gap(installed: Path) -> None:
    async with running_gateway() as running:
        link = Link(int(running.url.rpartition(":")[2]))
        task = asyncio.create_task(link.run())
        await running.tick(at(running, latitude_deg=50.0, longitude_deg=8.0), at(running, "000001", latitude_deg=-33.0))
        async with updates(installed, f"http://127.0.0.1:{link.port}", box=[5.5, 47, 15.5, 55]) as node:
            first = await node.following()
            assert [flight["icao24"] for flight in first["changed"]] == ["3c6444"]
            link.cut()
            assert (await node.following())["lost"] != ""
            for _ in range(2):
                await running.tick(at(running, latitude_deg=50.5, longitude_deg=8.0))
            link.restore()
            update = await node.following()
            assert (update["lost"], update["gap"]) == ("", None)
            assert [flight["latitudeDeg"] for flight in update["changed"]] == [50.5]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_token_and_what_is_wrong_without_one(installed: Path, tmp_path: Path) -> None:
    async with running_gateway(GatewaySettings(auth=secret_settings(tmp_path))) as running:
        await running.tick(at(running))
        async with updates(installed, running.url, token=token()) as node:
            assert (await node.following())["count"] == 1
        async with updates(installed, running.url) as node:
            assert (await node.following())["error"] == "token"
        async with updates(installed, running.url, token="no token") as node:
            assert await node.following() == {"error": "token", "message": "the token is not a JWT"}


async def test_another_token_is_used_when_the_first_one_is_revoked(installed: Path, tmp_path: Path) -> None:
    tokens = [token(jti="token-1"), token(jti="token-2")]
    async with running_gateway(GatewaySettings(auth=secret_settings(tmp_path))) as running:
        await running.tick(at(running))
        async with updates(installed, running.url, tokens=tokens) as node:
            assert (await node.following())["count"] == 1
            await running.gateway.auth.revoke("token-1")
            await running.gateway.auth.look()
            assert "revoked" in (await node.following())["lost"]
            while running.gateway.admission.connections == 0:
                await asyncio.sleep(0.01)
            await running.tick(at(running, latitude_deg=51.0))
            update = await node.following()
            assert (update["lost"], update["changed"][0]["latitudeDeg"]) == ("", 51.0)


async def test_a_gateway_below_a_path_is_found_at_the_address_of_its_page(installed: Path) -> None:
    async with running_gateway(GatewaySettings(base_path="/maps/north")) as running:
        await running.tick(at(running))
        async with updates(installed, f"{running.url}/maps/north/") as node:
            assert (await node.following())["count"] == 1


async def test_wrong_addresses_say_what_is_wrong(installed: Path) -> None:
    async with updates(installed, f"http://127.0.0.1:{free_port()}") as node:
        answer = await node.following()
        assert answer["error"] == "unavailable"
        assert answer["message"].startswith("no gateway answers at http://127.0.0.1:")
    async with running_gateway() as running, updates(installed, f"{running.url}/elsewhere") as node:
        assert (await node.following())["error"] == "address"


async def test_the_example_prints_aircraft(installed: Path) -> None:
    async with running_gateway() as running:
        await running.tick(at(running), at(running, "000001"))
        process = await asyncio.create_subprocess_exec(
            NODE,
            *await websocket_flags(),
            EXAMPLE.name,
            running.url,
            cwd=installed,
            env={"PATH": str(Path(shutil.which(NODE) or "").parent), "UPDATES": "1"},
            stdout=PIPE,
        )
        answer, _ = await process.communicate()
        assert re.fullmatch(rb"local: 2 aircraft, 2 moved, \w+ is highest\n", answer)
        assert process.returncode == 0


async def test_typescript_reads_the_types_of_the_package(installed: Path) -> None:
    """With the strict options and without `skipLibCheck`, so that each of its declarations is checked."""
    (installed / "typed.ts").write_text(
        'import { connect, type Flight } from "@flighttracker/client";\n'
        'const client = await connect("http://localhost:8000", { box: [5, 47, 15, 55], token: async () => "a.b.c" });\n'
        "for await (const update of client) {\n"
        "  const first: Flight | undefined = update.changed[0];\n"
        "  const altitude: number | null | undefined = first?.baroAltitudeM;\n"
        "  // @ts-expect-error: a position cannot be changed\n"
        "  if (first) first.latitudeDeg = altitude ?? 0;\n"
        "}\n",
        encoding="utf-8",
    )
    options = {"strict": True, "noEmit": True, "module": "nodenext", "target": "es2022", "types": []}
    options["lib"] = ["es2022", "dom", "dom.iterable"]
    (installed / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": ["typed.ts"]}))
    process = await asyncio.create_subprocess_exec(NODE, str(TYPESCRIPT), "-p", ".", cwd=installed, stdout=PIPE)
    answer, _ = await process.communicate()
    assert (process.returncode, answer.decode()) == (0, "")
