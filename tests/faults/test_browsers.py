"""Two browsers on two gateways show the same picture while one of the gateways is killed and comes back.

Each browser has its own address, a proxy to its gateway, or to the other one while that is unavailable, as with an
ingress. The aircraft that the pages draw are compared one by one. If `PICTURES_DIRECTORY` is set, screenshots of both
pages are written there.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from tests.faults.link import Link
from tests.faults.roles import ROOT
from tests.faults.stack import AIRCRAFT, CONVERGED_S, Stack
from tests.servers.process import LOOPBACK

pytest_plugins = ["tests.faults.shared_stack"]
pytestmark = pytest.mark.asyncio(loop_scope="session")

SCRIPT = Path(__file__).with_name("two_browsers.mjs")
SCENARIO_S = 300.0


def chromium_or_skip() -> str:
    """Return Chromium's path; skip and say what is missing."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    built = (ROOT / "web/out/index.html").is_file() and (ROOT / "web/node_modules/playwright-core").is_dir()
    if chromium is None or shutil.which("node") is None or not built:
        pytest.skip("missing: Chromium (or CHROMIUM=path), Node.js, or the built page (make web)")
    return chromium


async def test_two_browsers_show_the_same_while_a_gateway_is_killed_and_comes_back(
    stack: Stack, tmp_path: Path
) -> None:
    chromium = chromium_or_skip()
    lost, other = stack.gateways
    fronts = [Link(lost.port, other.port), Link(other.port, lost.port)]
    running = [asyncio.create_task(front.run()) for front in fronts]
    pictures = os.environ.get("PICTURES_DIRECTORY") or str(tmp_path)
    environment = {
        **os.environ,
        "CHROMIUM": chromium,
        "AIRCRAFT": str(AIRCRAFT),
        "PICTURES_DIRECTORY": pictures,
        "ONE_URL": f"http://{LOOPBACK}:{fronts[0].port}/",
        "OTHER_URL": f"http://{LOOPBACK}:{fronts[1].port}/",
    }
    node = await asyncio.create_subprocess_exec(
        "node",
        str(SCRIPT),
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert node.stdin is not None
    assert node.stdout is not None
    printed = ""
    actions = {"please kill": lost.kill, "please start": lost.start}
    try:
        async with asyncio.timeout(SCENARIO_S):
            async for line in node.stdout:
                said = line.decode()
                printed += said
                if action := actions.get(said.strip()):
                    action()
                    node.stdin.write(b"done\n")
            code = await node.wait()
    finally:
        if node.returncode is None:
            node.kill()
            await node.wait()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        print(printed)
    assert code == 0, printed
    await stack.until("the viewer is back", lambda: stack.watch(lost).is_connected, CONVERGED_S)
    await stack.moves_on()
