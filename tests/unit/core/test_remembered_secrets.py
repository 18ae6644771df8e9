"""Every reader of a password, key or token remembers it, so that no text shows it."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flighttracker.bus.kafka.connection import KafkaConnection
from flighttracker.bus.redis.connection import RedisConnection
from flighttracker.clock import SystemClock
from flighttracker.errors import FlightTrackerError
from flighttracker.redaction import redacted
from flighttracker.registry import SchemaRegistry
from flighttracker.settings import HttpAccessSettings, KafkaSettings, RedisSettings, RegistrySettings, S3Settings
from flighttracker_gateway.access.token_keys import SecretKey
from flighttracker_generator.sources.http_secrets import read_account
from flighttracker_generator.sources.opensky_token import read_credentials
from flighttracker_historian.files.s3 import S3Store
from flighttracker_operator.reconcile.gather import _password

SECRET = "0123456789abcdef" * 4
CLOSED = "127.0.0.1:1"


async def kafka(folder: Path) -> None:
    user: Any = {"username_file": str(folder / "username"), "password_file": str(folder / "secret")}
    settings = KafkaSettings(
        bootstrap_servers=CLOSED, security_protocol="SASL_PLAINTEXT", request_timeout_s=0.1, **user
    )
    with pytest.raises(FlightTrackerError):
        await KafkaConnection(settings).open()


async def redis(folder: Path) -> None:
    (folder / "url").write_text(f"redis://:{SECRET}@{CLOSED}/0")
    with pytest.raises(FlightTrackerError):
        await RedisConnection(RedisSettings(url_file=str(folder / "url"), request_timeout_s=0.1)).open()


async def registry(folder: Path) -> None:
    user: Any = {"username_file": str(folder / "username"), "password_file": str(folder / "secret")}
    opened = SchemaRegistry(RegistrySettings(url=f"http://{CLOSED}", **user), SystemClock())
    await opened.open()
    await opened.close()


async def token_key(folder: Path) -> None:
    await SecretKey(folder / "secret").look()


def source_password(folder: Path) -> None:
    read_account(HttpAccessSettings(username_file=str(folder / "username"), password_file=str(folder / "secret")))


def source_token(folder: Path) -> None:
    read_account(HttpAccessSettings(token_file=str(folder / "secret")))


def source_api_key(folder: Path) -> None:
    read_account(HttpAccessSettings(api_key_file=str(folder / "secret"), api_key_query="key"))


def opensky(folder: Path) -> None:
    (folder / "client_id").write_text("pi")
    (folder / "client_secret").write_text(SECRET)
    read_credentials(folder)


def bucket(folder: Path) -> None:
    keys: Any = {"access_key_file": str(folder / "username"), "secret_key_file": str(folder / "secret")}
    S3Store(S3Settings(bucket="flights", endpoint=f"http://{CLOSED}", **keys))


def generated_password(folder: Path) -> None:
    data = {"password": b64encode(SECRET.encode()).decode()}
    owned: dict[str, Any] = {"metadata": {"name": "a", "ownerReferences": [{"uid": "1"}]}, "data": data}
    assert _password(owned, "1") == SECRET


READERS = (kafka, redis, registry, token_key, source_password, source_token, source_api_key, opensky, bucket)


@pytest.mark.parametrize("read", [*READERS, generated_password], ids=lambda read: read.__name__)
def test_a_secret_that_was_read_is_in_no_text(
    read: Callable[[Path], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flighttracker.known_secrets._spellings", {})
    (tmp_path / "username").write_text("pi")
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    assert SECRET in redacted(f"the word is {SECRET}")
    done = read(tmp_path)
    if done is not None:
        asyncio.run(done)
    assert redacted(f"the word is {SECRET}") == "the word is ***"
