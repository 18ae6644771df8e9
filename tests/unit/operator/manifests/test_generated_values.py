"""Generated values are parsed correctly: ten thousand uids, names and passwords, with the rules of their readers."""

from __future__ import annotations

import argparse
import base64
import dataclasses
import random
import re
import secrets
import shlex
import urllib.parse
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from flighttracker_operator.manifests.kafka import cluster_id
from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.model.servers import kafka_names
from flighttracker_operator.reconcile.gather import PASSWORD_BYTES
from tests.unit.operator.manifests.cases import facts, made, tracker

CASES = 10_000
DASH_UID = "f8000000-0000-4000-8000-000000000000"
"""A uid whose plain base64 starts with a dash."""

DNS_LABEL = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
"""Names of Services are DNS labels that start with a letter, which is stricter than a DNS subdomain."""
SUBDOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
LABEL_KEY = re.compile(r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
FILE_NAME = re.compile(r"[-._A-Za-z0-9]{1,253}")
TOPIC = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}")
SPECS: tuple[dict[str, Any], ...] = (
    {},
    {"kafka": {"builtin": {"replicas": 3}}, "monitoring": {"prometheusRule": True, "grafanaDashboard": True}},
    {"kafka": {"provider": "external", "external": {"bootstrapServers": "kafka:9092", "saslSecret": "sasl"}}},
    {"kafka": {"provider": "strimzi", "strimzi": {"cluster": "shared"}}, "ingress": {"enabled": True}},
)
"""In turn: values reach other places with other servers. In a shared Kafka, topics carry namespace and name."""
JAAS = re.compile(r'[a-z.]+=[A-Za-z.]+ required( [a-z_]+="(\w+|\$\{files:[-a-z0-9/]+:[a-z]+\})")+;')
"""A line with a login; Kafka replaces `${files:DIRECTORY:FILE}`."""
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


class Case(NamedTuple):
    """The generated values of one tracker."""

    uid: str
    namespace: str
    name: str
    password: str


def cases() -> Iterator[Case]:
    """Yield the same cases each time, except for the passwords."""
    source = random.Random(14)
    for _ in range(CASES):
        middle = "".join(source.choice(LETTERS) for _ in range(source.randint(0, 38)))
        name = source.choice(FIRST_LETTERS) + middle + source.choice(FIRST_LETTERS)
        namespace = source.choice(LETTERS[:-1]) + middle + middle[:22] + source.choice(LETTERS[:-1])
        uid = str(uuid.UUID(int=source.getrandbits(128), version=4))
        yield Case(uid, namespace, name, secrets.token_hex(PASSWORD_BYTES))


def containers_of(manifest: Manifest) -> list[dict[str, Any]]:
    pod = manifest.get("spec", {}).get("template", {}).get("spec", {})
    return [*pod.get("initContainers", []), *pod.get("containers", [])]


def check_words(words: list[str], generated: set[str]) -> None:
    """Check the words of a command line: no generated word is an option, and none contains a Kubernetes variable."""
    for word in words:
        assert "$(" not in word or word.startswith("REDISCLI_AUTH="), word
        if word in generated:
            assert not word.startswith("-"), words
            assert shlex.split(word) == [word]


def check_object(manifest: Manifest, generated: set[str]) -> None:
    """Check names, labels and keys by the rules of Kubernetes, and the command lines of every container."""
    metadata = manifest["metadata"]
    name = SUBDOMAIN if manifest["kind"] == "KafkaTopic" else DNS_LABEL
    assert name.fullmatch(metadata["name"]), metadata["name"]
    template = manifest.get("spec", {}).get("template", {}).get("metadata", {})
    for labels in (metadata.get("labels", {}), template.get("labels", {})):
        for key, value in labels.items():
            assert LABEL_KEY.fullmatch(key)
            assert LABEL_VALUE.fullmatch(value), value
    if manifest["kind"] in {"ConfigMap", "Secret"}:
        assert all(FILE_NAME.fullmatch(key) for key in manifest["data"])
    for container in containers_of(manifest):
        check_words([*container.get("command", []), *container.get("args", [])], generated)


