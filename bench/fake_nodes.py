"""Controllers and fake nodes for a benchmark of many trackers: pods are created, scheduled and marked ready only.

kube-controller-manager and kube-scheduler are the real ones with their default request rates, as in kubeadm and kind;
kwok simulates the kubelets. Volumes are created beforehand, because there is no provisioner.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from tests.apiserver.api_server import ApiServer
from tests.apiserver.controllers import control_plane_process

NODES: Final = 20
CLASS: Final = "bench"
CONTROLLERS: Final = (
    "deployment-controller",
    "replicaset-controller",
    "statefulset-controller",
    "disruption-controller",
    "endpointslice-controller",
    "persistentvolume-binder-controller",
    "node-lifecycle-controller",
)
CREATORS: Final = 10
TRACKER: Final[dict[str, Any]] = {
    "kafka": {"builtin": {"storage": {"size": "10Gi", "className": CLASS}}},
    "redis": {"builtin": {"storage": {"size": "1Gi", "className": CLASS}}},
}
"""`spec: {}` with volumes of the class that exists here."""
PODS: Final = 7
"""Of one such tracker."""


@contextmanager
def fake_nodes(server: ApiServer, folder: Path, trackers: int) -> Iterator[None]:
    """Run controllers, scheduler and fake nodes, with volumes for this many trackers."""
    config = str(server.kubeconfig())
    _volumes(server, trackers)
    for number in range(NODES):
        annotations = {"kwok.x-k8s.io/node": "fake", "node.alpha.kubernetes.io/ttl": "0"}
        labels = {"kubernetes.io/hostname": f"fake-{number}", "type": "kwok"}
        node = {"metadata": {"name": f"fake-{number}", "annotations": annotations, "labels": labels}}
        server.request("POST", "/api/v1/nodes", node)
    controllers = ["--leader-elect=false", "--controllers", ",".join(CONTROLLERS)]
    kwok = ["--manage-all-nodes=true", "--node-lease-duration-seconds=40"]
    with ExitStack() as stack:
        for name, arguments in (
            ("kube-controller-manager", controllers),
            ("kube-scheduler", ["--leader-elect=false"]),
            ("kwok", kwok),
        ):
            process = control_plane_process(name, [*arguments, "--kubeconfig", config], folder)
            stack.callback(process.stop)
            process.start()
        yield


def _volumes(server: ApiServer, trackers: int) -> None:
    def make(number: int) -> None:
        size = ("10Gi", "1Gi")[number % 2]
        spec = {
            "capacity": {"storage": size},
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": CLASS,
            "hostPath": {"path": "/nowhere"},
        }
        server.request("POST", "/api/v1/persistentvolumes", {"metadata": {"name": f"bench-{number}"}, "spec": spec})

    with ThreadPoolExecutor(CREATORS) as pool:
        list(pool.map(make, range(2 * trackers)))
