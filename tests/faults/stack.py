"""A whole tracker as processes on real servers, watched by viewers whose every picture is compared with the log.

`Stack` starts Kafka, Redis and registry of its own (a test may kill them), a generator and gateways with the settings
that pods get, and a viewer or more on each gateway. `Truth` reads the topic beside them. A viewer never accepts a
position that is not in the log, and `Stack.agrees` says whether everybody shows what the log says now.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import aiohttp
import msgspec
import psutil
import pytest

from flighttracker.avro import PositionCodec, schema_id_of
from flighttracker.bus.base import Records
from flighttracker.bus.servers import KafkaLogs
from flighttracker.errors import BusError, RecordRefusedError
from flighttracker.frame import split_frames
from flighttracker.frame.layout import LATITUDE, LONGITUDE
from flighttracker.frame.quantity import DEGREE
from flighttracker.settings import (
    GatewaySettings,
    GeneratorSettings,
    KafkaSettings,
    RedisSettings,
    RegistrySettings,
    ServerSettings,
    SimulatedSource,
    write_settings,
)
from flighttracker_gateway.picture import Outcome, Picture
from tests.servers.certificates import make_certificates
from tests.servers.kafka_server import KafkaServer
from tests.servers.process import LOOPBACK, free_port
from tests.servers.redis_server import RedisServer
from tests.servers.registry_server import RegistryServer

COMMAND: Final = str(Path(sys.executable).with_name("flighttracker"))
AIRCRAFT: Final = 1_000
SHARDS: Final = 4
SILENCE_S: Final = 5.0
START_S: Final = 60.0
STOP_S: Final = 15.0
LOG_CHARACTERS: Final = 3_000
QUICK_CLOSE: Final = aiohttp.ClientWSTimeout(ws_close=1)
KEPT_POSITIONS: Final = 120
"""Positions that the truth remembers of each aircraft: a viewer that is late may show any of them."""
AGE_RESOLUTION_MS: Final = 150
TOLERANCE_DEG: Final = 2 * DEGREE


class Role:
    """One role as a process that can be killed, frozen and started again."""

    def __init__(self, name: str, arguments: list[str], folder: Path) -> None:
        self._command = [COMMAND, *arguments, "--log-level", "info"]
        self._log = folder / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it need not be ready."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(self._command, stdout=log, stderr=log)

    def kill(self) -> None:
        """End it without a warning."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self) -> int | None:
        """Ask it to end; returns its exit code."""
        if self.process is None:
            return None
        self.process.terminate()
        try:
            return self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        finally:
            self.process = None

    @property
    def resident_bytes(self) -> int:
        """Memory of the process."""
        assert self.process is not None
        return int(psutil.Process(self.process.pid).memory_info().rss)

    @property
    def log(self) -> str:
        """What it said."""
        return self._log.read_text(errors="replace")


class Gateway(Role):
    """A gateway process."""

    def __init__(self, number: int, settings: GatewaySettings, folder: Path) -> None:
        config = folder / f"gateway-{number}.json"
        config.write_bytes(write_settings(settings))
        super().__init__(f"gateway-{number}", ["gateway", "--config", str(config)], folder)
        self.url = f"http://{LOOPBACK}:{settings.port}"


