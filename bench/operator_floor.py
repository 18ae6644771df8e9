"""The cost of many trackers' objects in Kubernetes itself: the storm without an operator.

A plain client creates the children of one tracker again for many trackers, without a watch, a comparison or a status.
No operator can be faster on the same machine.
"""

from __future__ import annotations

import json
import math
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import urllib3
from bench.fake_nodes import TRACKER, fake_nodes
from bench.operator_stage import api_server, is_at_work, namespace, namespaces, until

from tests.apiserver.api_server import ADMIN, ApiServer
from tests.apiserver.cluster_view import KINDS, NOISE
from tests.apiserver.operator_process import USER, OperatorProcess

CREATORS = 10
LOOK_S = 0.2
FLOOR, FIRST = "floor-of-one", "demo-first"
"""Namespace and name of the tracker whose children are created again."""


class Floor(NamedTuple):
    """Times for the objects of many trackers without an operator.

    Attributes:
        created_s: until the last object existed.
        gateways_s: until the last tracker had its gateways; infinity after a timeout, 0 without pods.
    """

    created_s: float
    gateways_s: float


def without_operator(folder: Path, count: int, longest_s: float, *, pods: bool) -> Floor:
    """Create the children of this many trackers on a separate API server."""
    children = children_of_one(folder / "first", pods=pods)
    with api_server(folder / "many") as server, fake_nodes(server, folder, count) if pods else nullcontext():
        where = [cluster.namespace for cluster in namespaces(server, count)]
        ready: set[str] = set()
        threading.Thread(target=follow, args=(server, ready), daemon=True).start()
        started_s = time.perf_counter()
        create_all(server, children, where)
        created_s = time.perf_counter() - started_s
        while pods and len(ready) < count:
            if time.perf_counter() - started_s > longest_s:
                return Floor(created_s, math.inf)
            time.sleep(LOOK_S)  # the watch tells; this only bounds how often they are counted
        return Floor(created_s, time.perf_counter() - started_s if pods else 0.0)


def children_of_one(folder: Path, *, pods: bool) -> list[tuple[str, str]]:
    """Return the path and the JSON of each child that the operator created for a tracker."""
    with api_server(folder) as server, OperatorProcess(server.kubeconfig(USER), folder) as operator:
        until(lambda: is_at_work(operator), "the operator")
        cluster = namespace(server, FLOOR)
        cluster.create_tracker(FIRST, TRACKER if pods else {})
        found = cluster.complete(FIRST)
    return [(KINDS[kind].path(cluster.namespace), json.dumps(bare(child))) for (kind, _), child in found.items()]


def bare(child: dict[str, Any]) -> dict[str, Any]:
    """Return an object without the fields that the API server sets, and without its owner."""
    metadata = {name: value for name, value in child["metadata"].items() if name not in (*NOISE, "ownerReferences")}
    spec = {name: value for name, value in child.get("spec", {}).items() if not name.startswith("clusterIP")}
    whole = {name: value for name, value in child.items() if name not in ("status", "spec")}
    return whole | {"metadata": metadata} | ({"spec": spec} if "spec" in child else {})


def create_all(server: ApiServer, children: list[tuple[str, str]], where: list[str]) -> None:
    """Create the children of a tracker in each of these namespaces, over persistent connections."""
    headers = {"Authorization": f"Bearer token-of-{ADMIN}", "Content-Type": "application/json"}
    with urllib3.PoolManager(maxsize=CREATORS, ca_certs=str(server.ca_file), headers=headers) as http:

        def create(at: tuple[int, str]) -> None:
            number, namespace_name = at
            for path, body in children:
                url = server.url + path.replace(FLOOR, namespace_name)
                named = body.replace(FIRST, f"demo-{number}").replace(FLOOR, namespace_name)
                answer = http.request("POST", url, body=named)
                if answer.status != 201:
                    raise RuntimeError(f"{path}: {answer.data.decode()}")

        with ThreadPoolExecutor(CREATORS) as pool:
            list(pool.map(create, enumerate(where)))


def follow(server: ApiServer, ready: set[str]) -> None:
    """Record the gateways that are ready."""
    for deployment in server.watch(KINDS["Deployment"].path(None)):
        name, wanted = deployment["metadata"]["name"], deployment["spec"]["replicas"]
        if name.endswith("-gateway") and deployment.get("status", {}).get("readyReplicas") == wanted:
            ready.add(name)
