"""The builtin schema registry as its pod runs it: Apicurio's own program, with the environment of the manifest."""

from __future__ import annotations

import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Final

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
        pod = deployment["spec"]["template"]["spec"]
        for secret in (volume["secret"] for volume in pod["volumes"] if "secret" in volume):
            name = secret["secretName"]
            (mounted / name).mkdir(parents=True)
            for item in secret["items"]:
                (mounted / name / item["path"]).write_text(secrets[name][item["key"]])
        (container,) = pod["containers"]
        environment = {
            variable["name"]: variable["value"].replace(SECRETS_DIRECTORY, str(mounted))
            for variable in container["env"]
        }
        command = [java(), "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        command += [f"-Dquarkus.http.host={LOOPBACK}", f"-Dquarkus.http.port={port}"]
        command += [f"-Dquarkus.management.host={LOOPBACK}", f"-Dquarkus.management.port={management_port}"]
        command += ["-Djava.util.logging.manager=org.jboss.logmanager.LogManager", "-jar", str(program)]
        super().__init__("the builtin registry", command, folder, self._ready, environment=environment, start_s=START_S)

    def _ready(self) -> bool:
        with urllib.request.urlopen(self._ready_url, timeout=ANSWER_S) as answer:
            return bool(answer.status == 200)
