"""The roles of a tracker as processes, which can be killed, stopped and restarted; with their logs and metrics."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import aiohttp
import psutil
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from flighttracker.settings import GatewaySettings, write_settings
from tests.servers.process import LOOPBACK

COMMAND: Final = str(Path(sys.executable).with_name("flighttracker"))
ROOT: Final = Path(__file__).parents[2]
STOP_S: Final = 15.0


class Role:
    """One role as a process.

    Args:
        name: of its log.
        command: the program and its arguments.
        folder: where the log is written.

    Attributes:
        command: the program and its arguments; a change takes effect at the next start.
        environment: its environment; None for that of the test.
    """

    def __init__(self, name: str, command: list[str], folder: Path) -> None:
        self.command = [*command, "--log-level", "info"]
        self.environment: Mapping[str, str] | None = None
        self._file = folder / f"{name}.log"
        self._marked_bytes = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, without waiting until it is ready."""
        with self._file.open("ab") as log:
            self.process = subprocess.Popen(self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def kill(self) -> None:
        """Kill it (SIGKILL)."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self) -> int | None:
        """Stop it (SIGTERM); returns its exit code."""
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
    def pid(self) -> int | None:
        """Process id, None while it does not run."""
        return None if self.process is None or self.process.poll() is not None else self.process.pid

    @property
    def resident_bytes(self) -> int:
        """Memory of the process."""
        assert self.process is not None
        return int(psutil.Process(self.process.pid).memory_info().rss)

    @property
    def log(self) -> str:
        """Its log since `mark_log`."""
        return self._file.read_bytes()[self._marked_bytes :].decode(errors="replace") if self._file.exists() else ""

    def mark_log(self) -> None:
        """Start a new section of the log."""
        self._marked_bytes = self._file.stat().st_size if self._file.exists() else 0


class Gateway(Role):
    """A gateway process.

    Attributes:
        port: where it listens.
        url: the same as an address.
    """

    def __init__(self, number: int, settings: GatewaySettings, folder: Path) -> None:
        config = folder / f"gateway-{number}.json"
        config.write_bytes(write_settings(settings))
        super().__init__(f"gateway-{number}", [COMMAND, "gateway", "--config", str(config)], folder)
        self.port = settings.port
        self.url = f"http://{LOOPBACK}:{settings.port}"

    async def ready(self) -> dict[str, Any]:
        """Return the answer of `/ready`."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/ready") as answer:
            said: dict[str, Any] = await answer.json()
            return said

    async def shards(self) -> list[str]:
        """Return the shards whose records it reads."""
        return [sample.labels["shard"] for sample in await self._samples("flights_kafka_lag")]

    async def metric(self, name: str, **labels: str) -> float:
        """Return a metric, summed over the labels that are not named."""
        return sum(sample.value for sample in await self._samples(name) if labels.items() <= sample.labels.items())

    async def _samples(self, name: str) -> list[Sample]:
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/metrics") as answer:
            families = list(text_string_to_metric_families(await answer.text()))
        return [sample for family in families for sample in family.samples if sample.name == name]
