"""A Docker engine for the tests: the one that can be reached, or else an own `dockerd` that is ended after them.

Images come from the engine, else from buildah's storage, where `CONTAINER_TOOL=buildah make images` puts ours; else
Docker pulls the public ones. TAG is the tag of ours.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from flighttracker.build_info import VERSION
from flighttracker_operator.model.images import Images

START_S = 30.0
TAG = os.environ.get("TAG", VERSION)
SERVICES = f"docker.io/flighttracker/services:{TAG}"
WEB = f"docker.io/flighttracker/web:{TAG}"
SERVERS = (Images().kafka, Images().redis, Images().schema_registry)


def docker(*arguments: str, timeout_s: float = 60.0, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a docker command; its error is part of the failure."""
    answer = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=timeout_s, check=False)
    assert answer.returncode == 0 or not check, f"docker {' '.join(arguments)}: {answer.stderr or answer.stdout}"
    return answer


def inspect(container: str) -> dict[str, Any]:
    """Return what Docker knows of a container."""
    found: dict[str, Any] = json.loads(docker("inspect", container).stdout)[0]
    return found


def is_reachable() -> bool:
    return docker("version", "--format", "{{.Server.Version}}", check=False).returncode == 0


@contextmanager
def reachable_engine(folder: Path) -> Iterator[None]:
    """Make `docker` reach an engine; skip the tests where there is none and none can be started."""
    if shutil.which("docker") is None:
        pytest.skip("docker is not installed: on Debian, apt-get install docker.io docker-compose")
    if is_reachable():
        yield
        return
    if shutil.which("dockerd") is None or os.geteuid() != 0:
        pytest.skip("no Docker engine can be reached, and only root can start dockerd")
    host = f"unix://{folder}/docker.sock"
    command = ["dockerd", "--host", host, "--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec"]
    log = folder / "dockerd.log"
    before = os.environ.get("DOCKER_HOST")
    with log.open("w") as out:
        daemon = subprocess.Popen(
            [*command, "--pidfile", f"{folder}/dockerd.pid"], stdout=out, stderr=out, stdin=subprocess.DEVNULL
        )
    os.environ["DOCKER_HOST"] = host
    try:
        deadline = time.monotonic() + START_S
        while not is_reachable():
            assert daemon.poll() is None, f"dockerd ended: {log.read_text()[-2000:]}"
            assert time.monotonic() < deadline, f"dockerd does not answer: {log.read_text()[-2000:]}"
            time.sleep(0.2)  # between two questions to a daemon that starts and announces nothing
        yield
    finally:
        daemon.terminate()
        daemon.wait(timeout=60)
        if before is None:
            del os.environ["DOCKER_HOST"]
        else:
            os.environ["DOCKER_HOST"] = before


def provide(image: str, folder: Path) -> None:
    """Load an image from buildah's storage into the engine, unless the engine has it; a public one may be pulled."""
    if docker("image", "inspect", image, check=False).returncode == 0:
        return
    buildah = shutil.which("buildah")
    if not (
        buildah and subprocess.run([buildah, "inspect", "-t", "image", image], capture_output=True).returncode == 0
    ):
        if image in (SERVICES, WEB):
            pytest.skip(f"{image} does not exist: run make images (and TAG=… as there)")
        return
    archive = folder / "image.tar"
    push = [buildah, "push", "--quiet", "--disable-compression", image, f"docker-archive:{archive}:{image}"]
    subprocess.run(push, check=True)
    docker("load", "--quiet", "--input", str(archive), timeout_s=300)
    archive.unlink()
