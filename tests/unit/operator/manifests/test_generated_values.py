"""No generated value is misread: ten thousand uids, names and passwords, parsed with the rules of who reads them."""

from __future__ import annotations

import argparse
import base64
import random
import re
import secrets
import shlex
import urllib.parse
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from flighttracker_operator.manifests.kafka import cluster_id
from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.reconcile.gather import PASSWORD_BYTES
from tests.unit.operator.manifests.cases import facts, made, tracker

CASES = 10_000
DASH_UID = "f8000000-0000-4000-8000-000000000000"
"""Its plain base64 begins with a dash."""

DNS_LABEL = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
"""Stricter than a subdomain: the names of Services are DNS labels that begin with a letter."""
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
LABEL_KEY = re.compile(r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
FILE_NAME = re.compile(r"[-._A-Za-z0-9]{1,253}")
TOPIC = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}")
FIRST_LETTERS = "abcdefghijklmnopqrstuvwxyz"
LETTERS = FIRST_LETTERS + "0123456789-"


def storage_tool() -> argparse.ArgumentParser:
    """Return the options of `kafka-storage.sh format`; argparse4j follows Python's argparse."""
    parser = argparse.ArgumentParser(exit_on_error=False, allow_abbrev=False)
    parser.add_argument("--ignore-formatted", "-g", action="store_true")
    parser.add_argument("--cluster-id", "-t", required=True)
    parser.add_argument("--config", "-c", required=True)
    return parser


STORAGE_TOOL = storage_tool()


def cases() -> Iterator[tuple[str, str, str]]:
    """Yield uids, names and passwords; the same ones each time, but for the passwords."""
    source = random.Random(14)
    for _ in range(CASES):
        length = source.randint(0, 38)
        middle = "".join(source.choice(LETTERS) for _ in range(length))
        name = source.choice(FIRST_LETTERS) + middle + source.choice(FIRST_LETTERS)
        yield str(uuid.UUID(int=source.getrandbits(128), version=4)), name, secrets.token_hex(PASSWORD_BYTES)


def containers_of(manifest: Manifest) -> list[dict[str, Any]]:
    pod = manifest.get("spec", {}).get("template", {}).get("spec", {})
    return [*pod.get("initContainers", []), *pod.get("containers", [])]


def check_arguments(command: list[str], generated: set[str]) -> None:
    """Check that what is generated is an argument of its own, never an option, and one word of a shell."""
    for word in command:
        for value in generated:
            if word == value:
                assert not word.startswith("-"), command
                assert shlex.split(word) == [word]


def check(manifest: Manifest, generated: set[str]) -> None:
    metadata = manifest["metadata"]
    assert DNS_LABEL.fullmatch(metadata["name"]), metadata["name"]
    template = manifest.get("spec", {}).get("template", {}).get("metadata", {})
    for labels in (metadata.get("labels", {}), template.get("labels", {})):
        for key, value in labels.items():
            assert LABEL_KEY.fullmatch(key)
            assert LABEL_VALUE.fullmatch(value), value
    if manifest["kind"] in {"ConfigMap", "Secret"}:
        assert all(FILE_NAME.fullmatch(key) for key in manifest["data"])
    for container in containers_of(manifest):
        check_arguments([*container.get("command", []), *container.get("args", [])], generated)


def test_no_generated_value_is_misread() -> None:
    for uid, name, password in cases():
        known = facts(uid=uid, redis_password=password)
        cluster = cluster_id(known)
        arguments = ["--ignore-formatted", "--cluster-id", cluster, "--config", "server.properties"]
        assert STORAGE_TOOL.parse_args(arguments).cluster_id == cluster, uid
        assert len(base64.urlsafe_b64decode(cluster + "==")) == 16
        objects = made(tracker(name=name), known)
        for manifest in objects.values():
            check(manifest, {uid, name, cluster, password})
        data = objects["Secret", f"{name}-redis"]["data"]
        read = {key: base64.b64decode(value).decode() for key, value in data.items()}
        assert shlex.split(read["redis.conf"]) == ["requirepass", password]
        assert urllib.parse.urlsplit(read["url"]).password == password
        assert read["password"] == password
        topics = [
            word.split()[0]
            for manifest in objects.values()
            for container in containers_of(manifest)
            for word in container.get("args", container.get("command", []))
            if len(word.split()) == 4
        ]
        assert topics
        assert all(TOPIC.fullmatch(topic) for topic in topics)


def test_the_id_of_a_cluster_that_could_be_formatted_stays() -> None:
    uid = "0b1c2d3e-1111-2222-3333-444455556666"
    assert cluster_id(facts(uid=uid)) == base64.urlsafe_b64encode(uuid.UUID(uid).bytes).decode().rstrip("=")


@pytest.mark.parametrize("uid", [DASH_UID, "no uuid at all"])
def test_the_id_of_a_cluster_never_changes(uid: str) -> None:
    known = facts(uid=uid)
    assert cluster_id(known) == cluster_id(facts(uid=uid))
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{21}", cluster_id(known))
