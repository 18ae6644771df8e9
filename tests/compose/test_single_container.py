"""`docker run -p 8000:8000 IMAGE` is the map."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.compose.engine import docker, inspect
from tests.compose.project import Map, until
from tests.servers.process import free_port

pytest_plugins = ["tests.compose.compose_fixtures"]

OWN = """\
apiVersion: flighttracker.io/v1alpha1
kind: FlightTracker
metadata: {name: own}
spec:
  source: {simulated: {aircraft: 123, intervalSeconds: 1}}
"""
START_S = 60.0
STOP_S = 8.0
"""Docker kills a container after 10 s."""


@contextmanager
def started(*arguments: str) -> Iterator[str]:
    container = docker("run", "--detach", *arguments).stdout.strip()
    try:
        yield container
    finally:
        docker("rm", "--force", container)


def refused(image: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    answer = docker("run", "--rm", *arguments, image, check=False)
    assert answer.returncode == 2, answer.stdout + answer.stderr
    return answer


def test_a_container_without_arguments_is_the_map(services_image: str) -> None:
    """It runs with a read-only root file system, without rights and not as root, and stops within Docker's 10 s."""
    port = free_port()
    rights = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")
    with started(
        *rights, "--health-interval", "1s", "--publish", f"127.0.0.1:{port}:8000", services_image
    ) as container:
        shown = Map(port)
        until("10,000 aircraft", lambda: shown.count() == 10_000, within_s=START_S)
        until("healthy", lambda: inspect(container)["State"]["Health"]["Status"] == "healthy", within_s=START_S)
        assert shown.get("/").lstrip().lower().startswith(b"<!doctype html>")
        assert docker("exec", container, "id", "-u").stdout.strip() == "65532"
        before = time.monotonic()
        docker("stop", container)
        assert time.monotonic() - before < STOP_S
        assert inspect(container)["State"]["ExitCode"] == 0


def test_a_mounted_file_is_the_tracker(services_image: str, tmp_path: Path) -> None:
    port, file = free_port(), tmp_path / "my.yaml"
    file.write_text(OWN)
    with started(
        "--volume", f"{file}:/tracker.yaml:ro", "--publish", f"127.0.0.1:{port}:8000", services_image
    ) as container:
        until("the aircraft of the file", lambda: Map(port).count() == 123, within_s=START_S)
        assert "FlightTracker 'own'" in docker("logs", container).stdout


def test_the_other_commands_and_the_port_can_be_chosen(services_image: str) -> None:
    assert docker("run", "--rm", services_image, "--help").stdout.startswith("Usage: flighttracker")
    assert "kind: FlightTracker" in docker("run", "--rm", services_image, "examples", "europe").stdout
    assert docker("run", "--rm", services_image, "compose").stdout.startswith("# yaml\n")
    port = free_port()
    with started(
        "--env",
        "FLIGHTTRACKER_PORT=9000",
        "--health-interval",
        "1s",
        "--publish",
        f"127.0.0.1:{port}:9000",
        services_image,
    ) as container:
        until("healthy", lambda: inspect(container)["State"]["Health"]["Status"] == "healthy", within_s=START_S)
        until("10,000 aircraft", lambda: Map(port).count() == 10_000, within_s=START_S)


def test_an_unusable_file_is_reported_in_one_line(services_image: str, tmp_path: Path) -> None:
    secret, folder, wrong = tmp_path / "secret.yaml", tmp_path / "folder", tmp_path / "wrong.yaml"
    secret.write_text(OWN)
    secret.chmod(0o600)
    folder.mkdir()
    wrong.write_text(OWN.replace("123", "many"))
    unreadable = refused(services_image, "--volume", f"{secret}:/tracker.yaml:ro")
    assert unreadable.stderr == (
        "error: /tracker.yaml: cannot be read by user 65532: allow it with chmod o+r, and o+x for its directories\n"
    )
    missing = refused(services_image, "--env", "FLIGHTTRACKER_FILE=/my.yaml", "--volume", f"{folder}:/my.yaml:ro")
    assert missing.stderr == (
        "error: /my.yaml: is a directory: name a file (Docker makes a directory where a mounted file does not exist)\n"
    )
    assert (
        "/tracker.yaml:5: spec.source.simulated.aircraft is"
        in refused(services_image, "--volume", f"{wrong}:/tracker.yaml:ro").stderr
    )


def test_the_image_says_what_it_is(services_image: str) -> None:
    labels = inspect(services_image)["Config"]["Labels"]
    named = {key.removeprefix("org.opencontainers.image."): value for key, value in labels.items()}
    assert named["title"] == "Flight tracker"
    assert named["licenses"] == "Apache-2.0"
    assert {"description", "version", "revision"} <= {key for key, value in named.items() if value}
