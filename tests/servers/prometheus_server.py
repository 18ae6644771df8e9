"""A real Prometheus with the rules of the product, which are only made faster: seconds instead of minutes."""

from __future__ import annotations

import asyncio
import json
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import yaml

from flighttracker_operator.manifests.alert import EVERYTHING
from tests.monitoring.alert_files import program, write_rules
from tests.servers.process import LOOPBACK, ServerProcess, free_port

WINDOW: Final = "5s"
"""Replaces every window and wait of the rules; promtool tests those of the product."""
ANSWER_S: Final = 2.0


class PrometheusServer(ServerProcess):
    """Scrapes some targets each second and evaluates the rules each second.

    Args:
        folder: where it runs.
        targets: host and port of everything that it scrapes.
    """

    def __init__(self, folder: Path, targets: Iterable[str]) -> None:
        port = free_port()
        self._url = f"http://{LOOPBACK}:{port}"
        write_rules(folder / "rules.yaml", EVERYTHING)
        text = (folder / "rules.yaml").read_text(encoding="utf-8")
        text = re.sub(r"\[\d+[smh]\]", f"[{WINDOW}]", text)
        (folder / "fast-rules.yaml").write_text(re.sub(r"for: \d+[smh]", "for: 1s", text), encoding="utf-8")
        targets = list(targets)
        self._targets = len(targets)
        configuration = {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "rule_files": ["fast-rules.yaml"],
            "scrape_configs": [{"job_name": "flighttracker", "static_configs": [{"targets": targets}]}],
        }
        (folder / "prometheus.yaml").write_text(yaml.safe_dump(configuration), encoding="utf-8")
        command = [program("prometheus"), "--config.file", str(folder / "prometheus.yaml")]
        command += ["--storage.tsdb.path", str(folder / "data"), "--web.listen-address", f"{LOOPBACK}:{port}"]
        super().__init__("prometheus", command, folder, self._is_ready, start_s=30.0)

    def firing(self) -> set[str]:
        """Return the names of the alerts that fire now."""
        alerts = self._get("/api/v1/alerts")["data"]["alerts"]
        return {alert["labels"]["alertname"] for alert in alerts if alert["state"] == "firing"}

    def query(self, expression: str) -> list[Any]:
        """Return the result of an instant query."""
        result: list[Any] = self._get(f"/api/v1/query?query={urllib.parse.quote(expression)}")["data"]["result"]
        return result

    async def until(self, *, firing: set[str], within_s: float) -> None:
        """Wait until these alerts fire; others may fire as well."""
        deadline_s = time.monotonic() + within_s
        while not firing <= (now := await asyncio.to_thread(self.firing)):
            assert time.monotonic() < deadline_s, f"firing: {now}, missing: {firing - now}"
            await asyncio.sleep(0.3)

    async def until_quiet(self, within_s: float, ignored: frozenset[str] = frozenset()) -> None:
        """Wait until every target answers and no alert fires."""
        deadline_s = time.monotonic() + within_s
        while len(await asyncio.to_thread(self.query, "up == 1")) < self._targets:
            assert time.monotonic() < deadline_s, "a target does not answer"
            await asyncio.sleep(0.3)
        while now := await asyncio.to_thread(self.firing) - ignored:
            assert time.monotonic() < deadline_s, f"still firing: {now}"
            await asyncio.sleep(0.3)

    def _is_ready(self) -> bool:
        with urllib.request.urlopen(f"{self._url}/-/ready", timeout=ANSWER_S) as answer:
            return bool(answer.status == 200)

    def _get(self, path: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self._url}{path}", timeout=ANSWER_S) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
