"""The builtin Kafka as in its pod: the same files, the same scripts, Kafka's own programs.

Only what a machine without containers lacks is put in its place: the directories of data and Secrets, the ports (those
of the manifest may be taken), and the pod's name in DNS: each node has a loopback address of its own.
"""

from __future__ import annotations

import base64
import os
import re
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from flighttracker.plan import SECRETS_DIRECTORY
from flighttracker.settings import KafkaSettings
from flighttracker_operator.model.facts import Manifest
from tests.servers.java import java
from tests.servers.process import ServerProcess, free_port
from tests.workloads.fetch import jars_or_skip
from tests.workloads.ipv6_network import Ipv6Network

COMMANDS: Final = {
    "kafka-storage.sh": "kafka.tools.StorageTool",
    "kafka-server-start.sh": "kafka.Kafka",
    "kafka-topics.sh": "org.apache.kafka.tools.TopicCommand",
    "kafka-run-class.sh": "",
}
POD_PORTS: Final = 9092, 9093
SERVICE: Final = "sky-kafka.flights.svc"
SCRIPT_S: Final = 240.0
"""Java starts several times in a script, beside the tests of two other files and the other lane of CI."""
PROBE_S: Final = 5.0
HOST: Final = re.compile(r"sky-kafka-(\d)\.sky-kafka-nodes\.flights\.svc")

Manifests = Mapping[tuple[str, str], Manifest]
Ports = tuple[int, int]


def free_ports() -> Ports:
    """Return a port for clients and one for controllers; the nodes of a cluster use the same."""
    return free_port(), free_port()


def address(node: str | int) -> str:
    """Return the loopback address of a node."""
    return f"127.0.0.{int(node) + 1}"


class BuiltinKafka(ServerProcess):
    """One node, made from the Secret, the ConfigMap and the StatefulSet of the builtin Kafka of a tracker `sky`.

    In a network of its own, it listens where its pod does, and has the names of its Services.

    Attributes:
        bootstrap_servers: its address.
        controller: host and port of its controller.
        data: where its log is.
        log: what it has printed.
    """

    def __init__(
        self,
        folder: Path,
        manifests: Manifests,
        *,
        node: int = 0,
        ports: Ports | None = None,
        network: Ipv6Network | None = None,
    ) -> None:
        self._network = network
        self._ports = ports or (POD_PORTS if network else free_ports())
        self._host = address(node)
        self.bootstrap_servers = f"{SERVICE if network else self._host}:{self._ports[0]}"
        self.controller = self._host, self._ports[1]
        self.data = folder / "data/log"
        self.log = folder / "server.log"
        self._folder = folder
        (self._container,) = manifests["StatefulSet", "sky-kafka"]["spec"]["template"]["spec"]["containers"]
        (data,) = [m["mountPath"] for m in self._container["volumeMounts"] if m["name"] == "data"]
        (config,) = [m["mountPath"] for m in self._container["volumeMounts"] if m["name"] == "config"]
        self._places = {
            config: str(folder / "config"),
            data: str(folder / "data"),
            SECRETS_DIRECTORY: str(folder / "secrets"),
            "/tmp": str(folder / "tmp"),
        }
        for name in ("config", "data", "tmp", "bin", "secrets/sky-kafka"):
            (folder / name).mkdir(parents=True)
        self.configure(manifests)
        self._write_commands(jars_or_skip("kafka-tools"))
        self._variables = {"HOSTNAME": f"sky-kafka-{node}"}
        command = self._placed(self._container["command"])
        environment = {**self.environment(), **self._variables}
        super().__init__("the builtin Kafka", self._inside(command), folder, self.probe, environment=environment)

    def configure(self, manifests: Manifests) -> None:
        """Write the files of the ConfigMap and the Secret, which a stopped node reads when it starts again."""
        for name, text in manifests["ConfigMap", "sky-kafka"]["data"].items():
            text = text.replace("9092", str(self._ports[0])).replace("9093", str(self._ports[1]))
            text = HOST.sub(lambda match: address(match[1]), text.replace("127.0.0.1", self._host))
            (self._folder / "config" / name).write_text(self._replaced(text))
        secret = manifests["Secret", "sky-kafka"]["data"]
        self.mount(**{key: base64.b64decode(value).decode() for key, value in secret.items()})
        if self._network is not None:
            return
        # A node is called NAME-0, and others resolve NAME-0.DOMAIN; in the test that is its address.
        start = self._folder / "config" / "start.sh"
        listeners = ",".join(
            f"{name}://{self._host}:{port}" for name, port in zip(("CLIENT", "CONTROLLER"), self._ports, strict=True)
        )
        text = start.read_text().replace("$HOSTNAME.$domain", self._host)
        start.write_text(text.replace('echo "node.id', f'echo "listeners={listeners}"\n  echo "node.id'))

    def mount(self, **values: str) -> None:
        """Write keys of the mounted Secret, as the kubelet does when it changes."""
        for key, value in values.items():
            (self._folder / "secrets/sky-kafka" / key).write_text(value)

    def environment(self) -> dict[str, str]:
        """Return the variables of the container, and where the programs are."""
        own = {variable["name"]: self._replaced(variable["value"]) for variable in self._container["env"]}
        return {**own, "KAFKA_BIN": str(self._folder / "bin"), "TMPDIR": str(self._folder / "tmp")}

    def probe(self) -> bool:
        """Run the command of the readiness probe."""
        return self.run_probe(self.probe_command())

    def probe_command(self, probe: str = "readinessProbe") -> list[str]:
        """Return the command of a probe, with the port and the directory of the Secret."""
        command = self._placed(self._container[probe]["exec"]["command"])
        return [str(self._ports[0]) if part == "9092" else part for part in command]

    def run_probe(self, command: list[str]) -> bool:
        """Run a probe in the pod."""
        done = subprocess.run(
            self._inside(command),
            capture_output=True,
            timeout=PROBE_S + 1,
            check=False,
            env={**os.environ, **self._variables},
        )
        return done.returncode == 0

    def settings(self, settings: KafkaSettings) -> KafkaSettings:
        """Return the settings of a role, with the address of this node and the files of the mounted Secret."""
        return msgspec.structs.replace(
            settings,
            bootstrap_servers=self.bootstrap_servers,
            username_file=self._replaced(settings.username_file),
            password_file=self._replaced(settings.password_file),
        )

    def make_topics(self, init_container: dict[str, Any]) -> str:
        """Run the init container that makes topics, against this node, and return what it says."""
        command = self._placed(init_container["command"])
        script = self._folder / "config" / Path(command[1]).name
        environment = {variable["name"]: self._replaced(variable["value"]) for variable in init_container["env"]}
        done = subprocess.run(
            self._inside(["bash", str(script), self.bootstrap_servers, *command[3:]]),
            capture_output=True,
            text=True,
            timeout=SCRIPT_S,
            check=False,
            env={**os.environ, **self.environment(), **environment},
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run_documented(self, command: str) -> str:
        """Run what a page lets a reader run in the pod (`kubectl exec POD -- …`), and return its output."""
        inside = re.sub(r"\S+-kafka:9092", self.bootstrap_servers, self._replaced(command.partition(" -- ")[2]))
        inside = inside.replace("/opt/kafka/bin", str(self._folder / "bin"))
        done = subprocess.run(
            ["bash", "-c", inside],
            capture_output=True,
            text=True,
            timeout=SCRIPT_S,
            check=False,
            env={**os.environ, **self.environment(), **self._variables},
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _inside(self, command: list[str]) -> list[str]:
        return self._network.inside(command) if self._network else command

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
