"""The project of `flighttracker compose`: up, every container killed once, down, and up again with its data."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.compose.engine import SERVICES, WEB, docker, inspect
from tests.compose.project import Project, compose_command, kill, until
from tests.servers.process import free_port

pytest_plugins = ["tests.compose.compose_fixtures"]

COMMAND = str(Path(sys.executable).with_name("flighttracker"))
AIRCRAFT = 300
TRACKER = f"""\
apiVersion: flighttracker.io/v1alpha1
kind: FlightTracker
metadata: {{name: tested}}
spec:
  source: {{simulated: {{aircraft: {AIRCRAFT}, intervalSeconds: 1}}}}
  kafka: {{partitions: 2}}
  gateway: {{replicas: 2, drainSeconds: 1}}
  history: {{enabled: true}}
"""
LIVE_S = 90.0
STORED_WITHIN_S = 10.0
"""How much older the newest stored position may be than the end of the project, which stops its containers in turn."""
IMAGES = ("--image", f"services={SERVICES}", "--image", f"web={WEB}")
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
SERVICES_OF_THE_MAP = {"kafka", "redis", "registry", "generator", "gateway", "historian", "web"}


def made(folder: Path, *arguments: str, tracker: str = TRACKER) -> Path:
    """Write a Compose file as a user does."""
    target = folder / "compose.yaml"
    command = [COMMAND, "compose", "-", "--output", str(target), *IMAGES, *arguments]
    subprocess.run(command, input=tracker, text=True, check=True, timeout=60)
    return target


@pytest.fixture
def project(all_images: None, tmp_path: Path) -> Iterator[Project]:
    made(tmp_path)
    project = Project(tmp_path, "flighttracker-test", free_port())
    project.compose("down", "--volumes")
    try:
        yield project
    finally:
        project.compose("down", "--volumes", "--timeout", "5")


def first_message(project: Project) -> dict[str, object]:
    """Return the first message of a WebSocket through the published port."""
    with connect(project.map.socket_url, subprotocols=[Subprotocol("flights.v1.json")], max_size=None) as socket:
        message: dict[str, object] = json.loads(socket.recv(timeout=10))
        return message


def kill_and_wait(project: Project, name: str, container: str) -> float:
    """Kill a container and wait until Docker has restarted it; return after how long the map has newer positions."""
    kill(container)
    after_ms = int(time.time() * 1000) + 2_000
    took_s = until(f"live again without {name}", lambda: project.map.is_live_since(after_ms), within_s=LIVE_S)
    until(f"{name} is back", lambda: inspect(container)["RestartCount"] == 1, within_s=LIVE_S)
    return took_s


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_compose_accepts_the_file_of_every_example(example: Path, docker_engine: None, tmp_path: Path) -> None:
    """Or the command names the field that needs Kubernetes."""
    target = tmp_path / "compose.yaml"
    answer = subprocess.run(
        [COMMAND, "compose", str(example), "--output", str(target)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if answer.returncode != 0:
        assert answer.stderr.startswith("error: spec."), answer.stderr
        assert example.stem == "strimzi"
        return
    checked = subprocess.run(
        [*compose_command(), "config"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert checked.returncode == 0, checked.stderr


def test_every_container_is_killed_once_and_the_data_outlives_the_project(project: Project) -> None:
    project.compose("up", "--detach")
    until("all aircraft", lambda: project.map.count() == AIRCRAFT, within_s=LIVE_S)
    live_ms = int(time.time() * 1000)
    assert project.map.get("/").lstrip().lower().startswith(b"<!doctype html>")
    assert first_message(project)
    containers = project.containers()
    assert {name.rpartition("-")[0] for name in containers} == SERVICES_OF_THE_MAP
    assert len(containers) == len(SERVICES_OF_THE_MAP) + 1, "two gateways"
    for name, container in containers.items():
        state = inspect(container)
        assert state["HostConfig"]["ReadonlyRootfs"], name
        assert state["Config"]["User"].split(":")[0] not in ("", "0"), name
        assert bool(state["NetworkSettings"]["Ports"].get("8080/tcp")) == name.startswith("web"), (
            "only nginx is published"
        )

    for name, container in containers.items():
        print(f"{name}: live again after {kill_and_wait(project, name, container):.1f} s")
    assert project.map.count() == AIRCRAFT
    assert first_message(project)

    identity, topic = "/var/lib/kafka/data/log/meta.properties", "/var/lib/kafka/data/log/flights-0/partition.metadata"
    before = (project.read("kafka", identity), project.read("kafka", topic))
    password = project.read("redis", "/etc/flighttracker/secrets/tested-redis/password")
    assert len(password) == 48
    until("the history reaches the port", lambda: project.map.history() is not None, within_s=LIVE_S)
    stopped_ms = int(time.time() * 1000)
    project.compose("down")
    assert project.containers() == {}
    project.compose("up", "--detach")
    until("all aircraft again", lambda: project.map.count() == AIRCRAFT, within_s=LIVE_S)
    assert (project.read("kafka", identity), project.read("kafka", topic)) == before
    assert project.read("redis", "/etc/flighttracker/secrets/tested-redis/password") == password
    assert first_message(project)
    # The historian was killed once, and has stored what it had heard when the project went down.
    kept = project.map.history()
    assert kept is not None
    assert kept[0] < live_ms
    assert stopped_ms - STORED_WITHIN_S * 1000 < kept[1]
    period = f"from={kept[1] - 30_000}&to={kept[1]}"
    answer = json.loads(project.map.get(f"/api/v1/history/flights?{period}&limit=1000"))
    assert len({flight["icao24"] for flight in answer["flights"]}) == answer["total"] == AIRCRAFT


def test_a_secret_that_nobody_made_is_named_before_anything_starts(all_images: None, tmp_path: Path) -> None:
    tracker = TRACKER.replace("  gateway: {", "  gateway: {tls: {secretName: map-tls}, ")
    target = made(tmp_path, tracker=tracker)
    assert "secrets/map-tls/tls.key" in target.read_text()
    answer = subprocess.run(
        [*compose_command(), "--project-name", "flighttracker-secret", "up", "--no-deps", "--no-start", "web"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    try:
        assert answer.returncode != 0
        assert "map-tls/tls.crt" in answer.stdout + answer.stderr
    finally:
        docker("network", "rm", "flighttracker-secret_outside", "flighttracker-secret_backend", check=False)
