"""The builtin Kafka as in its pod: the same files, the same scripts, Kafka's own programs.

Only what a machine without containers lacks is put in its place: the directory of the data, the ports (those of the
manifest may be taken), and the pod's name in DNS.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any, Final

from flighttracker_operator.model.facts import Manifest
from tests.servers.java import java
from tests.servers.process import LOOPBACK, ServerProcess, free_port
from tests.workloads.fetch import jars_or_skip

COMMANDS: Final = {
    "kafka-storage.sh": "kafka.tools.StorageTool",
    "kafka-server-start.sh": "kafka.Kafka",
    "kafka-topics.sh": "org.apache.kafka.tools.TopicCommand",
    "kafka-run-class.sh": "",
}
SCRIPT_S: Final = 60.0
PROBE_S: Final = 5.0


class BuiltinKafka(ServerProcess):
    """One node, made from the ConfigMap and the StatefulSet of the builtin Kafka.

    Attributes:
        bootstrap_servers: its address.
        data: where its log is.
    """

    def __init__(self, folder: Path, config_map: Manifest, stateful_set: Manifest) -> None:
        port, controller = free_port(), free_port()
        self.bootstrap_servers = f"{LOOPBACK}:{port}"
        self.data = folder / "data/log"
        self._port = str(port)
        self._folder = folder
        (self._container,) = stateful_set["spec"]["template"]["spec"]["containers"]
        (data,) = [m["mountPath"] for m in self._container["volumeMounts"] if m["name"] == "data"]
        (config,) = [m["mountPath"] for m in self._container["volumeMounts"] if m["name"] == "config"]
        self._places = {config: str(folder / "config"), data: str(folder / "data"), "/tmp": str(folder / "tmp")}
        for name in ("config", "data", "tmp", "bin"):
            (folder / name).mkdir()
        for name, text in config_map["data"].items():
            text = text.replace("9092", self._port).replace("9093", str(controller)).replace(data, str(folder / "data"))
            (folder / "config" / name).write_text(text)
        self._write_commands(jars_or_skip("kafka-tools"))
        # A node is called NAME-0, and others resolve NAME-0.DOMAIN; in the test that is loopback.
        start = folder / "config" / "start.sh"
        start.write_text(start.read_text().replace("$HOSTNAME.$domain", LOOPBACK))
        command = self._placed(self._container["command"])
        environment = {**self.environment(), "HOSTNAME": "sky-kafka-0"}
        super().__init__("the builtin Kafka", command, folder, self.probe, environment=environment)

    def environment(self) -> dict[str, str]:
        """Return the variables of the container, and where the programs are."""
        own = {variable["name"]: self._replaced(variable["value"]) for variable in self._container["env"]}
        return {**own, "KAFKA_BIN": str(self._folder / "bin"), "TMPDIR": str(self._folder / "tmp")}

    def probe(self) -> bool:
        """Run the command of the readiness probe."""
        command = self._placed(self._container["readinessProbe"]["exec"]["command"])
        command = [self._port if part == "9092" else part for part in command]
        done = subprocess.run(command, capture_output=True, timeout=PROBE_S + 1, check=False)
        return done.returncode == 0

    def make_topics(self, init_container: dict[str, Any]) -> str:
        """Run the init container that makes topics, against this node, and return what it says."""
        command = self._placed(init_container["command"])
        script = self._folder / "config" / Path(command[1]).name
        environment = {variable["name"]: self._replaced(variable["value"]) for variable in init_container["env"]}
        done = subprocess.run(
            ["bash", str(script), self.bootstrap_servers, *command[3:]],
            capture_output=True,
            text=True,
            timeout=SCRIPT_S,
            check=False,
            env={**os.environ, **self.environment(), **environment},
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _placed(self, command: list[str]) -> list[str]:
        return [self._replaced(part) for part in command]

    def _replaced(self, text: str) -> str:
        # In one pass: the folder of a test may itself be below one of these paths.
        return re.sub("|".join(self._places), lambda place: self._places[place.group()], text)

    def _write_commands(self, jars: Path) -> None:
        """Write what the image has in /opt/kafka/bin."""
        for name, program in COMMANDS.items():
            options = "$KAFKA_HEAP_OPTS ${KAFKA_OPTS:-} ${KAFKA_JVM_PERFORMANCE_OPTS:-} ${KAFKA_LOG4J_OPTS:-}"
            line = f'exec {shlex.quote(java())} {options} -cp {shlex.quote(f"{jars}/*")} {program} "$@"\n'
            script = self._folder / "bin" / name
            script.write_text(f"#!/bin/sh\n{line}")
            script.chmod(0o755)
