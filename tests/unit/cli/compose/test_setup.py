"""The first container of a project: files with passwords, which stay the same."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flighttracker_cli.compose.setup import main


@pytest.fixture
def volumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("passwords", "redis", "kafka"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv(f"{tmp_path}/redis/url", "redis://:PASSWORDofredis@host/0")
    monkeypatch.setenv(f"{tmp_path}/redis/password", "PASSWORDofredis")
    return tmp_path


def run(volumes: Path, *arguments: str) -> int:
    packaged = ("--packaged", f"{volumes}/kafka/start.sh")
    return main(["--passwords", f"{volumes}/passwords", "--password", "PASSWORDofredis", *packaged, *arguments])


def test_files_have_passwords_that_the_next_start_keeps(volumes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(volumes) == 0
    password = (volumes / "redis/password").read_text()
    assert len(password) == 48
    assert (volumes / "redis/url").read_text() == f"redis://:{password}@host/0"
    assert "kafka-server-start.sh" in (volumes / "kafka/start.sh").read_text()
    assert (volumes / "redis/url").stat().st_mode & 0o777 == 0o444
    assert password not in capsys.readouterr().out
    assert run(volumes) == 0
    assert (volumes / "redis/password").read_text() == password


def test_a_changed_file_is_replaced_and_a_removed_one_deleted(volumes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(volumes)
    monkeypatch.setenv(f"{volumes}/redis/url", "new")
    monkeypatch.delenv(f"{volumes}/redis/password")
    assert run(volumes) == 0
    assert {path.name: path.read_text() for path in (volumes / "redis").iterdir()} == {"url": "new"}


def test_volumes_are_given_to_their_user(volumes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[str, int, int]] = []
    monkeypatch.setattr(os, "chown", lambda path, user, group: given.append((path, user, group)))
    assert run(volumes, "--own", "1000:/data/kafka-data") == 0
    assert given == [("/data/kafka-data", 1000, 1000)]


def test_a_volume_that_cannot_be_written_is_named(volumes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (volumes / "kafka").rmdir()
    assert run(volumes) == 1
    assert capsys.readouterr().err.startswith(f"error: {volumes}/kafka: cannot be written: No such file")
