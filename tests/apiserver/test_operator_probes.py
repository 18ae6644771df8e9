"""The operator probes a tracker's pods, and reports Ready only when they show live flights.

The pods exist as objects of the API server only. At their addresses, on loopback, a server of the test responds.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest

from flighttracker_historian.metrics import HistorianMetrics
from flighttracker_operator.model.names import GATEWAY_PORT, METRICS_PORT
from tests.apiserver.cluster_view import EXPECTED, OFFERED, Cluster
from tests.apiserver.operator_process import OperatorProcess, eventually

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

OF_HISTORY = 5
"""Children of a history on a volume."""
OF_KAFKA = 6
"""Children that a tracker with an external Kafka does not have."""
ADDRESSES = {"gateway": "127.77.0.1", "generator": "127.77.0.2", "historian": "127.77.0.3"}
"""Loopback addresses that nothing else uses."""


class Responses:
    """What the pods of a tracker respond; None: 404."""

    def __init__(self) -> None:
        self.gateway: str | None = ""
        self.generator = ""
        self.health: str | None = None
        self.historian: str | None = None


@contextmanager
def serving(component: str, port: int, responses: Responses, parts: Mapping[str, str]) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text = getattr(responses, parts[self.path]) if self.path in parts else None
            self.send_response(404 if text is None else 200)
            self.end_headers()
            self.wfile.write((text or "").encode())

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer((ADDRESSES[component], port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def responses() -> Iterator[Responses]:
    responses = Responses()
    generator = {"/metrics": "generator", "/health": "health"}
    with (
        serving("gateway", METRICS_PORT, responses, {"/metrics": "gateway"}),
        serving("generator", METRICS_PORT, responses, generator),
        serving("historian", METRICS_PORT, responses, {"/metrics": "historian"}),
    ):
        yield responses


def make_pod(cluster: Cluster, kind: str, component: str) -> None:
    """Create a ready pod of a workload, at the address where the test's server responds."""
    start_pod(cluster, component, cluster.get(kind, f"demo-{component}")["spec"]["template"])


def start_pod(cluster: Cluster, component: str, template: Mapping[str, Any]) -> None:
    name, address = f"demo-{component}-0", ADDRESSES[component]
    cluster.create("Pod", name, metadata={"labels": template["metadata"]["labels"]}, spec=template["spec"])
    ready = {"type": "Ready", "status": "True"}
    status = {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}], "conditions": [ready]}
    cluster.patch("Pod", name, {"status": status}, part="/status")


def test_a_gateway_of_the_version_before_the_metrics_port_is_probed_on_its_public_port(
    cluster: Cluster, operator: OperatorProcess, responses: Responses
) -> None:
    responses.gateway = metrics(0)
    with serving("gateway", GATEWAY_PORT, old := Responses(), {"/metrics": "gateway"}):
        old.gateway = metrics(9984)
        cluster.create_tracker()
        cluster.complete()
        template = cluster.get("Deployment", "demo-gateway")["spec"]["template"]
        (container,) = template["spec"]["containers"]
        container["ports"] = [port for port in container["ports"] if port["name"] == "http"]
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            container[probe]["httpGet"]["port"] = "http"
        start_pod(cluster, "gateway", template)
        make_pod(cluster, "StatefulSet", "generator")
        cluster.make_ready()
        eventually(lambda: cluster.condition()["status"] == "True", "Ready")


def run_everything(cluster: Cluster) -> None:
    make_pod(cluster, "Deployment", "gateway")
    make_pod(cluster, "StatefulSet", "generator")
    cluster.make_ready()


SKY_SOURCE = {"name": "sky", "opensky": {}}


def source_states(**states: str) -> str:
    made = (f'flights_source_state{{source="{name}",state="{state}"}} 1.0\n' for name, state in states.items())
    return f"flights_generated_total 1.0\n{''.join(made)}"


