"""The builtin Redis starts with the files of its manifests; its probe is right and shows no password."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError

from tests.servers.process import LOOPBACK, ServerProcess, free_port
from tests.unit.operator.manifests.cases import facts, made, pod_of, tracker

PROBE_S: Final = 10.0
PASSWORD: Final = "hunter2hunter2"


class BuiltinRedis(ServerProcess):
    """One Redis, started from its Secret, ConfigMap and StatefulSet; only paths and the port are replaced."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("redis-server") is None or shutil.which("redis-cli") is None:
            pytest.skip(
                "redis-server or redis-cli is not installed: on Debian and Ubuntu, apt-get install redis-server"
            )
        found = made(tracker(), facts(redis_password=PASSWORD))
        (self._container,) = pod_of(found["StatefulSet", "sky-redis"])["containers"]
        self.port = str(free_port())
        self.url = base64.b64decode(found["Secret", "sky-redis"]["data"]["url"]).decode()
        self.url = self.url.replace("sky-redis.flights.svc:6379", f"{LOOPBACK}:{self.port}")
        self.data = folder / "data"
        self._places = {"/etc/flighttracker/secrets": f"{folder}/secrets", "/etc/redis": f"{folder}/config"}
        for place in (self.data, folder / "config", folder / "secrets/sky-redis"):
            place.mkdir(parents=True)
        for key, value in found["Secret", "sky-redis"]["data"].items():
            (folder / "secrets/sky-redis" / key).write_bytes(base64.b64decode(value))
        config = self._replaced(found["ConfigMap", "sky-redis"]["data"]["redis.conf"])
        own = f"port {self.port}\nbind {LOOPBACK}\ndir {self.data}\n"
        (folder / "config/redis.conf").write_text(re.sub("^dir /data$", own, config, flags=re.M))
        command = [self._replaced(part) for part in self._container["command"]]
        super().__init__("the builtin Redis", command, folder, self.probe, start_s=30.0)

    def probe(self) -> bool:
        """Run the command of the readiness probe."""
        command = [self._replaced(part) for part in self._container["readinessProbe"]["exec"]["command"]]
        command[-1] = command[-1].replace("redis-cli", f"redis-cli -h {LOOPBACK} -p {self.port}")
        assert PASSWORD not in " ".join(command)
        environment = {name: value for name, value in os.environ.items() if name != "REDISCLI_AUTH"}
        done = subprocess.run(command, capture_output=True, timeout=PROBE_S, check=False, env=environment)
        return done.returncode == 0

    def _replaced(self, text: str) -> str:
        for there, here in self._places.items():
            text = text.replace(there, here)
        return text


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[BuiltinRedis]:
    server = BuiltinRedis(tmp_path)
    try:
        server.start()
        yield server
    finally:
        server.stop()


async def test_it_requires_its_password_and_keeps_its_data_after_a_kill(redis: BuiltinRedis) -> None:
    async with Redis.from_url(redis.url) as client:
        await client.set("flights:key", "frame", ex=60)
        settings = await client.config_get("maxmemory*")
        assert settings["maxmemory-policy"] == "volatile-ttl"
        assert int(settings["maxmemory"] or 0) == int(0.6 * 256 * 1024 * 1024)
        # The file is synced once a second; force it instead of waiting.
        await client.config_set("appendfsync", "always")
        await client.set("flights:other", "frame", ex=60)
    redis.kill()
    assert not redis.probe()
    redis.start()
    async with Redis.from_url(redis.url) as client:
        assert await client.get("flights:key") == b"frame"
        assert await client.get("flights:other") == b"frame"
    async with Redis.from_url(redis.url.replace(PASSWORD, "wrong")) as stranger:
        with pytest.raises(AuthenticationError):
            await stranger.get("flights:key")


def test_a_hung_redis_is_not_ready(redis: BuiltinRedis) -> None:
    assert redis.probe()
    redis.freeze()
    try:
        assert not redis.probe()
    finally:
        redis.thaw()
