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
from tests.workloads.ipv6_network import Ipv6Network

SERVICE: Final = "sky-registry.flights.svc"
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
        network: a network of its own, in which it listens as its pod does; None for loopback.
        port: its port; None for a free one.

    Attributes:
        url: address of its Confluent API.
    """

    def __init__(
        self,
        folder: Path,
        deployment: Manifest,
        secrets: Secrets,
        *,
        network: Ipv6Network | None = None,
        port: int | None = None,
    ) -> None:
        program = installed_or_skip("registry") / "quarkus-run.jar"
        port, management_port = port or free_port(), free_port()
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
        command += [f"-Dquarkus.http.port={port}", f"-Dquarkus.management.port={management_port}"]
        if network is None:
            command += [f"-Dquarkus.http.host={LOOPBACK}", f"-Dquarkus.management.host={LOOPBACK}"]
        command += ["-Djava.util.logging.manager=org.jboss.logmanager.LogManager", "-jar", str(program)]
        if network is not None:
            self._ready_url = f"http://[{network.addresses[SERVICE]}]:{management_port}/health/ready"
            command = network.inside(command)
        self._network = network
        super().__init__("the builtin registry", command, folder, self._ready, environment=environment, start_s=START_S)

    def _ready(self) -> bool:
        if self._network is not None:
            return self._network.answers(self._ready_url)
        with urllib.request.urlopen(self._ready_url, timeout=ANSWER_S) as answer:
            return bool(answer.status == 200)
