"""Runs a gateway and a script that drives the page; the script can kill, start and freeze the gateway.

A script prints `gateway kill`, `gateway start`, `gateway freeze` or `gateway thaw` and continues when it reads a line.
Used by the browser tests and by `make bench-page`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jwt

from tests.servers.process import LOOPBACK, ServerProcess, free_port

COMMAND = str(Path(sys.executable).with_name("flighttracker"))
SCENARIO_S = 540.0  # of one that hangs: less than the limit of a test, so that its output is shown
PAGE = Path(__file__).parents[2] / "web/out"
TRACKER = """
apiVersion: flighttracker.io/v1alpha1
kind: FlightTracker
metadata: {{name: browser}}
spec:
  source: {source}
  web:
    tilesUrl: "{tiles_url}"
    tilesAttribution: >-
      &copy; <a href="https://tiles.example.org/">Tiles</a> <meta http-equiv="refresh" content="0;url=https://example.org/">
"""
LOCKED = """
  gateway: {auth: {mode: token, token: {hs256Secret: signing, leewaySeconds: 0}}}
"""


class ScenarioError(Exception):
    """A script ended with an error; the message is its output."""


@contextmanager
def running_gateway(
    folder: Path,
    aircraft: int,
    interval_s: int,
    *,
    page: Path | None = None,
    tiles_url: str = "",
    page_fields: str = "",
    secret: str | None = None,
    source: str = "",
    base_path: str = "",
    history: Path | None = None,
) -> Iterator[tuple[ServerProcess, str]]:
    """Run `flighttracker local` and yield it with its URL once most aircraft are there.

    Args:
        folder: where it runs.
        aircraft: how many fly, or how many the source has.
        interval_s: how often each is heard.
        page: the built page; that beside these tests unless another is wanted.
        tiles_url: the map's tiles; empty: the built-in map.
        page_fields: further fields of `spec.web`, as lines of YAML.
        source: `spec.source`; empty: simulated traffic.
        base_path: path below which everything is found.
        history: folder of the tracker's history; None: it keeps none.
        secret: what tokens are signed with; None: everybody may watch.
    """
    tracker = folder / "browser.yaml"
    simulated = f"{{simulated: {{aircraft: {aircraft}, intervalSeconds: {interval_s}}}}}"
    text = TRACKER.format(source=source or simulated, tiles_url=tiles_url)
    text = text.rstrip() + page_fields
    tracker.write_text(text if secret is None else text.rstrip() + LOCKED, encoding="utf-8")
    url = f"http://{LOOPBACK}:{(port := free_port())}{base_path}/"
    command = [COMMAND, "local", str(tracker), "--port", str(port), "--page", str(page or PAGE)]
    command += ["--base-path", base_path] if base_path else []
    command += ["--history", str(history or "off")]
    headers = {}
    if secret is not None:
        (folder / "secrets/signing").mkdir(parents=True)
        (folder / "secrets/signing/secret").write_text(secret, encoding="utf-8")
        command += ["--secrets", str(folder / "secrets")]
        claims = {"sub": "test", "jti": "start", "exp": int(time.time()) + 600, "scope": "stats"}
        headers = {"Authorization": f"Bearer {jwt.encode(claims, secret, 'HS256')}"}

    def shows_most_aircraft() -> bool:
        with urllib.request.urlopen(urllib.request.Request(f"{url}api/v1/stats", headers=headers), timeout=5) as answer:
            return int(json.load(answer)["aircraft"]) >= 0.9 * aircraft

    server = ServerProcess("flighttracker local", command, folder, shows_most_aircraft)
    server.start()
    try:
        yield server, url
    finally:
        server.kill()


@contextmanager
def one_browser(environment: dict[str, str]) -> Iterator[str]:
    """Run a Chromium for many scripts, each with its own context; yield the value of `BROWSER`."""
    script = Path(__file__).with_name("browser_server.mjs")
    pipe = subprocess.PIPE
    process = subprocess.Popen(["node", str(script)], env=environment, stdin=pipe, stdout=pipe, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        endpoint = process.stdout.readline().strip()
        if not endpoint:
            raise ScenarioError(f"{script.name} did not start a browser")
        yield endpoint
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def run_script(script: Path, server: ServerProcess, environment: dict[str, str], limit_s: float = SCENARIO_S) -> str:
    """Run a script to its end, with its commands for the gateway; return its output."""
    process = subprocess.Popen(
        ["node", str(script)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    actions = {"kill": server.kill, "start": server.start, "freeze": server.freeze, "thaw": server.thaw}
    printed: list[str] = []

    def stop() -> None:
        printed.append(f"stopped after {limit_s:g} s, the limit\n")
        process.kill()

    timer = threading.Timer(limit_s, stop)
    timer.start()
    try:
        for line in process.stdout:
            printed.append(line)
            if line.startswith("gateway "):
                actions[line.split()[1]]()
                print("done", file=process.stdin, flush=True)
        code = process.wait()
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()
    output = "".join(printed)
    if code != 0:
        raise ScenarioError(f"{script.name} failed:\n{output}")
    return output
