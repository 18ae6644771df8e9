"""The examples of the clients, run as they are against a tracker as `flighttracker local` starts it."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.servers.process import free_port

CLIENTS = Path(__file__).parents[2] / "examples/clients"
START_S = 30.0
TRACKER = """
apiVersion: flighttracker.io/v1alpha1
kind: FlightTracker
metadata: {name: small}
spec:
  source: {simulated: {aircraft: 200, intervalSeconds: 1}}
"""


@pytest.fixture(scope="module")
def tracker_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    file = tmp_path_factory.mktemp("tracker") / "small.yaml"
    file.write_text(TRACKER, encoding="utf-8")
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = [str(Path(sys.executable).with_name("flighttracker")), "local", str(file), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            deadline_s = time.monotonic() + START_S
            while not is_ready(url):
                assert process.poll() is None
                assert time.monotonic() < deadline_s
                time.sleep(0.1)  # between two questions to another process, which announces nothing
            yield url
        finally:
            process.terminate()


def is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/ready", timeout=5):
            return True
    except (urllib.error.URLError, ConnectionError):
        return False


def ran(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=CLIENTS)


def test_the_example_in_python_prints_aircraft(tracker_url: str) -> None:
    answer = ran(sys.executable, "follow.py", tracker_url, "--updates", "3")
    assert answer.returncode == 0, answer.stderr
    lines = answer.stdout.splitlines()
    assert len(lines) == 3
    assert all(re.fullmatch(r"small: 200 aircraft, \d+ moved, \w+ is highest", line) for line in lines), lines


def test_the_example_in_python_explains_a_wrong_address() -> None:
    answer = ran(sys.executable, "follow.py", f"http://127.0.0.1:{free_port()}")
    assert answer.returncode == 1
    assert answer.stderr.startswith("error: no gateway answers at ws://127.0.0.1:")
    assert answer.stderr.count("\n") == 1


def test_the_notebook_draws_the_traffic(tracker_url: str) -> None:
    notebook = nbformat.read(CLIENTS / "minute.ipynb", as_version=4)
    settings = notebook.cells[1]
    assert settings.source == 'URL = "http://localhost:8000"\nSECONDS = 60'
    settings.source = f'URL = "{tracker_url}"\nSECONDS = 1.5'
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    outputs = {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}
    said = re.fullmatch(r"([\d,]+) positions of 200 aircraft, 0 gaps\n", outputs["collect"][0]["text"])
    assert said is not None
    assert int(said[1].replace(",", "")) > 200
    assert "image/png" in outputs["draw"][-1]["data"]


def test_the_notebook_is_stored_without_output() -> None:
    notebook = nbformat.read(CLIENTS / "minute.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [(cell.outputs, cell.execution_count) for cell in code] == [([], None)] * len(code)
