"""The builtin schema registry as its pod runs it: Apicurio's own program, with the environment of the manifest."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from flighttracker.plan import SECRETS_DIRECTORY
from flighttracker_operator.model.facts import Manifest
from tests.servers.java import installed_or_skip, java
from tests.servers.process import LOOPBACK, ServerProcess, free_port

ANSWER_S: Final = 5.0
START_S: Final = 150.0
"""The startup probe allows twice as much."""

Secrets = Mapping[str, Mapping[str, str]]
"""Values by the name of a Secret and a key."""


class BuiltinRegistry(ServerProcess):
    """One registry, made from its Deployment.

    Args:
        folder: where it runs.
        deployment: the Deployment of the registry.
        secrets: the Secrets of the namespace.

    Attributes:
        url: address of its Confluent API.
    """

    def __init__(self, folder: Path, deployment: Manifest, secrets: Secrets) -> None:
        program = installed_or_skip("registry") / "quarkus-run.jar"
        port, management_port = free_port(), free_port()
        self.url = f"http://{LOOPBACK}:{port}/apis/ccompat/v7"
        self._ready_url = f"http://{LOOPBACK}:{management_port}/health/ready"
        mounted = folder / "secrets"
        for name, values in secrets.items():
            (mounted / name).mkdir(parents=True)
            for key, value in values.items():
                (mounted / name / key).write_text(value)
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        environment = as_kubelet_does(container["env"], secrets)
        environment = {name: text.replace(SECRETS_DIRECTORY, str(mounted)) for name, text in environment.items()}
        command = [java(), "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        command += [f"-Dquarkus.http.host={LOOPBACK}", f"-Dquarkus.http.port={port}"]
        command += [f"-Dquarkus.management.host={LOOPBACK}", f"-Dquarkus.management.port={management_port}"]
        command += ["-Djava.util.logging.manager=org.jboss.logmanager.LogManager", "-jar", str(program)]
        super().__init__("the builtin registry", command, folder, self._ready, environment=environment, start_s=START_S)

    def _ready(self) -> bool:
        with urllib.request.urlopen(self._ready_url, timeout=ANSWER_S) as answer:
            return bool(answer.status == 200)


def as_kubelet_does(variables: list[dict[str, Any]], secrets: Secrets) -> dict[str, str]:
    """Return the environment of a container: values of Secrets, and `$(NAME)` of those before."""
    environment: dict[str, str] = {}
    for variable in variables:
        reference = variable.get("valueFrom", {}).get("secretKeyRef")
        if reference:
            environment[variable["name"]] = secrets[reference["name"]][reference["key"]]
        else:
            environment[variable["name"]] = _expanded(variable["value"], environment)
    return environment


def _expanded(text: str, known: Mapping[str, str]) -> str:
    return re.sub(r"\$\((\w+)\)", lambda name: known.get(name[1], name[0]), text)