class Truth:
    """What the log says: of each aircraft the last positions, with the moment that they were heard here."""

    def __init__(self) -> None:
        self.positions: dict[str, deque[tuple[int, float, float]]] = {}
        self.records = 0

    async def follow(self, kafka: KafkaSettings) -> None:
        """Read the topic until cancelled, whatever happens to Kafka."""
        codec: PositionCodec | None = None
        while True:
            logs = KafkaLogs(kafka)
            try:
                await logs.open()
                async with logs.positions.read(replay_ms=60_000, alone=True) as events:
                    async for event in events:
                        for record in event.records if isinstance(event, Records) else ():
                            codec = codec or PositionCodec(schema_id_of(record.value))
                            self.take(codec, record.value)
            except BusError:
                await asyncio.sleep(0.2)
            finally:
                await logs.close()

    def take(self, codec: PositionCodec, value: bytes) -> None:
        """Note one record; what is no position is nobody's truth."""
        with suppress(RecordRefusedError):
            position = codec.decode(value)
            kept = self.positions.setdefault(position.icao24, deque(maxlen=KEPT_POSITIONS))
            if position.latitude_deg is None or position.longitude_deg is None:
                return
            if not kept or position.position_time > kept[-1][0]:
                kept.append((position.position_time, position.latitude_deg, position.longitude_deg))
                self.records += 1

    def newest_ms(self, icao24: str) -> int:
        """Return the time of an aircraft's newest position."""
        return self.positions[icao24][-1][0]

    def holds(self, icao24: str, time_ms: int, latitude_deg: float, longitude_deg: float) -> bool:
        """Whether an aircraft was there then."""
        return any(
            abs(kept_ms - time_ms) <= AGE_RESOLUTION_MS
            and abs(latitude - latitude_deg) <= TOLERANCE_DEG
            and abs(longitude - longitude_deg) <= TOLERANCE_DEG
            for kept_ms, latitude, longitude in reversed(self.positions.get(icao24, ()))
        )


