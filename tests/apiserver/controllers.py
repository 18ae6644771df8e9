"""Kubernetes' own controllers on the API server of the tests: garbage collector, workloads, autoscaler.

A machine without kube-controller-manager beside kube-apiserver skips the tests that need them.
"""

from __future__ import annotations

import ssl
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.apiserver.api_server import ApiServer
from tests.apiserver.binaries import binary_or_skip
from tests.servers.process import LOOPBACK, ServerProcess, free_port

CONTROLLERS: Final = (
    "garbage-collector-controller",
    "deployment-controller",
    "replicaset-controller",
    "statefulset-controller",
    "horizontal-pod-autoscaler-controller",
    "persistentvolumeclaim-protection-controller",
)


@contextmanager
def controllers(server: ApiServer, folder: Path, names: tuple[str, ...] = CONTROLLERS) -> Iterator[None]:
    """Run controllers until the block ends."""
    arguments = ["--leader-elect=false", "--controllers", ",".join(names), "--kubeconfig", str(server.kubeconfig())]
    arguments += ["--horizontal-pod-autoscaler-sync-period=1s"]
    # They first look at what all the tests before left: with the default of 20 requests a second that takes a minute.
    arguments += ["--kube-api-qps=300", "--kube-api-burst=600"]
    process = control_plane_process("kube-controller-manager", arguments, folder)
    try:
        process.start()
        yield
    except BaseException:
        print(process.log_tail())  # pytest shows it with the failure
        raise
    finally:
        process.stop()


def control_plane_process(name: str, arguments: list[str], folder: Path) -> ServerProcess:
    """Return a process of the control plane, or kwok, that has not been started."""
    own = folder / name
    own.mkdir()
    port = free_port()
    if name == "kwok":
        arguments = [*arguments, "--server-address", f"{LOOPBACK}:{port}"]
        url = f"http://{LOOPBACK}:{port}/healthz"
    else:
        arguments = [*arguments, "--secure-port", str(port), "--bind-address", LOOPBACK, "--cert-dir", str(own)]
        url = f"https://{LOOPBACK}:{port}/healthz"
    context = ssl._create_unverified_context()  # its certificate is made at its start, and it is ours

    def answers() -> bool:
        with urllib.request.urlopen(url, timeout=2, context=context) as answer:
            return bool(answer.status == 200)

    return ServerProcess(name, [str(binary_or_skip(name)), *arguments], own, answers)
