"""A whole tracker as processes on real servers; what its viewers show is continuously compared with the log.

`Stack` starts its own Kafka, Redis and registry (tests may kill them), a generator and gateways with the settings of
pods, a link from each gateway to Redis, and a viewer of each gateway. Starting takes most of a test's time, so tests
share a stack; `settled` checks that the next test can use it.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import psutil
import pytest

from flighttracker.settings import (
    GatewaySettings,
    GeneratorSettings,
    KafkaSettings,
    LimitSettings,
    RedisSettings,
    RegistrySettings,
    ServerSettings,
    SimulatedSource,
    write_settings,
)
from tests.faults.link import Link
from tests.faults.roles import ROOT, Gateway, Role
from tests.faults.truth import Judge, Truth
from tests.faults.viewer import Watching
from tests.servers.certificates import make_certificates
from tests.servers.kafka_server import KafkaServer
from tests.servers.process import LOOPBACK, free_port
from tests.servers.redis_server import PASSWORD, RedisServer
from tests.servers.registry_server import RegistryServer

PAGE: Final = ROOT / "web/out"
AIRCRAFT: Final = 1_000
SHARDS: Final = 4
TIME_TO_LIVE_S: Final = 120.0
SESSION_TIMEOUT_S: Final = 6.0
SILENCE_S: Final = 5.0
TOLD_S: Final = SILENCE_S + 10.0
"""How long an aircraft may stand still before it must be marked stale; a frozen Redis delays the mark for seconds."""
START_S: Final = 90.0
CONVERGED_S: Final = 45.0
"""Longest time to recover on two busy cores, including a session timeout and a rebalance."""
LOG_CHARACTERS: Final = 3_000
MOST_GROWTH_BYTES: Final = 48 * 2**20
"""How much memory a process that survived a fault may grow by: slack of the allocator."""


class Stack:
    """The whole tracker; see the module."""

    def __init__(self, folder: Path, gateways: int) -> None:
        certificates = make_certificates(folder)
        self.kafka = KafkaServer(_made(folder / "kafka"), certificates, lost_after_s=5.0)
        self.redis = RedisServer(_made(folder / "redis"), certificates)
        self.registry = RegistryServer(_made(folder / "registry"))
        self.servers = ServerSettings(
            kafka=KafkaSettings(
                bootstrap_servers=self.kafka.bootstrap_servers,
                partitions=SHARDS,
                session_timeout_s=SESSION_TIMEOUT_S,
                request_timeout_s=5.0,
            ),
            redis=RedisSettings(url=self.redis.url, prefix="flights:faults"),
            registry=RegistrySettings(url=self.registry.url),
        )
        generator = folder / "generator.json"
        generator.write_bytes(
            write_settings(
                GeneratorSettings(
                    sources=(SimulatedSource(aircraft=AIRCRAFT, interval_s=1.0),), metrics_port=0, servers=self.servers
                )
            )
        )
        self.clock_offset = folder / "clock_offset_s"
        self.clock_offset.write_text("0")
        clock = [sys.executable, "-m", "tests.faults.skewed", str(self.clock_offset)]
        self.generator = Role("generator", [*clock, "generator", "--config", str(generator)], folder)
        self.links = [Link(self.redis.port) for _ in range(gateways)]
        self.gateways = [
            Gateway(number, self._gateway_settings(link), folder) for number, link in enumerate(self.links)
        ]
        self.truth = Truth()
        self.viewers = [Watching(gateway.url) for gateway in self.gateways]
        self.judge = Judge(self.truth, self.viewers, TOLD_S)
        self.shards = SHARDS
        self._resident_bytes: dict[int, int] = {}

    def _gateway_settings(self, link: Link) -> GatewaySettings:
        redis = RedisSettings(url=f"redis://:{PASSWORD}@{LOOPBACK}:{link.port}/0", prefix="flights:faults")
        return GatewaySettings(
            port=free_port(),
            key_frame_interval_s=5.0,
            stale_after_silence_s=SILENCE_S,
            time_to_live_s=TIME_TO_LIVE_S,
            drain_s=1.0,
            # A thousand viewers connect from one address.
            limits=LimitSettings(max_connects_per_address_per_s=500),
            page_directory=str(PAGE) if (PAGE / "index.html").is_file() else "",
            servers=ServerSettings(kafka=self.servers.kafka, redis=redis, registry=self.servers.registry),
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run everything inside the context, which is entered once all viewers show the log's positions."""
        async with AsyncExitStack() as stack:
            servers = (self.kafka, self.redis, self.registry)
            for server in servers:
                stack.callback(server.stop)
            await asyncio.gather(*(asyncio.to_thread(server.start) for server in servers))
            for role in (self.generator, *self.gateways):
                stack.callback(role.kill)
                role.start()
            running: list[Coroutine[Any, Any, None]] = [link.run() for link in self.links]
            assert self.servers.registry is not None
            running += [self.truth.follow(self.servers.kafka, self.servers.registry)]
            running += [viewer.run() for viewer in self.viewers]
            tasks = [asyncio.create_task(each) for each in running]
            stack.push_async_callback(_cancel, tasks)
            await self.until("everybody shows the truth", self.agrees, START_S)
            tasks.append(asyncio.create_task(self.judge.run()))
            yield

    def begin(self) -> None:
        """Reset the counts for the next test."""
        for viewer in self.viewers:
            viewer.forget_counts()
        for role in (self.generator, *self.gateways):
            role.mark_log()
        self._resident_bytes = self._measured()

    async def settled(self) -> None:
        """Fail unless all roles run, all viewers show the log's positions and are not stale, no viewer has shown
        anything else, and no surviving process has grown."""
        assert all(role.pid for role in (self.generator, *self.gateways)), "a test ends with every role running"
        assert all(link.is_whole for link in self.links), "a test ends with every link whole"
        await self.until("everybody shows the truth", self.agrees, CONVERGED_S)
        await self.until("nobody is stale", lambda: not any(viewer.is_stale for viewer in self.viewers), CONVERGED_S)
        await self.until("everybody shares", self.share, CONVERGED_S)
        await self.until("no viewer showed what the log never said", lambda: not self.judge.wrong(), 10.0)
        bad = [*self.judge.frozen, *(fault for viewer in self.viewers for fault in viewer.faults)]
        assert not bad, f"{bad[:3]}\n{self._logs()}"
        for pid, now in self._measured().items():
            grown = now - self._resident_bytes.get(pid, now)
            assert grown < MOST_GROWTH_BYTES, f"{psutil.Process(pid).cmdline()} grew by {grown / 2**20:.0f} MB"

    def _measured(self) -> dict[int, int]:
        pids = [self.redis.pid, *(role.pid for role in (self.generator, *self.gateways) if role.pid)]
        return {pid: psutil.Process(pid).memory_info().rss for pid in pids}

    def watch(self, gateway: Gateway) -> Watching:
        """Return the viewer of a gateway."""
        return self.viewers[self.gateways.index(gateway)]

    def link(self, gateway: Gateway) -> Link:
        """Return a gateway's link to Redis."""
        return self.links[self.gateways.index(gateway)]

    async def moves_on(self) -> None:
        """Wait until all viewers show the log's positions, and still do two seconds later."""
        await self.until("everybody shows the truth again", self.agrees, CONVERGED_S)
        await asyncio.sleep(2)
        await self.until("every viewer still shows it", self.agrees, CONVERGED_S)

    def nobody_went_back(self) -> None:
        """Fail if a viewer saw an aircraft move back in time."""
        jumps = [jump for viewer in self.viewers for jump in viewer.jumps_back]
        if jumps:
            pytest.fail(f"{len(jumps)} aircraft went back: {jumps[0]} ... {jumps[-1]}\n{self._logs()}")

    async def share(self) -> bool:
        """Whether every gateway reports that it shares with the others."""
        return all([(await gateway.ready())["is_sharing"] for gateway in self.gateways])

    def agrees(self) -> bool:
        """Whether every connected viewer shows a recent position of every aircraft in the log."""
        connected = [viewer for viewer in self.viewers if viewer.is_connected]
        return bool(connected) and all(self.why_not(viewer) is None for viewer in connected)

    def why_not(self, viewer: Watching, *, within_ms: int = 3_000) -> str | None:
        """Return why a viewer does not show the log's positions; None if it does."""
        shown = viewer.shown()
        addresses = {icao24 for icao24, _ in shown}
        if len(self.truth.positions) < AIRCRAFT:
            return f"the log has {len(self.truth.positions)} aircraft"
        if missing := self.truth.positions.keys() - addresses:
            return f"{len(missing)} aircraft are not shown, {min(missing)} among them"
        newest_ms = max(self.truth.newest_ms(icao24) for icao24 in self.truth.positions)
        if newest_ms < time.time() * 1000 - within_ms:
            return f"the log is {time.time() * 1000 - newest_ms:.0f} ms old"
        late = [icao24 for icao24, (time_ms, *_) in shown if time_ms < newest_ms - within_ms]
        if late:
            return f"{len(late)} aircraft are late, {late[0]} among them"
        twice = len(shown) - len(addresses)
        return f"{twice} aircraft are shown twice" if twice else None

    def _logs(self) -> str:
        return "\n".join(role.log[-LOG_CHARACTERS:] for role in (self.generator, *self.gateways))

    async def until(self, what: str, reached: Callable[[], bool | Awaitable[bool]], within_s: float) -> float:
        """Wait for a condition; returns how long it took, seconds."""
        began_s = time.monotonic()
        while not await _answer(reached()):
            if time.monotonic() - began_s > within_s:
                whys = [self.why_not(viewer) for viewer in self.viewers]
                wrong = self.judge.wrong()[:3]
                pytest.fail(f"not within {within_s:g} s: {what}; {whys}; wrong: {wrong}\n{self._logs()}")
            await asyncio.sleep(0.1)
        return time.monotonic() - began_s


async def _answer(reached: bool | Awaitable[bool]) -> bool:
    return reached if isinstance(reached, bool) else await reached


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
