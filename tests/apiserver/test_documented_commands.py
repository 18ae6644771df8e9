"""The kubectl commands of the documentation, run as they are written on a real API server.

Those that wait for pods (`wait`, `port-forward`) need a node: tests/cluster runs them. Lines with a placeholder in
capitals are left to the reader.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from scripts.release import install_manifest

from tests.apiserver.api_server import ApiServer
from tests.apiserver.cluster_view import Cluster
from tests.chart.helm import find_program

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
NEEDS_PODS = re.compile(r"^kubectl (wait|port-forward|logs|exec)\b")
PLACEHOLDER = re.compile(r"\b[A-Z]{3,}\b|…")


def commands_of(page: Path) -> list[str]:
    """Return the commands of a page that need an API server only, and those that make their files."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", page.read_text(encoding="utf-8"), re.M | re.S)
    lines = [line.strip().partition(" #")[0].strip() for block in blocks for line in block.splitlines()]
    found = [line for line in lines if re.match(r"kubectl |openssl ", line)]
    return [line for line in found if not NEEDS_PODS.match(line) and not PLACEHOLDER.search(line)]


WITH_COMMANDS = [page for page in PAGES if any(line.startswith("kubectl") for line in commands_of(page))]


@pytest.fixture
def shell(api_server: ApiServer, cluster: Cluster, tmp_path: Path) -> dict[str, str]:
    """The environment of a user whose kubectl has the test's namespace."""
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not installed")
    for name in ("examples", "charts"):
        (tmp_path / name).symlink_to(ROOT / name)
    return {**os.environ, "KUBECONFIG": str(api_server.kubeconfig(namespace=cluster.namespace)), "HOME": str(tmp_path)}


def run(command: str, folder: Path, environment: dict[str, str]) -> str:
    answer = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 0, f"{command}: {answer.stderr}"
    return answer.stdout


def test_pages_with_commands_are_found() -> None:
    names = {page.relative_to(ROOT).as_posix() for page in WITH_COMMANDS}
    assert {"README.md", "docs/start/cluster.md", "docs/how-to/access.md", "docs/upgrades.md"} <= names


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_work_as_written(page: Path, shell: dict[str, str], tmp_path: Path) -> None:
    run("kubectl apply -f examples/minimal.yaml", tmp_path, shell)
    for command in commands_of(page):
        run(command, tmp_path, shell)


def test_the_api_server_accepts_every_object_of_install_yaml(
    shell: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helm = find_program("helm")
    if helm is None:
        pytest.skip("helm is not installed")
    monkeypatch.setenv("PATH", str(Path(helm).parent), prepend=os.pathsep)
    (tmp_path / "install.yaml").write_text(install_manifest(ROOT), encoding="utf-8")
    run("kubectl create namespace flighttracker", tmp_path, shell)
    try:
        shown = run("kubectl apply --server-side --force-conflicts --dry-run=server -f install.yaml", tmp_path, shell)
        assert "deployment.apps/flighttracker serverside-applied" in shown
    finally:
        run("kubectl delete namespace flighttracker --wait=false", tmp_path, shell)