class Watching:
    """A browser's part: connects, connects again when it is cut off, follows frames and notes staleness."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.picture = Picture()
        self.is_connected = False
        self.is_stale = False
        self.connects = 0
        self.jumps_back = 0
        self.closed_with: list[int | None] = []
        self._newest: dict[int, int] = {}

    @property
    def cursor(self) -> str:
        """What this viewer has."""
        return ",".join(f"{number}.{shard.epoch}.{shard.sequence}" for number, shard in self.picture.shards.items())

    async def run(self) -> None:
        """Watch until cancelled."""
        async with aiohttp.ClientSession() as session:
            while True:
                with suppress(aiohttp.ClientError, OSError, TimeoutError):
                    query = f"?since={self.cursor}" if self.picture.shards else ""
                    async with session.ws_connect(
                        f"{self.url}/ws{query}", protocols=("flights.v1",), max_msg_size=0, timeout=QUICK_CLOSE
                    ) as socket:
                        self.connects += 1
                        self.is_connected = True
                        async for message in socket:
                            self._take(message)
                        self.closed_with.append(socket.close_code)
                self.is_connected = False
                await asyncio.sleep(0.3)

    def _take(self, message: aiohttp.WSMessage) -> None:
        if message.type is aiohttp.WSMsgType.TEXT:
            said = msgspec.json.decode(message.data)
            if said["type"] == "state":
                self.is_stale = bool(said["stale_shards"])
        elif message.type is aiohttp.WSMsgType.BINARY:
            for frame in split_frames(message.data):
                if self.picture.apply(frame) is Outcome.GAP:
                    raise AssertionError("a gateway sent a gap to its viewer")
            self._look()

    def _look(self) -> None:
        for shard in self.picture.shards.values():
            for address, slot in shard.slot_of.items():
                time_ms = int(shard.table.position_time_ms[slot])
                before_ms = self._newest.get(address, 0)
                if time_ms < before_ms - AGE_RESOLUTION_MS:
                    self.jumps_back += 1
                self._newest[address] = max(time_ms, before_ms)

    def shown(self) -> dict[str, tuple[int, float, float]]:
        """Return time, latitude and longitude of every aircraft that is shown."""
        return {
            f"{address:06x}": (
                int(shard.table.position_time_ms[slot]),
                float(shard.table.dynamic[LATITUDE, slot]) * DEGREE,
                float(shard.table.dynamic[LONGITUDE, slot]) * DEGREE,
            )
            for shard in self.picture.shards.values()
            for address, slot in shard.slot_of.items()
        }


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
                session_timeout_s=6.0,
                request_timeout_s=5.0,
            ),
            redis=RedisSettings(url=self.redis.url, prefix="flights:faults", request_timeout_s=1.0),
            registry=RegistrySettings(url=self.registry.url),
        )
        generator = folder / "generator.json"
        generator.write_bytes(
            write_settings(
                GeneratorSettings(
                    source=SimulatedSource(aircraft=AIRCRAFT, interval_s=1.0), metrics_port=0, servers=self.servers
                )
            )
        )
        self.generator = Role("generator", ["generator", "--config", str(generator)], folder)
        self.gateways = [
            Gateway(
                number,
                GatewaySettings(
                    port=free_port(),
                    key_frame_interval_s=5.0,
                    stale_after_silence_s=SILENCE_S,
                    time_to_live_s=120.0,
                    drain_s=1.0,
                    servers=self.servers,
                ),
                folder,
            )
            for number in range(gateways)
        ]
        self.truth = Truth()
        self.viewers = [Watching(gateway.url) for gateway in self.gateways]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run everything while the context lasts, from the moment that everybody shows the truth."""
        async with AsyncExitStack() as stack:
            for server in (self.kafka, self.redis, self.registry):
                stack.callback(server.stop)
                await asyncio.to_thread(server.start)
            for role in (self.generator, *self.gateways):
                stack.callback(role.kill)
                role.start()
            tasks = [asyncio.create_task(self.truth.follow(self.servers.kafka))]
            tasks += [asyncio.create_task(viewer.run()) for viewer in self.viewers]
            stack.push_async_callback(_cancel, tasks)
            await self.until("everybody shows the truth", self.agrees, START_S)
            yield

    def watch(self, gateway: Gateway) -> Watching:
        """Return the viewer of a gateway."""
        return self.viewers[self.gateways.index(gateway)]

    def agrees(self) -> bool:
        """Whether every connected viewer shows every aircraft of the log as it was within the last seconds."""
        return all(self.why_not(viewer) is None for viewer in self.viewers if viewer.is_connected) and any(
            viewer.is_connected for viewer in self.viewers
        )

    def why_not(self, viewer: Watching, *, within_ms: int = 3_000) -> str | None:
        """Return why a viewer does not show what the log says now, None when it does."""
        shown = viewer.shown()
        if len(self.truth.positions) < AIRCRAFT:
            return f"the log has {len(self.truth.positions)} aircraft"
        if missing := self.truth.positions.keys() - shown.keys():
            return f"{len(missing)} aircraft are not shown, {min(missing)} among them"
        newest_ms = max(self.truth.newest_ms(icao24) for icao24 in shown if icao24 in self.truth.positions)
        if newest_ms < time.time() * 1000 - within_ms:
            return f"the log is {time.time() * 1000 - newest_ms:.0f} ms old"
        late = [icao24 for icao24, (time_ms, *_) in shown.items() if time_ms < self.truth.newest_ms(icao24) - within_ms]
        return f"{len(late)} aircraft are late, {late[0]} among them" if late else None

    def wrong(self) -> list[str]:
        """Return what viewers show that the log never said; empty when every position is a true one."""
        return [
            f"{icao24} at {shown}"
            for viewer in self.viewers
            for icao24, shown in viewer.shown().items()
            if shown[0] > self._oldest_ms(icao24) and not self.truth.holds(icao24, *shown)
        ]

    def _oldest_ms(self, icao24: str) -> int:
        kept = self.truth.positions.get(icao24)
        return kept[0][0] if kept else 2**63

    async def until(self, what: str, reached: Callable[[], bool], within_s: float) -> float:
        """Wait for something; returns how long it took, seconds."""
        began_s = time.monotonic()
        while not reached():
            if time.monotonic() - began_s > within_s:
                whys = [self.why_not(viewer) for viewer in self.viewers]
                logs = "\n".join(role.log[-LOG_CHARACTERS:] for role in (self.generator, *self.gateways))
                pytest.fail(f"not within {within_s:g} s: {what}; {whys}; wrong: {self.wrong()[:3]}\n{logs}")
            await asyncio.sleep(0.1)
        return time.monotonic() - began_s


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
