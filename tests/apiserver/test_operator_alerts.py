"""A real Prometheus scrapes the operator: its alerts are quiet, and fire by the faults that they name."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.apiserver.api_server import ApiServer
from tests.apiserver.cluster_view import Cluster
from tests.apiserver.controllers import controllers
from tests.apiserver.operator_process import OperatorProcess, chart_rules, eventually
from tests.servers.process import LOOPBACK, free_port
from tests.servers.prometheus_server import PrometheusServer

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

USER = "watched"
FIRES_S = 60.0
QUIET_S = 5.0
AUTOSCALED = {"gateway": {"autoscaling": {"minReplicas": 1, "maxReplicas": 3}}}
NO_TRACKER = frozenset({"FlightTrackerGeneratorsGone", "FlightTrackerGatewaysGone", "FlightTrackerNotReady"})
"""There are no pods, so a tracker never gets ready."""


async def test_the_operators_alerts_fire_by_its_faults_and_end_with_them(
    cluster: Cluster, api_server: ApiServer, tmp_path: Path
) -> None:
    port = free_port()
    api_server.grant(USER, [*chart_rules(), *chart_rules("flighttracker.clusterRules")])
    operator = OperatorProcess(api_server.kubeconfig(USER), tmp_path, cluster.namespace, resync_s=2, port=port)
    prometheus = PrometheusServer(tmp_path, [f"{LOOPBACK}:{port}"])
    try:
        operator.start()
        eventually(lambda: operator.get("/ready")[0] == 200, "the operator works")
        prometheus.start()
        await prometheus.until_quiet(FIRES_S, NO_TRACKER)
        await asyncio.sleep(QUIET_S)
        assert prometheus.firing() <= NO_TRACKER - {"FlightTrackerNotReady"}

        cluster.create_tracker(spec=AUTOSCALED)
        await prometheus.until(firing={"FlightTrackerNotReady"}, within_s=FIRES_S)
        with controllers(api_server, tmp_path, ("deployment-controller", "horizontal-pod-autoscaler-controller")):
            # A Deployment that is ready, and nobody who measures its CPU.
            eventually(lambda: cluster.find("HorizontalPodAutoscaler", "demo-gateway"), "an autoscaler")
            cluster.make_ready()
            await prometheus.until(firing={"FlightTrackerAutoscalerFails"}, within_s=FIRES_S)
        assert prometheus.firing() <= NO_TRACKER | {"FlightTrackerAutoscalerFails"}

        rules = [rule for rule in chart_rules() if "configmaps" not in rule["resources"]]
        api_server.grant(USER, rules)
        await prometheus.until(firing={"FlightTrackerOperatorLacksRights"}, within_s=FIRES_S)
        api_server.grant(USER, [*chart_rules(), *chart_rules("flighttracker.clusterRules")])
        await prometheus.until_quiet(FIRES_S, NO_TRACKER | {"FlightTrackerAutoscalerFails"})

        operator.kill()
        await prometheus.until(firing={"FlightTrackerOperatorGone"}, within_s=FIRES_S)
    finally:
        prometheus.stop()
        operator.stop()
        api_server.revoke(USER)
    assert operator.bugs() == []