def metrics(aircraft: int, viewers: int = 0) -> str:
    return f"# HELP x y\nflights_aircraft {aircraft}\nflights_viewers {viewers}\n"


def test_ready_waits_for_the_first_aircraft(cluster: Cluster, operator: OperatorProcess, responses: Responses) -> None:
    responses.gateway = metrics(0)
    cluster.create_tracker()
    cluster.complete()
    run_everything(cluster)
    eventually(lambda: cluster.reason("FlightsReady") == "WaitingForFlights", "it waits")
    eventually(lambda: "polled every 15 s" in cluster.condition()["message"], "the message has the interval")
    assert cluster.reason() == "WaitingForFlights"
    responses.gateway = metrics(9984, viewers=3)
    eventually(lambda: cluster.condition()["status"] == "True", "Ready")
    status = cluster.tracker()["status"]
    assert (status["aircraft"], status["viewers"]) == (10_000, 3)
    eventually(lambda: [event["reason"] for event in cluster.events()] == ["Ready"], "one event")


def test_a_failing_source_is_reported_with_its_secret(
    cluster: Cluster, operator: OperatorProcess, responses: Responses
) -> None:
    responses.gateway = metrics(0)
    responses.generator = 'flights_generated_total 0.0\nflights_source_errors_total{reason="token_unauthorized"} 2.0\n'
    cluster.create("Secret", "sky", metadata=OFFERED, data={"client_id": "YQ==", "client_secret": "Yg=="})
    cluster.create_tracker(spec={"source": {"opensky": {"credentialsSecret": "sky"}}})
    cluster.complete()
    run_everything(cluster)
    eventually(lambda: cluster.reason() == "SourceFails", "SourceFails")
    assert "(token_unauthorized): check spec.source.opensky and Secret sky" in cluster.condition()["message"]
    assert "no position has reached Kafka yet" in cluster.condition("TopicReady")["message"]


def test_each_failing_source_is_in_a_condition_and_an_event_while_the_map_is_ready(
    cluster: Cluster, operator: OperatorProcess, responses: Responses
) -> None:
    responses.gateway = metrics(9984)
    pause_end = 'flights_source_next_request_timestamp_seconds{source="sky"} 4102448399.0\n'
    responses.generator = f"{source_states(roof='stopped', sky='fresh')}{pause_end}"
    cluster.create_tracker(spec={"sources": [{"name": "roof", "readsb": {"url": "http://pi/"}}, SKY_SOURCE]})
    cluster.complete()
    run_everything(cluster)
    eventually(lambda: cluster.reason("SourcesReady") == "SourceStopped", "SourceStopped")
    responses.generator = f"{source_states(roof='stopped', sky='rate_limited')}{pause_end}"
    pause = "source sky asked for a pause until 2100-01-01 01:00 UTC (check spec.sources[1])"
    eventually(lambda: pause in cluster.condition("SourcesReady")["message"], "the pause and its end")
    eventually(lambda: cluster.condition()["status"] == "True", "Ready, because the map shows the rest")
    messages = eventually(
        lambda: [text for event in cluster.events() if pause in (text := event["message"])], "an event of the pause"
    )
    assert all(message.startswith("SourcesReady: source roof has stopped") for message in messages)


def test_an_unreachable_kafka_is_reported_before_gateways_are_ready(
    cluster: Cluster, operator: OperatorProcess, responses: Responses
) -> None:
    responses.generator = "flights_generated_total 0.0\n"
    kafka = {"provider": "external", "external": {"bootstrapServers": "kafka.absent:9092"}}
    cluster.create_tracker(spec={"kafka": kafka})
    cluster.complete(expected=EXPECTED - OF_KAFKA)
    make_pod(cluster, "StatefulSet", "generator")
    cluster.make_ready()
    cluster.patch("Deployment", "demo-gateway", {"status": {"readyReplicas": 0}}, part="/status")
    responses.health = '{"status": "alive", "waits_for": {"kafka": "no broker of Kafka at kafka.absent:9092 answers"}}'
    eventually(lambda: cluster.reason() == "Unreachable", "Unreachable")
    assert "no broker of Kafka at kafka.absent:9092 answers; check spec.kafka" in cluster.condition()["message"]
    eventually(lambda: ("Warning", "Unreachable") in _events(cluster), "an event")
    responses.health = '{"status": "alive", "waits_for": {}}'
    eventually(lambda: cluster.reason("KafkaReady") == "External", "it is back")


