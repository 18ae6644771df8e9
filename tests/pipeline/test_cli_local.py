"""`flighttracker local` as a process: it serves flights, reports errors in one line, and stops on a signal."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.servers.process import free_port as process_port

ROOT = Path(__file__).parents[2]
COMMAND = str(Path(sys.executable).with_name("flighttracker"))
TRACKER = """
apiVersion: flighttracker.io/v1alpha1
kind: FlightTracker
metadata: {name: small}
spec:
  source: {simulated: {aircraft: 200, intervalSeconds: 1}}
"""
START_S = 30.0
STOP_S = 2.0
IMPORTING_S = 0.35
"""CPU time of a process that imports what `local` needs, which takes a second."""
SHARDS = 6

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture(name="port")
def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """Let processes get SIGINT: they inherit from a script that runs the tests in the background that it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(name="start")
def started_processes(tmp_path: Path) -> Iterator[Start]:
    file = tmp_path / "small.yaml"
    processes: list[subprocess.Popen[str]] = []

    def start(port: int, *options: str, tracker: str = TRACKER) -> subprocess.Popen[str]:
        file.write_text(tracker, encoding="utf-8")
        process = subprocess.Popen(
            [COMMAND, "local", str(file), "--port", str(port), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "NO_COLOR": "1"},
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


def output_until(process: subprocess.Popen[str], beginning: str) -> str:
    """Return the output of the process up to a line with this prefix."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith(beginning):
            break
    return "".join(lines)


def banner_of(process: subprocess.Popen[str]) -> str:
    """Return the output of the process until it listens."""
    return output_until(process, "Press Ctrl-C")


def flights_at(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/flights", timeout=5) as answer:
        return len(json.load(answer)["flights"])


def wait_for_flights(port: int, at_least: int = 1) -> int:
    deadline_s = time.monotonic() + START_S
    while time.monotonic() < deadline_s:
        try:
            if (count := flights_at(port)) >= at_least:
                return count
        except urllib.error.URLError:
            pass
        time.sleep(0.1)
    pytest.fail(f"not {at_least} flights within {START_S:g} s")


def test_local_serves_flights_and_stops_on_ctrl_c(start: Start, port: int) -> None:
    process = start(port)
    banner = banner_of(process)
    assert banner.startswith(
        "FlightTracker 'small': 200 simulated aircraft, the whole world, each reports every 1 s\n\n  Map      "
    )
    assert f"  Flights  http://localhost:{port}/api/v1/flights\n" in banner
    assert wait_for_flights(port, at_least=200) == 200
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        metrics = answer.read().decode()
    assert "flights_generated_total " in metrics
    assert "flights_kafka_records_total " in metrics

    waited = output_until(process, "The first aircraft")
    assert waited.startswith("Waiting for the first aircraft. 200 simulated aircraft are being made.\n")
    assert re.search(r"\nThe first aircraft is on the map, after \d+\.\d s\.\n$", waited)

    stopped_s = time.monotonic()
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=STOP_S + 10)
    assert time.monotonic() - stopped_s < STOP_S
    assert (process.returncode, stdout, stderr) == (0, "\nStopped.\n", "")


def unready(port: int) -> dict[str, Any]:
    """Return why the tracker is not ready; it must not be."""
    with pytest.raises(urllib.error.HTTPError) as rejected:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5)
    answer: dict[str, Any] = json.load(rejected.value)
    assert (rejected.value.code, answer["status"]) == (503, "no aircraft yet")
    return answer


def test_local_is_not_ready_before_the_first_aircraft_and_says_what_it_waits_for(start: Start, port: int) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/aircraft.json"
        process = start(
            port, tracker=TRACKER.replace("simulated: {aircraft: 200, intervalSeconds: 1}", f"readsb: {{url: '{url}'}}")
        )
        banner_of(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "Waiting for the first aircraft. The receiver has not answered yet.\n"
        # After 10 s the gateway shows its shards without aircraft: by itself it would be ready then.
        deadline_s = time.monotonic() + START_S
        answer = unready(port)
        while len(answer["shards"]) < SHARDS or answer["waiting_for"] == "The receiver has not answered yet.":
            assert time.monotonic() < deadline_s, answer
            time.sleep(0.1)  # between two questions to another process
            answer = unready(port)
        assert answer["waiting_for"] == "The receiver cannot be reached or does not answer, the log says why."


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_local_stops_cleanly_before_the_first_flight(start: Start, port: int, number: signal.Signals) -> None:
    process = start(port)
    banner_of(process)
    process.send_signal(number)
    _, stderr = process.communicate(timeout=STOP_S + 10)
    assert (process.returncode, stderr) == (0, "")


def test_ctrl_c_while_it_starts_leaves_no_traceback(start: Start, port: int) -> None:
    process = start(port, "--log-level", "debug")
    # In its imports, whatever the load. Earlier, Python itself ends, with -2.
    while process.poll() is None and psutil.Process(process.pid).cpu_times().user < IMPORTING_S:
        time.sleep(0.01)  # the work of another process is no event
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=STOP_S + 10)
    assert process.returncode == 0
    assert "Traceback" not in stderr


def test_a_port_in_use_is_reported_in_one_line(start: Start, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        process = start(port)
        _, stderr = process.communicate(timeout=START_S)
    assert process.returncode == 2
    assert stderr == (
        f"error: port {port} is in use: "
        f"stop the process that uses it, or choose another with --port (make run PORT={port + 1})\n"
    )


def test_json_log_is_one_object_a_line(start: Start, port: int) -> None:
    process = start(port, "--log-format", "json", "--log-level", "info")
    banner_of(process)
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=STOP_S + 10)
    logged = [json.loads(line) for line in stderr.splitlines()]
    assert any(line["message"].startswith("listening on") and line["level"] == "info" for line in logged)


def test_page_is_served_when_it_is_built(start: Start, port: int, tmp_path: Path) -> None:
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text("<title>map</title>", encoding="utf-8")
    banner = banner_of(start(port, "--page", str(tmp_path / "page")))
    assert f"  Map      http://localhost:{port}\n" in banner
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
        assert b"<title>map</title>" in answer.read()


def test_everything_is_below_the_base_path(start: Start, port: int, tmp_path: Path) -> None:
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text("<title>map</title>", encoding="utf-8")
    banner = banner_of(start(port, "--page", str(tmp_path / "page"), "--base-path", "/maps/north"))
    assert f"  Map      http://localhost:{port}/maps/north/\n" in banner
    assert f"  Flights  http://localhost:{port}/maps/north/api/v1/flights\n" in banner
    # Without its last slash it is redirected.
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/maps/north", timeout=5) as answer:
        assert answer.url == f"http://127.0.0.1:{port}/maps/north/"
        assert b"<title>map</title>" in answer.read()


def test_an_invalid_base_path_is_an_error_in_one_line(start: Start, port: int) -> None:
    _, stderr = start(port, "--base-path", "/api/maps").communicate(timeout=STOP_S + 10)
    assert stderr.startswith("error: --base-path /api/maps must not begin with /api, ")
    assert len(stderr.splitlines()) == 1


def test_local_keeps_a_history_across_restarts_and_alone_in_its_folder(start: Start, port: int, tmp_path: Path) -> None:
    folder = tmp_path / "history"
    for run in range(2):
        process = start(port, "--history", str(folder))
        banner_of(process)
        wait_for_flights(port, at_least=200)
        if run == 1:
            second = start(process_port(), "--history", str(folder))
            banner_of(second)
            second.send_signal(signal.SIGINT)
            said = second.communicate(timeout=STOP_S + 10)[1]
            assert "no history is kept: another process keeps a history" in said
            assert "To run without a history, set FLIGHTTRACKER_HISTORY=off, or add --history off" in said
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=STOP_S + 10)
        assert (process.returncode, stderr) == (0, "")
        logs = {path.name.split("-")[1] for path in folder.rglob("*.parquet")}
        assert logs == {f"l{number:05d}" for number in range(1, run + 2)}
