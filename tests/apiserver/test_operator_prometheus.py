"""A real Prometheus scrapes an operator: its alerts are quiet, and fire by faults that they are about."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.apiserver.cluster_view import Cluster
from tests.apiserver.fault_proxy import Fault, FaultProxy
from tests.apiserver.operator_process import USER, OperatorProcess, eventually
from tests.servers.process import LOOPBACK
from tests.servers.prometheus_server import PrometheusServer

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

ROLES: Final = frozenset({"FlightTrackerGeneratorsGone", "FlightTrackerGatewaysGone"})
"""This Prometheus scrapes no generator and no gateway."""
QUIET_S: Final = 8.0
FIRES_S: Final = 40.0


@pytest.mark.usefixtures("kubeconfig")  # grants the rights of the user
async def test_alerts_of_the_operator_fire_by_its_faults_and_end_with_them(cluster: Cluster, tmp_path: Path) -> None:
    with FaultProxy(cluster.server) as proxy:
        config = cluster.server.kubeconfig(USER, url=proxy.url)
        with OperatorProcess(config, tmp_path, cluster.namespace, resync_s=2) as operator:
            await asyncio.to_thread(eventually, lambda: operator.get("/ready")[0] == 200, "the operator is ready")
            prometheus = PrometheusServer(tmp_path, [f"{LOOPBACK}:{operator.port}"])
            try:
                await asyncio.to_thread(prometheus.start)
                await prometheus.until_quiet(FIRES_S, ROLES)
                await asyncio.sleep(QUIET_S)
                assert await asyncio.to_thread(prometheus.firing) <= ROLES, "an operator without a tracker"

                await asyncio.to_thread(cluster.create_tracker)
                await prometheus.until(firing={"FlightTrackerNotReady"}, within_s=FIRES_S)
                await asyncio.to_thread(cluster.complete)
                await asyncio.to_thread(cluster.make_ready)
                await prometheus.until_quiet(FIRES_S, ROLES)

                for code, alert in (403, "LacksRights"), (503, "RequestsFail"):
                    proxy.faults.append(Fault(_is_read, code))
                    await prometheus.until(firing={f"FlightTrackerOperator{alert}"}, within_s=FIRES_S)
                    proxy.faults.clear()
                    await prometheus.until_quiet(FIRES_S, ROLES)

                operator.kill()
                await prometheus.until(firing={"FlightTrackerOperatorGone"}, within_s=FIRES_S)
                assert operator.bugs() == []
            finally:
                prometheus.stop()


def _is_read(method: str, _path: str, query: Mapping[str, str]) -> bool:
    return method == "GET" and "watch" not in query
