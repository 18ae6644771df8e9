"""A real Prometheus scrapes a running tracker: its alerts are quiet, and fire by faults of processes.

The alerts whose faults take hours or a cluster are tested with promtool only, in `tests/monitoring`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
import redis.asyncio
from aiohttp import web

from tests.faults.roles import COMMAND, Role
from tests.faults.stack import Stack
from tests.faults.viewer import Watching
from tests.servers.process import LOOPBACK, free_port
from tests.servers.prometheus_server import PrometheusServer

pytest_plugins = ["tests.faults.shared_stack"]

TRACKER: Final = """
apiVersion: flighttracker.io/v1alpha1
kind: FlightTracker
metadata: {{name: small}}
spec:
  source: {{readsb: {{url: "{url}/aircraft.json", intervalSeconds: 1}}}}
  aircraftTable: {{url: "{url}/table.csv", intervalSeconds: 60}}
  gateway: {{timeToLiveSeconds: 60}}
"""
TABLE: Final = "icao24,registration,typecode,operator\n" + "3c6444,D-AIBD,A319,Lufthansa\n"
AIRCRAFT: Final = 30
QUIET_S: Final = 5.0
FIRES_S: Final = 30.0
STARTS_S: Final = 40.0
OPERATOR: Final = frozenset({"FlightTrackerOperatorGone"})
"""There is none here."""


class Receiver:
    """A receiver's web server, and one for the table of aircraft.

    Attributes:
        late_s: age of the positions that it sends, seconds.
        has_table: whether the table can be read.
        fails: whether it answers every request with an error.
        stopped_s: time since which its answers are the same; None while they change.
    """

    def __init__(self) -> None:
        self.late_s = 0.0
        self.has_table = True
        self.fails = False
        self.stopped_s: float | None = None
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/table.csv":
            return web.Response(text=TABLE, status=200 if self.has_table else 404)
        if self.fails:
            return web.Response(status=500)
        now_s = self.stopped_s or time.time()
        aircraft = [
            {"hex": f"3c{number:04x}", "lat": 50 + (now_s % 60) / 600, "lon": 8.0, "alt_baro": 30_000, "gs": 400,
             "track": 0, "seen_pos": self.late_s, "seen": self.late_s}
            for number in range(AIRCRAFT)
        ]  # fmt: skip
        return web.json_response({"now": now_s, "messages": int(now_s * 10), "aircraft": aircraft})


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    application = web.Application()
    application.router.add_get("/{path:.*}", made.answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, 0).start()
    made.url = f"http://{LOOPBACK}:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        await runner.cleanup()


@pytest.mark.asyncio(loop_scope="session")
async def test_alerts_of_one_process_fire_by_its_faults_and_end_with_them(tmp_path: Path) -> None:
    port = free_port()
    async with receiver() as source:
        file = tmp_path / "small.yaml"
        file.write_text(TRACKER.format(url=source.url), encoding="utf-8")
        local = Role("local", [COMMAND, "local", str(file), "--port", str(port)], tmp_path)
        prometheus = PrometheusServer(tmp_path, [f"{LOOPBACK}:{port}"])
        viewer = Watching(f"http://{LOOPBACK}:{port}")
        watching = asyncio.create_task(viewer.run())
        try:
            local.start()
            await asyncio.to_thread(prometheus.start)
            await prometheus.until_quiet(STARTS_S, OPERATOR)
            await asyncio.sleep(QUIET_S)
            assert await asyncio.to_thread(prometheus.firing) <= OPERATOR, "a tracker that works"
            assert viewer.is_connected

            source.late_s = 20.0
            await prometheus.until(firing={"FlightTrackerSlowMap"}, within_s=FIRES_S)
            source.late_s = 0.0

            source.fails = True
            fired = {"FlightTrackerSourceUnavailable", "FlightTrackerNoPositions", "FlightTrackerNoUpdates"}
            await prometheus.until(firing=fired, within_s=FIRES_S)
            await prometheus.until(firing={"FlightTrackerStaleShards"}, within_s=FIRES_S)
            source.fails = False
            await prometheus.until_quiet(FIRES_S, OPERATOR)

            local.kill()
            gone = {"FlightTrackerGeneratorsGone", "FlightTrackerGatewaysGone"}
            await prometheus.until(firing=gone, within_s=FIRES_S)

            source.has_table = False
            local.start()
            await prometheus.until(firing={"FlightTrackerAircraftTableOld"}, within_s=STARTS_S)
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            local.kill()
            prometheus.stop()


@pytest.mark.asyncio(loop_scope="session")
async def test_alerts_about_redis_and_rejected_records_fire_on_real_servers(stack: Stack, tmp_path: Path) -> None:
    targets = [gateway.url.removeprefix("http://") for gateway in stack.gateways]
    prometheus = PrometheusServer(tmp_path, targets)
    # This Prometheus scrapes no generator, and the disk of this machine may be nearly full.
    ignored = OPERATOR | {
        "FlightTrackerGeneratorsGone",
        "FlightTrackerVolumeNearlyFull",
        "FlightTrackerVolumeFull",
    }
    try:
        await asyncio.to_thread(prometheus.start)
        await prometheus.until_quiet(STARTS_S, ignored)
        await asyncio.sleep(QUIET_S)
        assert await asyncio.to_thread(prometheus.firing) <= ignored, "a tracker that works"
        for metric in ("flights_kafka_volume_free_bytes", "flights_redis_memory_bytes > 0"):
            assert len(await asyncio.to_thread(prometheus.query, metric)) == len(targets)

        stack.clock_offset.write_text("600")
        await prometheus.until(firing={"FlightTrackerRecordsRefused"}, within_s=FIRES_S)
        stack.clock_offset.write_text("0")

        stack.redis.kill()
        await prometheus.until(firing={"FlightTrackerNotSharing"}, within_s=FIRES_S)
        await asyncio.to_thread(stack.redis.start)
        await stack.moves_on()
        await prometheus.until_quiet(STARTS_S, ignored)

        client = redis.asyncio.Redis.from_url(stack.redis.url)
        used = int((await client.info("memory"))["used_memory"])
        await client.config_set("maxmemory-policy", "volatile-ttl")
        await client.config_set("maxmemory", str(used))
        await prometheus.until(firing={"FlightTrackerRedisEvicts"}, within_s=45.0)
        await client.config_set("maxmemory", "0")
        await client.aclose()
    finally:
        prometheus.stop()
    await stack.moves_on()
