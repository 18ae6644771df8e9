"""A gateway without Kafka is alive but not ready, and takes over its probes' port when Kafka answers."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flighttracker.settings import (
    GatewaySettings,
    KafkaSettings,
    RedisSettings,
    RegistrySettings,
    ServerSettings,
    write_settings,
)
from tests.faults.roles import COMMAND
from tests.servers.certificates import make_certificates
from tests.servers.kafka_server import KafkaServer
from tests.servers.process import LOOPBACK, free_port

LONGEST_S = 30.0


@contextmanager
def gateway_of(folder: Path, bootstrap_servers: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run a gateway process; yield it and the address of its probes."""
    probes = free_port()
    servers = ServerSettings(
        kafka=KafkaSettings(bootstrap_servers=bootstrap_servers, request_timeout_s=1.0),
        redis=RedisSettings(url=f"redis://{LOOPBACK}:{free_port()}/0"),
        registry=RegistrySettings(url=f"http://{LOOPBACK}:{free_port()}"),
    )
    settings = GatewaySettings(host=LOOPBACK, port=free_port(), metrics_port=probes, drain_s=0.0, servers=servers)
    config = folder / "gateway.json"
    config.write_bytes(write_settings(settings))
    with subprocess.Popen([COMMAND, "gateway", "--config", str(config)], stderr=subprocess.DEVNULL) as process:
        try:
            yield process, f"http://{LOOPBACK}:{probes}"
        finally:
            process.terminate()


def asked(url: str) -> tuple[int, dict[str, Any]]:
    """Return the status and the body of an answer; 0 while nothing listens."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
    except OSError:
        return 0, {}


def until(url: str, has: str) -> tuple[int, dict[str, Any]]:
    """Return the first answer with this field."""
    end_s = time.monotonic() + LONGEST_S
    while True:
        status, body = asked(url)
        if body.get(has):
            return status, body
        assert time.monotonic() < end_s, f"{url} has no {has} after {LONGEST_S:.0f} s: {status} {body}"
        time.sleep(0.1)  # another process: only asking it again shows that its state has changed


def test_a_gateway_that_waits_for_kafka_is_alive_and_not_ready(tmp_path: Path) -> None:
    kafka = f"{LOOPBACK}:{free_port()}"
    with gateway_of(tmp_path, kafka) as (process, url):
        status, health = until(f"{url}/health", "waits_for")
        assert (status, health["status"]) == (200, "alive")
        assert f"no broker of Kafka at {kafka} answers" in health["waits_for"]["kafka"]
        assert asked(f"{url}/ready") == (503, {"status": "waiting", "waits_for": health["waits_for"]})
    assert process.returncode == 0


def test_a_gateway_takes_over_its_probes_when_kafka_answers(tmp_path: Path) -> None:
    folder = tmp_path / "kafka"
    folder.mkdir()
    kafka = KafkaServer(folder, make_certificates(tmp_path))
    with gateway_of(tmp_path, kafka.bootstrap_servers) as (_, url):
        until(f"{url}/health", "waits_for")
        try:
            kafka.start()
            assert until(f"{url}/health", "version")[0] == 200
            assert until(f"{url}/ready", "waiting_for")[0] == 503, "the picture is still empty"
        finally:
            kafka.stop()
