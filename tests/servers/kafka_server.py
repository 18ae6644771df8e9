"""A real Kafka broker (KRaft, one node): plain on one port, TLS with SCRAM-SHA-512 on another.

It starts in about five seconds. Nothing waits for more members of a group, so a reader has its partitions at once.
"""

from __future__ import annotations

import base64
import socket
import struct
import subprocess
import uuid
from pathlib import Path
from typing import Final

from tests.servers.certificates import Certificates
from tests.servers.java import installed_or_skip, java
from tests.servers.process import LOOPBACK, ServerFailedError, ServerProcess, free_port

USER: Final = "flights"
PASSWORD: Final = "not-a-secret"
ANSWER_S: Final = 2.0
FORMAT_S: Final = 60.0
HEAP: Final = "-Xmx320m"

PROPERTIES: Final = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
listeners=PLAIN://{host}:{plain},SECURE://{host}:{secure},CONTROLLER://{host}:{controller}
advertised.listeners=PLAIN://{host}:{plain},SECURE://{host}:{secure}
listener.security.protocol.map=PLAIN:PLAINTEXT,SECURE:SASL_SSL,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAIN
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.secure.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.secure.ssl.keystore.type=PEM
listener.name.secure.ssl.keystore.location={keystore}
log.dirs={data}
auto.create.topics.enable=false
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
controlled.shutdown.enable=false
broker.session.timeout.ms={session_ms}
broker.heartbeat.interval.ms=200
"""

LOGGING: Final = """\
status=error
rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %c: %m%n
"""


class KafkaServer(ServerProcess):
    """Kafka, ready for `KafkaSettings(bootstrap_servers=...)`.

    Args:
        folder: where it stores everything.
        certificates: its certificates for TLS.
        lost_after_s: how long it may be silent until its own controller counts it as lost; one that was killed is let
            in again only after that, and one that a busy machine holds up is thrown out.

    Attributes:
        bootstrap_servers: its address without TLS or password.
        secure_bootstrap_servers: its address with TLS, for `USER` with `PASSWORD`.
    """

    def __init__(self, folder: Path, certificates: Certificates, *, lost_after_s: float = 1.0) -> None:
        jars = installed_or_skip("kafka")
        self._port, secure, controller = free_port(), free_port(), free_port()
        self.bootstrap_servers = f"{LOOPBACK}:{self._port}"
        self.secure_bootstrap_servers = f"{LOOPBACK}:{secure}"
        keystore = folder / "keystore.pem"
        keystore.write_bytes(certificates.key_file.read_bytes() + certificates.certificate_file.read_bytes())
        properties = folder / "server.properties"
        properties.write_text(
            PROPERTIES.format(
                host=LOOPBACK,
                plain=self._port,
                secure=secure,
                controller=controller,
                keystore=keystore,
                data=folder / "data",
                session_ms=round(lost_after_s * 1000),
            )
        )
        logging = folder / "log4j2.properties"
        logging.write_text(LOGGING)
        runtime = [java(), HEAP, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", f"-Dlog4j2.configurationFile={logging}"]
        runtime += ["-cp", f"{jars}/*"]
        self._format([*runtime, "kafka.tools.StorageTool", "format", "-c", str(properties)])
        super().__init__("kafka", [*runtime, "kafka.Kafka", str(properties)], folder, self._knows_itself)

    def _format(self, storage_tool: list[str]) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        scram = f"SCRAM-SHA-512=[name={USER},password={PASSWORD}]"
        done = subprocess.run(
            # With "=": one name in 64 begins with a dash.
            [*storage_tool, f"--cluster-id={cluster}", "--add-scram", scram],
            capture_output=True,
            text=True,
            timeout=FORMAT_S,
            check=False,
        )
        if done.returncode:
            raise ServerFailedError(f"kafka's storage could not be formatted\n{done.stdout}{done.stderr}")

    def _knows_itself(self) -> bool:
        """Send a Metadata request (version 1, no topics): a ready broker lists itself."""
        with socket.create_connection((LOOPBACK, self._port), ANSWER_S) as connection:
            connection.settimeout(ANSWER_S)
            request = struct.pack(">hhih4si", 3, 1, 1, 4, b"test", 0)
            connection.sendall(struct.pack(">i", len(request)) + request)
            with connection.makefile("rb") as answer:
                head = answer.read(12)
                if len(head) < 12:
                    return False
                brokers: int = struct.unpack(">iii", head)[2]
                return brokers == 1
