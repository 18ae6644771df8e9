"""A real S3-compatible server in a pod: the S3Proxy of the other tests, on the Java of Kafka's image."""

from __future__ import annotations

import json
import subprocess
from typing import Final

from tests.cluster.cluster import OFFERED, Manifest, Namespace
from tests.servers.java import installed_or_skip
from tests.servers.s3_server import ACCESS_KEY, BUCKET, SECRET_KEY

NAME: Final = "object-store"
CREDENTIALS: Final = "bucket"
"""Secret of a tracker that uses the bucket."""
PORT: Final = 9900
IMAGE: Final = "docker.io/apache/kafka:4.1.1"
"""Every tracker of a cluster has it already, and it has a Java."""
COPY_S: Final = 60.0
"""How long 55 MB may take through the API server."""
START_S: Final = 120
PROPERTIES: Final = f"""\
s3proxy.endpoint=http://0.0.0.0:{PORT}
s3proxy.authorization=aws-v2-or-v4
s3proxy.identity={ACCESS_KEY}
s3proxy.credential={SECRET_KEY}
jclouds.provider=filesystem-nio2
jclouds.filesystem.basedir=/data/objects
jclouds.identity=local
jclouds.credential=local
"""
SERVE: Final = f"""\
mkdir -p /data/objects/{BUCKET}
# The program is copied into the pod, which has no way to be told.
until [ -f /data/s3proxy.jar ]; do sleep 0.2; done
exec java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar /data/s3proxy.jar --properties /settings/s3proxy.conf
"""


def object_store(namespace: Namespace) -> Manifest:
    """Start the server in a namespace, and return `spec.history.storage.s3` for it."""
    program = installed_or_skip("s3") / "s3proxy.jar"
    keys = (f"AWS_ACCESS_KEY_ID={ACCESS_KEY}", f"AWS_SECRET_ACCESS_KEY={SECRET_KEY}")
    namespace.kubectl("create", "secret", "generic", CREDENTIALS, *(f"--from-literal={key}" for key in keys))
    namespace.kubectl("label", "secret", CREDENTIALS, OFFERED)
    namespace.kubectl("create", "secret", "generic", NAME, f"--from-literal=s3proxy.conf={PROPERTIES}")
    namespace.kubectl("apply", "-f", "-", text=json.dumps(_pod()))
    namespace.kubectl("expose", "pod", NAME, f"--port={PORT}")
    phase = ("pod", NAME, "--for=jsonpath={.status.phase}=Running", f"--timeout={START_S}s")
    namespace.kubectl("wait", *phase, timeout_s=START_S + 10)
    # Under another name until it is whole: the pod waits for the file.
    receive = "cat > /data/part && mv /data/part /data/s3proxy.jar"
    command = ("kubectl", "--namespace", namespace.name, "exec", "--stdin", NAME, "--", "sh", "-c", receive)
    with program.open("rb") as file:
        subprocess.run(command, stdin=file, check=True, timeout=COPY_S)
    ready = ("pod", NAME, "--for=condition=Ready", f"--timeout={START_S}s")
    namespace.kubectl("wait", *ready, timeout_s=START_S + 10)
    return {
        "endpoint": f"http://{NAME}.{namespace.name}.svc:{PORT}",
        "bucket": BUCKET,
        "credentialsSecret": CREDENTIALS,
    }


def _pod() -> Manifest:
    container: Manifest = {
        "name": "s3proxy",
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": ["sh", "-c", SERVE],
        "ports": [{"containerPort": PORT}],
        "readinessProbe": {"tcpSocket": {"port": PORT}, "periodSeconds": 1},
        "resources": {"requests": {"cpu": "10m", "memory": "64Mi"}, "limits": {"memory": "512Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [{"name": "data", "mountPath": "/data"}, {"name": "settings", "mountPath": "/settings"}],
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": NAME, "labels": {"app.kubernetes.io/name": NAME}},
        "spec": {
            "containers": [container],
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 1,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 1000,
                "fsGroup": 1000,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "volumes": [{"name": "data", "emptyDir": {}}, {"name": "settings", "secret": {"secretName": NAME}}],
        },
    }
