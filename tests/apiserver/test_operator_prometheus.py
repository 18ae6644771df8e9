"""A real Prometheus scrapes an operator: each of its alerts is quiet, fires by the fault that it is about, and ends."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.apiserver.cluster_view import EXPECTED, Cluster
from tests.apiserver.controllers import controllers
from tests.apiserver.fault_proxy import Fault, FaultProxy
from tests.apiserver.operator_process import USER, OperatorProcess, eventually
from tests.servers.process import LOOPBACK
from tests.servers.prometheus_server import PrometheusServer

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

ROLES: Final = frozenset({"FlightTrackerGeneratorsGone", "FlightTrackerGatewaysGone"})
"""This Prometheus scrapes no generator and no gateway."""
HAS_A_BUG: Final = """
import pathlib, sys
from flighttracker_operator import main
from flighttracker_operator.reconcile import reconciler

flag, rendered = pathlib.Path(sys.argv.pop(1)), reconciler.desired

def desired(*arguments):
    if flag.exists():
        raise ArithmeticError("a bug of the test")
    return rendered(*arguments)

reconciler.desired = desired
main.main()
"""
"""The operator with a bug while the file of its first argument exists."""
STUCK_S: Final = 12
QUIET_S: Final = 8.0
FIRES_S: Final = 40.0


@pytest.mark.usefixtures("kubeconfig")  # grants the rights of the user
async def test_alerts_of_the_operator_fire_by_its_faults_and_end_with_them(cluster: Cluster, tmp_path: Path) -> None:
    with FaultProxy(cluster.server) as proxy:
        config = cluster.server.kubeconfig(USER, url=proxy.url)
        with OperatorProcess(config, tmp_path, cluster.namespace, resync_s=2) as operator:
            await asyncio.to_thread(eventually, lambda: operator.get("/ready")[0] == 200, "the operator is ready")
            prometheus = PrometheusServer(tmp_path, [f"{LOOPBACK}:{operator.port}"])
            _call_stuck_after_seconds(tmp_path / "fast-rules.yaml")
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

                for code, alerts in (403, {"LacksRights"}), (503, {"RequestsFail", "Stuck"}):
                    proxy.faults.append(Fault(_is_read, code))
                    expected = {f"FlightTrackerOperator{alert}" for alert in alerts}
                    await prometheus.until(firing=expected, within_s=FIRES_S)
                    proxy.faults.clear()
                    await prometheus.until_quiet(FIRES_S, ROLES)

                operator.kill()
                await prometheus.until(firing={"FlightTrackerOperatorGone"}, within_s=FIRES_S)
                assert operator.bugs() == []
            finally:
                prometheus.stop()


def _call_stuck_after_seconds(rules: Path) -> None:
    """Let the alert about an operator that completes nothing fire after seconds instead of ten minutes."""
    text = rules.read_text(encoding="utf-8")
    faster, changed = re.subn(r"(last_success_timestamp_seconds\)) > 600", rf"\1 > {STUCK_S}", text)
    assert changed == 1
    rules.write_text(faster, encoding="utf-8")


def _is_read(method: str, _path: str, query: Mapping[str, str]) -> bool:
    return method == "GET" and "watch" not in query


async def test_alerts_about_an_autoscaler_without_metrics_and_a_bug_fire_and_end(
    cluster: Cluster, kubeconfig: Path, tmp_path: Path
) -> None:
    """Kubernetes' own autoscaler runs, and no metrics-server."""
    flag = tmp_path / "bug"
    program = (sys.executable, "-c", HAS_A_BUG, str(flag))
    scaler = ("horizontal-pod-autoscaler-controller",)
    (tmp_path / "controllers").mkdir()
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace, resync_s=2, program=program) as operator:
        prometheus = PrometheusServer(tmp_path, [f"{LOOPBACK}:{operator.port}"])
        try:
            await asyncio.to_thread(prometheus.start)
            await asyncio.to_thread(cluster.create_tracker, spec={"gateway": {"autoscaling": {"minReplicas": 2}}})
            await asyncio.to_thread(cluster.complete, expected=EXPECTED + 1)
            await asyncio.to_thread(_until_ready, cluster)
            await prometheus.until_quiet(FIRES_S, ROLES)

            with controllers(cluster.server, tmp_path / "controllers", scaler):
                await asyncio.to_thread(_until_two_gateways, cluster)
                await prometheus.until(firing={"FlightTrackerAutoscalerFails"}, within_s=FIRES_S)
            condition = await asyncio.to_thread(cluster.condition, "GatewayReady")
            assert (condition["status"], condition["reason"]) == ("True", "AutoscalerFails")
            assert "reports FailedGetResourceMetric" in condition["message"]
            assert "(install metrics-server)" in condition["message"]
            active = {"type": "ScalingActive", "status": "True", "reason": "ValidMetricFound"}
            change = {"status": {"conditions": [active]}}
            await asyncio.to_thread(cluster.patch, "HorizontalPodAutoscaler", "demo-gateway", change, part="/status")
            await prometheus.until_quiet(FIRES_S, ROLES)

            flag.touch()
            await prometheus.until(firing={"FlightTrackerOperatorErrors"}, within_s=FIRES_S)
            assert operator.bugs(), "the log has a traceback, as the alert says"
            flag.unlink()
            await prometheus.until_quiet(FIRES_S, ROLES)
        finally:
            prometheus.stop()


def _until_two_gateways(cluster: Cluster) -> None:
    """Wait until the autoscaler has set the least number, and play the controllers that start the second gateway."""
    eventually(lambda: cluster.get("Deployment", "demo-gateway")["spec"]["replicas"] == 2, "two gateways")
    cluster.make_ready()


def _until_ready(cluster: Cluster) -> None:
    """Play the controllers until everything that the tracker needs is there."""

    def look() -> bool:
        cluster.make_ready()
        return cluster.reason("GatewayReady") == "Ready"

    eventually(look, "the gateways are ready")
