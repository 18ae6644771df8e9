"""A real schema registry: Apicurio, which has the Confluent API and stores its schemas in memory or in Kafka."""

from __future__ import annotations

import urllib.request
from pathlib import Path
from typing import Final

from tests.servers.java import installed_or_skip, java
from tests.servers.kafka_server import KafkaServer
from tests.servers.process import LOOPBACK, ServerProcess, free_port

ANSWER_S: Final = 5.0
HEAP: Final = "-Xmx384m"


class RegistryServer(ServerProcess):
    """Apicurio Registry, ready for `RegistrySettings(url=...)`.

    Args:
        folder: where it writes its log.
        kafka: the broker that stores its schemas; None for memory.

    Attributes:
        url: address of its Confluent API.
    """

    def __init__(self, folder: Path, *, kafka: KafkaServer | None = None) -> None:
        program = installed_or_skip("registry") / "quarkus-run.jar"
        port, management_port = free_port(), free_port()
        self.url = f"http://{LOOPBACK}:{port}/apis/ccompat/v7"
        command = [java(), HEAP, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        command += [f"-Dquarkus.http.host={LOOPBACK}", f"-Dquarkus.http.port={port}"]
        command += [f"-Dquarkus.management.host={LOOPBACK}", f"-Dquarkus.management.port={management_port}"]
        if kafka is not None:
            command += ["-Dapicurio.storage.kind=kafkasql"]
            command += [f"-Dapicurio.kafkasql.bootstrap.servers={kafka.bootstrap_servers}"]
        command += ["-Djava.util.logging.manager=org.jboss.logmanager.LogManager", "-jar", str(program)]
        super().__init__("apicurio", command, folder, self._lists_subjects)

    def _lists_subjects(self) -> bool:
        with urllib.request.urlopen(f"{self.url}/subjects", timeout=ANSWER_S) as answer:
            found: int = answer.status
            return found == 200
