"""A tracker where only IPv6 exists: servers and roles as their pods run them, with the names of their Services."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from flighttracker_operator.model.facts import Manifest
from tests.servers.process import ServerProcess
from tests.unit.operator.manifests.cases import PASSWORDS, facts, made, pod_of, tracker
from tests.workloads.builtin_kafka import BuiltinKafka
from tests.workloads.builtin_registry import BuiltinRegistry
from tests.workloads.ipv6_network import Ipv6Network, ipv6_network
from tests.workloads.test_builtin_redis import BuiltinRedis

NAMES: Final = (
    "sky-kafka.flights.svc",
    "sky-kafka-0.sky-kafka-nodes.flights.svc",
    "sky-redis.flights.svc",
    "sky-registry.flights.svc",
    "sky-gateway.flights.svc",
    "sky-generator.flights.svc",
    "sky-historian.flights.svc",
)
REGISTRY_PORT: Final = 18080
"""Gateway and registry both have port 8080, each in a pod of its own."""
METRICS_PORTS: Final = {"gateway": 9100, "generator": 9101, "historian": 9102}
SPEC: Final[dict[str, Any]] = {
    "source": {"simulated": {"aircraft": 50, "intervalSeconds": 1}},
    "history": {"enabled": True},
}
LIVE_S: Final = 240.0
WATCH: Final = """
import asyncio, sys
import aiohttp

async def watch():
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(sys.argv[1], protocols=["flights.v1"]) as socket, asyncio.timeout(20):
            ticks = 0
            while ticks < 3:
                message = await socket.receive()
                assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), message
                ticks += message.type is aiohttp.WSMsgType.BINARY
            print(ticks)

asyncio.run(watch())
"""


class Role(ServerProcess):
    """A role as its pod runs it; only paths and the port of its metrics are replaced.

    Attributes:
        probe_url: what the kubelet asks, by the address of the pod.
    """

    def __init__(
        self, network: Ipv6Network, folder: Path, manifests: dict[tuple[str, str], Manifest], role: str
    ) -> None:
        (folder / role).mkdir()
        text = manifests["ConfigMap", f"sky-{role}"]["data"][f"{role}.json"]
        places = {
            "/etc/flighttracker/secrets/sky-kafka": f"{folder}/kafka/secrets/sky-kafka",
            "/etc/flighttracker/secrets/sky-redis": f"{folder}/redis/secrets/sky-redis",
            "/var/lib/flighttracker/history": f"{folder}/historian/history",
            '"metrics_port": 9100': f'"metrics_port": {METRICS_PORTS[role]}',
            ":8080/apis": f":{REGISTRY_PORT}/apis",
        }
        for there, here in places.items():
            text = text.replace(there, here)
        config = folder / role / "settings.json"
        config.write_text(text)
        command = [str(Path(sys.executable).with_name("flighttracker")), role, "--config", str(config)]
        self.probe_url = f"http://[{network.addresses[f'sky-{role}.flights.svc']}]:{METRICS_PORTS[role]}"
        self._network = network
        super().__init__(role, network.inside(command), folder / role, self._is_healthy, start_s=LIVE_S)

    def _is_healthy(self) -> bool:
        return self._network.answers(f"{self.probe_url}/health")


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Ipv6Network]:
    with ipv6_network(tmp_path, NAMES) as made_network:
        yield made_network


def test_a_map_is_live_where_only_ipv6_exists(network: Ipv6Network, tmp_path: Path) -> None:
    manifests = made(tracker(SPEC), facts(redis_password=PASSWORDS["redis_password"]))
    for name in ("kafka", "redis", "registry"):
        (tmp_path / name).mkdir()
    kafka = BuiltinKafka(tmp_path / "kafka", manifests, network=network)
    redis = BuiltinRedis(tmp_path / "redis", network=network)
    registry = json.loads(json.dumps(manifests["Deployment", "sky-registry"]))
    secrets = {"sky-kafka": {"username": "flighttracker", "password": PASSWORDS["kafka_password"]}}
    servers: list[ServerProcess] = [kafka, redis]
    try:
        kafka.start()
        redis.start()
        for kind, name in (("Deployment", "sky-registry"), ("StatefulSet", "sky-generator")):
            (topics,) = pod_of(manifests[kind, name])["initContainers"]
            kafka.make_topics(topics)
        servers.append(BuiltinRegistry(tmp_path / "registry", registry, secrets, network=network, port=REGISTRY_PORT))
        servers.extend(Role(network, tmp_path, manifests, role) for role in ("generator", "historian", "gateway"))
        for server in servers[2:]:
            server.start()
        wait_for_aircraft(network)
        assert network.run([sys.executable, "-c", WATCH, "ws://sky-gateway.flights.svc:8080/ws"]) == "3\n"
        assert '"gaps"' in network.get("http://sky-gateway.flights.svc:8080/api/v1/history")
        listening = network.run(["ss", "--tcp", "--listening", "--numeric", "--no-header"])
        assert len(re.findall(r"(?m)(\*|\[::\]):\d+", listening)) >= len(servers), listening
    finally:
        for server in reversed(servers):
            server.stop()


def wait_for_aircraft(network: Ipv6Network) -> None:
    deadline_s = time.monotonic() + LIVE_S
    while True:
        stats = json.loads(network.get("http://sky-gateway.flights.svc:8080/api/v1/stats"))
        if stats["aircraft"] == 50:
            return
        assert time.monotonic() < deadline_s, stats
        time.sleep(0.5)  # a gateway announces new aircraft to viewers only
