"""`make`: its help, and its one-line errors when a tool is missing or the disk is full."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def make(directory: Path, *arguments: str, path: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": path}
    command = ["make", "-C", str(directory), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment, check=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout without installed packages."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "web").mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / "web" / name, tmp_path / "web")
    return tmp_path


@pytest.fixture
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of programs with neither Python nor Node.js."""
    folder = tmp_path_factory.mktemp("tools")
    for name in ("make", "bash", "sh", "env", "find", "df", "awk", "rm", "touch", "echo", "mkdir"):
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return folder


def test_help_lists_every_command_for_users() -> None:
    answer = make(ROOT, "help", path=os.environ["PATH"])
    assert answer.returncode == 0
    for target in ("run", "test", "lint", "web", "bench-frames", "bench-gateway", "clean"):
        assert f"{target} " in answer.stdout


def test_help_is_plain_text_in_a_pipe() -> None:
    assert "\033" not in make(ROOT, "help", path=os.environ["PATH"]).stdout


@pytest.mark.parametrize(("variables", "bold"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_help_is_bold_in_a_terminal_that_supports_it(variables: dict[str, str], bold: bool) -> None:
    unset = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    controller, terminal = pty.openpty()
    try:
        subprocess.run(
            ["make", "-C", str(ROOT), "help"],
            stdout=terminal,
            env={**unset, "TERM": "xterm", **variables},
            timeout=30,
            check=True,
        )
        shown = os.read(controller, 100)
    finally:
        os.close(controller)
        os.close(terminal)
    assert (b"\033[1mhelp" in shown) == bold
    assert (b"\033" in shown) == bold


@pytest.mark.parametrize("target", ["run", "dist", "install-yaml"])
def test_no_test_tools_are_installed_for_what_a_user_makes(target: str, checkout: Path) -> None:
    answer = make(checkout, "--dry-run", target, path=os.environ["PATH"])
    assert "requirements.lock" in answer.stdout
    assert "requirements-dev.lock" not in answer.stdout


def test_a_missing_python_is_reported_in_one_line(checkout: Path, tools: Path) -> None:
    answer = make(checkout, "run", path=str(tools))
    assert answer.returncode != 0
    assert "error: python3 is not installed: install Python 3.11 or newer, or set PYTHON=" in answer.stderr


def test_an_old_python_is_reported_in_one_line(checkout: Path, tools: Path) -> None:
    old = tools / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1\n')
    old.chmod(0o755)
    answer = make(checkout, "run", path=str(tools))
    assert answer.returncode != 0
    assert "error: Python 3.9.2 is too old: Python 3.11 or newer is needed" in answer.stderr


def test_a_missing_node_is_reported_in_one_line(checkout: Path, tools: Path) -> None:
    answer = make(checkout, "web", path=str(tools))
    assert answer.returncode != 0
    assert "error: Node.js with npm is not installed: install Node.js 20 or newer" in answer.stderr


def test_an_old_node_is_reported_in_one_line(checkout: Path, tools: Path) -> None:
    for name, script in {"npm": "exit 1", "node": '[ "$1" = --version ] && echo v18.20.0 && exit 0; exit 1'}.items():
        (tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (tools / name).chmod(0o755)
    answer = make(checkout, "web", path=str(tools))
    assert answer.returncode != 0
    assert "error: Node.js v18.20.0 is too old: Node.js 20 or newer is needed" in answer.stderr


PAGE_BYTES = 4096
FREE_BYTES = 400_000
"""Too little for a build."""


def test_a_full_disk_during_a_build_is_reported_and_leaves_no_partial_page(tmp_path: Path) -> None:
    if not (ROOT / "web/node_modules/.installed").exists():
        pytest.skip("the page's packages are not installed: run `make web`")
    small = tmp_path / "web"
    small.mkdir()
    shutil.copy(ROOT / "Makefile", tmp_path)
    sources = [path for path in (ROOT / "web").iterdir() if path.name not in ("node_modules", "out", ".next")]
    files = [path for source in sources for path in (source, *source.rglob("*"))]
    pages = sum(-(-path.stat().st_size // PAGE_BYTES) for path in files)
    script = f"""
      mount -t tmpfs -o size={pages * PAGE_BYTES + FREE_BYTES} none {small} || exit 99
      cp -r {" ".join(map(str, sources))} {small} && mkdir {small}/node_modules
      mount --bind {ROOT}/web/node_modules {small}/node_modules || exit 99
      touch -d '1 hour ago' {small}/package.json {small}/package-lock.json
      make -C {tmp_path} web; code=$?
      [ ! -e {small}/out ] || exit 98
      exit $code
    """
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", script]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if answer.returncode in (1, 99) and "unshare" in answer.stderr:
        pytest.skip(f"this machine allows no mount namespace: {answer.stderr.strip()}")
    assert answer.returncode == 2, answer.stdout + answer.stderr
    assert "error: the disk is full (" in answer.stderr