def check_cluster(uid: str, cluster: str) -> None:
    """Check the cluster's id as Kafka's formatter reads it."""
    arguments = ["--ignore-formatted", "--cluster-id", cluster, "--config", "server.properties"]
    assert STORAGE_TOOL.parse_args(arguments).cluster_id == cluster, uid
    assert len(base64.urlsafe_b64decode(cluster + "==")) == 16


def check_secret(data: dict[str, str], password: str) -> None:
    """Check the password as redis-server and the roles read it."""
    read = {key: base64.b64decode(value).decode() for key, value in data.items()}
    assert shlex.split(read["redis.conf"]) == ["requirepass", password]
    assert urllib.parse.urlsplit(read["url"]).password == password
    assert read["password"] == password


def check_properties(text: str) -> None:
    """Check `server.properties` as java.util.Properties reads it, and the hosts in it."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert "\\" not in text
    logins = [line for line in lines if ".jaas.config=" in line]
    assert all(re.match(r"[a-z.]+=\S*$", line) for line in lines if line not in logins), lines
    assert all(JAAS.fullmatch(line) for line in logins), logins
    voters = dict(line.split("=", 1) for line in lines)["controller.quorum.voters"]
    for number, voter in enumerate(voters.split(",")):
        node, _, host = voter.rpartition(":")[0].partition("@")
        assert node == str(number)
        assert len(host) <= 253
        assert all(len(label) <= 63 for label in host.split("."))


def check_topics(container: dict[str, Any], names: set[str]) -> None:
    """Check the arguments of `topics.sh`, which splits them into words and searches for the name with `grep -E`."""
    for argument in container["command"][3:]:
        name, partitions, copies, settings = argument.split()
        assert name in names
        assert TOPIC.fullmatch(name), name
        assert re.fullmatch(name.replace(".", "\\."), name)
        assert partitions.isdecimal()
        assert copies.isdecimal()
        assert re.fullmatch(r"[-a-z0-9.,=]+", settings), "a shell would expand it"


def test_no_generated_value_is_misread() -> None:
    for number, case in enumerate(cases()):
        known = facts(
            uid=case.uid, namespace=case.namespace, kafka_password=case.password, redis_password=case.password
        )
        spec = SPECS[number % len(SPECS)]
        wanted = tracker(spec, name=case.name)
        names = set(dataclasses.asdict(kafka_names(wanted, known)).values())
        assert all(TOPIC.fullmatch(name) for name in names), names
        cluster = cluster_id(known)
        check_cluster(case.uid, cluster)
        objects = made(wanted, known)
        generated = {case.uid, case.namespace, case.name, case.password, cluster}
        for manifest in objects.values():
            check_object(manifest, generated)
            for container in containers_of(manifest):
                if container["name"] == "topics":
                    check_topics(container, names)
        check_secret(objects["Secret", f"{case.name}-redis"]["data"], case.password)
        config = objects.get(("ConfigMap", f"{case.name}-kafka"), {"data": {}})["data"]
        check_properties(config.get("server.properties", "controller.quorum.voters=0@127.0.0.1:9093"))


def test_a_valid_cluster_id_is_kept() -> None:
    uid = "0b1c2d3e-1111-2222-3333-444455556666"
    assert cluster_id(facts(uid=uid)) == base64.urlsafe_b64encode(uuid.UUID(uid).bytes).decode().rstrip("=")


@pytest.mark.parametrize("uid", [DASH_UID, "no uuid at all"])
def test_the_cluster_id_of_a_uid_never_changes(uid: str) -> None:
    known = facts(uid=uid)
    assert cluster_id(known) == cluster_id(facts(uid=uid))
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{21}", cluster_id(known))
