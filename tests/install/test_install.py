"""The wheel and the sdist, installed by pip into a fresh environment, show the map without Node.js and a checkout.

`make test-install` builds them first. Each Python from 3.11 on that is found is used.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.servers.process import LOOPBACK, free_port

ROOT = Path(__file__).parents[2]
DIST = ROOT / "dist"
OLDEST, NEWEST = 11, 14
INSTALL_S, START_S = 300.0, 60.0


def pythons() -> list[str]:
    """Return the command of each usable Python 3 version, the running one included."""
    versions = {sys.version_info.minor: sys.executable}
    managed = sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob("versions/3.*/bin/python3"))
    for command in [
        *(shutil.which(f"python3.{minor}") or "" for minor in range(OLDEST, NEWEST + 1)),
        *map(str, managed),
    ]:
        if not command:
            continue
        answer = subprocess.run(
            [command, "-c", "import sys, venv, ensurepip; print(sys.version_info.minor)"],
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode == 0 and OLDEST <= int(answer.stdout) <= NEWEST:
            versions.setdefault(int(answer.stdout), command)
    return [versions[minor] for minor in sorted(versions)]


def version_of(command: str) -> str:
    answer = subprocess.run(
        [command, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True, check=True
    )
    return answer.stdout.strip()


class Installation:
    """An environment with the flight tracker, away from the checkout and without Node.js."""

    def __init__(self, folder: Path, python: str, package: Path) -> None:
        self.folder = folder
        self.bin = folder / "environment/bin"
        subprocess.run([python, "-m", "venv", str(folder / "environment")], check=True, timeout=INSTALL_S)
        pip = [str(self.bin / "pip"), "install", "--quiet", "--disable-pip-version-check", str(package)]
        subprocess.run(pip, check=True, timeout=INSTALL_S, cwd=folder)
        self.environment = {"PATH": str(self.bin), "HOME": str(folder)}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the environment and return its output."""
        return subprocess.run(
            [str(self.bin / arguments[0]), *arguments[1:]],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=self.folder,
            env=self.environment,
        )


def packages() -> list[Path]:
    found = [*DIST.glob("*.whl"), *DIST.glob("*.tar.gz")]
    assert len(found) == 2, f"one wheel and one sdist are expected in {DIST}: run make dist"
    return found


# The sdist is built into the same wheel on each Python: one of them is enough.
CASES = [(command, "wheel") for command in pythons()] + [(sys.executable, "sdist")]


@pytest.fixture(scope="module", params=CASES, ids=[f"{kind}-{version_of(command)}" for command, kind in CASES])
def installation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    command, kind = request.param
    wheel, sdist = packages()
    return Installation(tmp_path_factory.mktemp(kind), command, wheel if kind == "wheel" else sdist)


@pytest.fixture
def address(installation: Installation) -> Iterator[str]:
    command = [str(installation.bin / "flighttracker")]
    with served(command, installation.folder, installation.environment) as url:
        yield url


@contextmanager
def served(flighttracker: list[str], folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """Run `flighttracker local` and yield its address; it must end without an error."""
    port = free_port()
    with subprocess.Popen(
        [*flighttracker, "local", "--port", str(port)],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        url = f"http://{LOOPBACK}:{port}"
        try:
            wait_until_ready(url, process)
            yield url
        finally:
            process.terminate()
            output, _ = process.communicate(timeout=30)
        assert process.returncode == 0, output
        assert "Map" in output
        assert "Traceback" not in output


def wait_until_ready(url: str, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/ready", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)  # between two questions to another process, which nothing announces
    raise AssertionError(f"no aircraft within {START_S:g} s; exit code {process.poll()}")


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:
        content: bytes = answer.read()
    return content


def test_the_map_and_its_aircraft_are_served(address: str) -> None:
    page = fetched(f"{address}/").decode()
    assert "<title>" in page
    scripts = re.findall(r'src="([^"]+\.js)"', page)
    assert scripts
    assert all(fetched(f"{address}/{script.lstrip('./')}") for script in scripts)
    flights: dict[str, Any] = json.loads(fetched(f"{address}/api/v1/flights?limit=10"))
    assert len(flights["flights"]) == 10


def test_uvx_shows_the_map_without_an_installation(tmp_path: Path) -> None:
    wheel, _ = packages()
    uvx = Path(sys.executable).with_name("uvx")
    command = [str(uvx), "--quiet", "--python", sys.executable, "--from", str(wheel), "flighttracker"]
    with served(command, tmp_path, os.environ) as url:
        assert json.loads(fetched(f"{url}/api/v1/flights?limit=10"))["flights"]


def test_a_program_of_others_reads_positions(installation: Installation, address: str) -> None:
    script = "import asyncio; from flighttracker.client import fetch_flights; "
    script += f"print(len(asyncio.run(fetch_flights({address!r}))), 'aircraft')"
    answer = installation.run("python", "-c", script)
    assert answer.returncode == 0, answer.stderr
    assert re.fullmatch(r"[1-9]\d* aircraft\n", answer.stdout)
    script = "from flighttracker.client import to_pandas; to_pandas([])"
    answer = installation.run("python", "-c", script)
    assert "is not installed: run pip install 'flighttracker[pandas]'" in answer.stderr


def test_examples_and_the_crd_are_in_the_package(installation: Installation) -> None:
    assert "minimal" in installation.run("flighttracker", "examples").stdout
    example = installation.run("flighttracker", "examples", "europe").stdout
    (installation.folder / "europe.yaml").write_text(example, encoding="utf-8")
    checked = installation.run("flighttracker", "validate", "europe.yaml")
    assert checked.returncode == 0, checked.stderr
    assert "kind: CustomResourceDefinition" in installation.run("flighttracker", "crd").stdout


@pytest.mark.parametrize("minor", range(OLDEST, NEWEST + 1))
@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-operator.lock"])
def test_every_locked_package_has_a_wheel_for_arm64(lock: str, minor: int, tmp_path: Path) -> None:
    """A Raspberry Pi and the images for arm64 need no compiler. uv reads the index and installs nothing."""
    command = [str(Path(sys.executable).with_name("uv")), "pip", "install", "--dry-run", "--quiet", "--require-hashes"]
    command += ["--only-binary=:all:", "--python-platform=aarch64-manylinux_2_28", f"--python-version=3.{minor}"]
    command += [f"--target={tmp_path}", f"--requirement={ROOT / lock}"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_S, check=False)
    assert answer.returncode == 0, answer.stderr


def test_a_role_without_its_extra_is_one_line_with_the_command(installation: Installation) -> None:
    operator = installation.run("flighttracker-operator", "--help")
    assert operator.returncode == 2
    assert operator.stderr.endswith("is not installed: run pip install 'flighttracker[operator]'\n")
    assert operator.stderr.count("\n") == 1
    addresses = ("--kafka", "127.0.0.1:1", "--redis", "redis://127.0.0.1:1/0", "--registry", "http://127.0.0.1:1")
    local = installation.run("flighttracker", "local", *addresses)
    assert local.returncode == 2
    assert "error: the package aiokafka is not installed: run pip install 'flighttracker[kafka]'" in local.stderr
