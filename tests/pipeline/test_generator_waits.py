"""A generator without Kafka is alive, and its /health says what it waits for."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import msgspec

from flighttracker.settings import (
    GeneratorSettings,
    KafkaSettings,
    RedisSettings,
    RegistrySettings,
    ServerSettings,
    SimulatedSource,
)
from tests.servers.process import LOOPBACK, free_port

LONGEST_S = 30.0


def test_generator_without_kafka_is_alive_and_says_what_it_waits_for(tmp_path: Path) -> None:
    kafka, registry, port = free_port(), free_port(), free_port()
    servers = ServerSettings(
        kafka=KafkaSettings(bootstrap_servers=f"{LOOPBACK}:{kafka}", request_timeout_s=1.0),
        redis=RedisSettings(),
        registry=RegistrySettings(url=f"http://{LOOPBACK}:{registry}"),
    )
    settings = GeneratorSettings(sources=(SimulatedSource(aircraft=10),), metrics_port=port, servers=servers)
    config = tmp_path / "generator.json"
    config.write_bytes(msgspec.json.encode(settings))
    command = [str(Path(sys.executable).with_name("flighttracker")), "generator", "--config", str(config)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            health = _told(f"http://{LOOPBACK}:{port}/health")
            assert _told(f"http://[::1]:{port}/health")["status"] == "alive"
        finally:
            process.terminate()
    assert health["status"] == "alive"
    assert f"no broker of Kafka at {LOOPBACK}:{kafka} answers" in health["waits_for"]["kafka"]
    assert process.returncode == 0


def _told(url: str) -> dict[str, Any]:
    """Return the first answer that names a server."""
    end_s = time.monotonic() + LONGEST_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                health: dict[str, Any] = json.load(answer)
        except OSError:
            health = {}
        if health.get("waits_for"):
            return health
        assert time.monotonic() < end_s, f"nothing is waited for after {LONGEST_S:.0f} s: {health}"
        time.sleep(0.1)  # another process: only asking it again shows that its first attempt has failed
