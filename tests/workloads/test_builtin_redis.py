"""The builtin Redis starts with the files of its manifests; its probe is right and shows no password."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError

from tests.servers.process import LOOPBACK, ServerProcess, free_port
from tests.unit.operator.manifests.cases import facts, made, pod_of, tracker
from tests.workloads.ipv6_network import Ipv6Network

PROBE_S: Final = 10.0
PASSWORD: Final = "hunter2hunter2"


class BuiltinRedis(ServerProcess):
    """One Redis, started from its Secret, ConfigMap and StatefulSet; only paths and the port are replaced.

    In a network of its own, it has the port of its pod, and listens where that does.
    """

    def __init__(self, folder: Path, *, network: Ipv6Network | None = None) -> None:
        self._network = network
        if shutil.which("redis-server") is None or shutil.which("redis-cli") is None:
            pytest.skip(
                "redis-server or redis-cli is not installed: on Debian and Ubuntu, apt-get install redis-server"
            )
        found = made(tracker(), facts(redis_password=PASSWORD))
        (self._container,) = pod_of(found["StatefulSet", "sky-redis"])["containers"]
        self.port = str(free_port())
        self.url = base64.b64decode(found["Secret", "sky-redis"]["data"]["url"]).decode()
        if network is None:
            self.url = self.url.replace("sky-redis.flights.svc:6379", f"{LOOPBACK}:{self.port}")
        self.data = folder / "data"
        self._places = {"/etc/flighttracker/secrets": f"{folder}/secrets", "/etc/redis": f"{folder}/config"}
        for place in (self.data, folder / "config", folder / "secrets/sky-redis"):
            place.mkdir(parents=True)
        for key, value in found["Secret", "sky-redis"]["data"].items():
            (folder / "secrets/sky-redis" / key).write_bytes(base64.b64decode(value))
        config = self._replaced(found["ConfigMap", "sky-redis"]["data"]["redis.conf"])
        own = f"dir {self.data}\n" + ("" if network else f"port {self.port}\nbind {LOOPBACK}\n")
        (folder / "config/redis.conf").write_text(re.sub("^dir /data$", own, config, flags=re.M))
        (folder / "config/start-redis.sh").write_text(found["ConfigMap", "sky-redis"]["data"]["start-redis.sh"])
        self.log = folder / "server.log"
        command = self._inside([self._replaced(part) for part in self._container["command"]])
        environment = {"TMPDIR": str(folder)}
        super().__init__("the builtin Redis", command, folder, self.probe, start_s=30.0, environment=environment)

    def probe(self) -> bool:
        """Run the command of the readiness probe."""
        command = [self._replaced(part) for part in self._container["readinessProbe"]["exec"]["command"]]
        if self._network is None:
            command[-1] = command[-1].replace("redis-cli", f"redis-cli -h {LOOPBACK} -p {self.port}")
        assert PASSWORD not in " ".join(command)
        environment = {name: value for name, value in os.environ.items() if name != "REDISCLI_AUTH"}
        done = subprocess.run(self._inside(command), capture_output=True, timeout=PROBE_S, check=False, env=environment)
        return done.returncode == 0

    def _inside(self, command: list[str]) -> list[str]:
        return self._network.inside(command) if self._network else command

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


def cut(files: Path) -> None:
    path = increment(files)
    path.write_bytes(path.read_bytes()[:-7])


def overwrite(files: Path) -> None:
    path = increment(files)
    content = path.read_bytes()
    middle = content.index(b"second") + 2
    path.write_bytes(content[:middle] + b"\0" * 40 + content[middle + 40 :])


def append_zeros(files: Path) -> None:
    """What a machine without power leaves: the length was written, the content was not."""
    with increment(files).open("ab") as file:
        file.write(b"\0" * 4096)


def spoil_base(files: Path) -> None:
    (base,) = files.glob("*.base.rdb")
    base.write_bytes(b"\0" * 100)


def remove_base(files: Path) -> None:
    (base,) = files.glob("*.base.rdb")
    base.unlink()


def empty_manifest(files: Path) -> None:
    (files / "appendonly.aof.manifest").write_text("")


def spoil_manifest(files: Path) -> None:
    (files / "appendonly.aof.manifest").write_bytes(b"file \xff\xfe type")


def remove_manifest(files: Path) -> None:
    (files / "appendonly.aof.manifest").unlink()


def increment(files: Path) -> Path:
    (found,) = files.glob("*.incr.aof")
    return found


@pytest.mark.parametrize(
    ("damage", "is_first_kept", "report"),
    [
        (cut, True, "what followed the damage is lost"),
        (overwrite, True, "what followed the damage is lost"),
        (append_zeros, True, "what followed the damage is lost"),
        (spoil_base, False, "is unreadable and now in"),
        (remove_base, False, "is unreadable and now in"),
        (empty_manifest, False, "is unreadable and now in"),
        (spoil_manifest, False, "is unreadable and now in"),
        (remove_manifest, False, ""),
    ],
)
async def test_it_starts_again_whatever_its_file_looks_like(
    redis: BuiltinRedis, damage: Callable[[Path], None], is_first_kept: bool, report: str
) -> None:
    async with Redis.from_url(redis.url) as client:
        await client.config_set("appendfsync", "always")
        await client.set("first", "a" * 50, ex=600)
        await client.set("second", "b" * 50, ex=600)
    redis.kill()
    damage(redis.data / "appendonlydir")
    before = len(redis.log.read_text())
    redis.start()
    async with Redis.from_url(redis.url) as client:
        assert (await client.get("first") is not None) == is_first_kept
        await client.set("third", "c", ex=600)
    said = redis.log.read_text()[before:]
    assert ("start-redis: " in said) == bool(report)
    assert report in said
    redis.kill()
    redis.start()
    assert "start-redis: " not in redis.log.read_text()[before + len(said) :]


def test_one_damaged_file_is_kept_at_most(redis: BuiltinRedis) -> None:
    for _ in range(3):
        redis.kill()
        spoil_base(redis.data / "appendonlydir")
        redis.start()
    assert sorted(path.name for path in redis.data.iterdir()) == ["appendonlydir", "damaged"]