def _events(cluster: Cluster) -> list[tuple[str, str]]:
    return [(event["type"], event["reason"]) for event in cluster.events()]


def test_a_restarted_operator_keeps_the_status(
    cluster: Cluster, kubeconfig: Path, tmp_path: Path, responses: Responses
) -> None:
    responses.gateway = metrics(500, viewers=2)
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace):
        cluster.create_tracker()
        cluster.complete()
        run_everything(cluster)
        eventually(lambda: cluster.condition()["status"] == "True", "Ready")
    version = cluster.tracker()["metadata"]["resourceVersion"]
    restarted = OperatorProcess(kubeconfig, tmp_path, cluster.namespace, name="again", release="operator", resync_s=2)
    with restarted as again:
        eventually(lambda: 'flighttracker_operator_passes_total{result="ok"} 3.0' in again.get("/metrics")[1], "passes")
    assert cluster.tracker()["metadata"]["resourceVersion"] == version


def test_scaling_is_ready_when_every_gateway_is(
    cluster: Cluster, operator: OperatorProcess, responses: Responses
) -> None:
    responses.gateway = metrics(500)
    cluster.create_tracker()
    cluster.complete()
    run_everything(cluster)
    eventually(lambda: cluster.condition()["status"] == "True", "Ready")
    cluster.change_tracker({"gateway": {"replicas": 3}})
    eventually(
        lambda: cluster.get("Deployment", "demo-gateway")["spec"]["replicas"] == 3, "three gateways are requested"
    )
    generation = cluster.get("Deployment", "demo-gateway")["metadata"]["generation"]
    status = {"observedGeneration": generation, "replicas": 3, "updatedReplicas": 3, "readyReplicas": 2}
    cluster.patch("Deployment", "demo-gateway", {"status": status}, part="/status")
    eventually(lambda: cluster.reason() == "Degraded", "two of three are ready")
    assert cluster.condition("GatewayReady")["status"] == "True"
    cluster.patch("Deployment", "demo-gateway", {"status": {"readyReplicas": 3}}, part="/status")
    eventually(lambda: cluster.condition()["status"] == "True", "Ready again")


def test_the_status_says_what_the_historian_keeps(
    cluster: Cluster, operator: OperatorProcess, responses: Responses
) -> None:
    kept = HistorianMetrics()
    kept.oldest.set(1_790_000_000.5)
    kept.size.set(1_240_000_000)
    kept.lag.labels("0").set(0)
    responses.gateway, responses.historian = metrics(9984), generate_latest(kept.registry).decode()
    cluster.create_tracker(spec={"history": {"enabled": True}})
    cluster.complete(expected=EXPECTED + OF_HISTORY)
    run_everything(cluster)
    template = cluster.get("StatefulSet", "demo-historian")["spec"]["template"]
    # The StatefulSet's controller would add the claim.
    template["spec"]["volumes"].append(
        {"name": "data", "persistentVolumeClaim": {"claimName": "data-demo-historian-0"}}
    )
    start_pod(cluster, "historian", template)
    expected = {
        **{"store": "volume claim data-demo-historian-0", "since": "2026-09-21T14:13:20Z"},
        **{"size": "1.2G", "lagSeconds": 0},
    }
    eventually(lambda: cluster.tracker()["status"].get("history") == expected, "the status has what is kept")
    cluster.change_tracker({"history": {"enabled": False}})
    eventually(lambda: "history" not in cluster.tracker()["status"], "without a history nothing is kept")
    assert operator.bugs() == []
