"""Generator and gateways of the former release are replaced by those of this one, and no viewer loses an update."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.faults.crowd import watching
from tests.faults.roles import Gateway, Role
from tests.faults.stack import CONVERGED_S, SHARDS, START_S, Stack
from tests.faults.test_rolling_restart import CODES, RESTARTED_S, until_ready
from tests.former_release import former_environment, former_release

VIEWERS: Final = 200
PROGRAM: Final = [sys.executable, "-P", "-c", "from flighttracker_cli.main import main; main()"]
KNOWN_SETTINGS: Final = """
import json, re, sys
import msgspec
from flighttracker import settings
role, file = sys.argv[1:]
known = json.load(open(file))
while True:
    try:
        msgspec.convert(known, getattr(settings, role), strict=False)
        break
    except msgspec.ValidationError as error:
        field, _, path = re.search(r"unknown field `(\\w+)`( - at `\\$(.*)`)?", str(error)).groups()
        part = known
        for name in re.findall(r"\\w+", path or ""):
            part = part[int(name) if name.isdecimal() else name]
        del part[field]
print(json.dumps(known))
"""
"""Prints the settings of a file without those that the release does not know; its operator would not write them."""


def use_former(role: Role, command: str, settings: str, environment: Mapping[str, str]) -> None:
    """Let the next start of a role run the former release, with the settings that it knows."""
    config = Path(role.command[role.command.index("--config") + 1])
    answer = subprocess.run(
        [sys.executable, "-P", "-c", KNOWN_SETTINGS, settings, str(config)],
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    former = config.with_suffix(".former.json")
    former.write_text(answer.stdout, encoding="utf-8")
    role.command = [*PROGRAM, command, "--config", str(former), "--log-level", "info"]
    role.environment = environment


async def test_an_upgrade_from_the_former_release_loses_no_update(tmp_path_factory: pytest.TempPathFactory) -> None:
    environment = former_environment(former_release(tmp_path_factory.mktemp("former")))
    stack = Stack(tmp_path_factory.mktemp("stack"), gateways=3)
    urls = [gateway.url for gateway in stack.gateways]
    roles = (stack.generator, *stack.gateways)
    commands = [role.command for role in roles]
    use_former(stack.generator, "generator", "GeneratorSettings", environment)
    for gateway in stack.gateways:
        use_former(gateway, "gateway", "GatewaySettings", environment)
    async with stack.running(), watching(urls, VIEWERS) as crowd:
        await stack.until("all watch", lambda: all(len(one.seen) == SHARDS for one in crowd), START_S)
        for role, command in zip(roles, commands, strict=True):
            assert await asyncio.to_thread(role.stop) == 0
            role.command, role.environment = command, None
            role.start()
            if isinstance(role, Gateway):
                await until_ready(role)
        before = [one.frames for one in crowd]
        await stack.until(
            "all are at the present again",
            lambda: all(one.frames > was + 2 * SHARDS for one, was in zip(crowd, before, strict=True)),
            RESTARTED_S,
        )
        lost = Counter(lost for one in crowd for lost in one.lost)
        assert lost.most_common(20) == []
        closed = [code for one in crowd for code in one.closed_with.elements()]
        assert set(closed) == CODES, "nobody is cut off without being told"
        await stack.until("everybody shows the truth", stack.agrees, CONVERGED_S)
        stack.nobody_went_back()
