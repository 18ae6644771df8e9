"""Installs CRDs of other projects: Strimzi's, made by its own generator, and those that come as files."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from tests.apiserver.api_server import ApiError, ApiServer
from tests.servers.java import java
from tests.workloads.fetch import jars_or_skip

MODEL: Final = "io.strimzi.api.kafka.model"
STRIMZI: Final = {
    "kafkas": "kafka.Kafka",
    "kafkanodepools": "nodepool.KafkaNodePool",
    "kafkatopics": "topic.KafkaTopic",
    "kafkausers": "user.KafkaUser",
}
GENERATE_S: Final = 60.0
ESTABLISHED_S: Final = 30.0
LOOK_S: Final = 0.05


VERSIONS: Final = ("v1beta2", "v1")


def strimzi_crds(versions: Sequence[str]) -> list[dict[str, Any]]:
    """Return Strimzi's CRDs with only these of `VERSIONS`; the last one is the storage version."""
    crds: list[dict[str, Any]] = json.loads(_generated())
    for crd in crds:
        kept = [version for version in crd["spec"]["versions"] if version["name"] in versions]
        crd["spec"]["versions"] = [{**version, "storage": version["name"] == versions[-1]} for version in kept]
    return crds


@cache
def _generated() -> str:
    """Return the output of Strimzi's generator as JSON; it runs in Java and takes some seconds."""
    with tempfile.TemporaryDirectory() as name:
        return json.dumps(_generate(Path(name)))


def _generate(folder: Path) -> list[dict[str, Any]]:
    command = [java(), "-cp", f"{jars_or_skip('strimzi')}/*", "io.strimzi.crdgenerator.CrdGenerator"]
    command += ["--label", "app:strimzi", "--target-kube", "1.16+", "--crd-api-version", "v1", "--yaml"]
    command += ["--api-versions", ",".join(VERSIONS), "--storage-version", VERSIONS[-1]]
    command += [f"{MODEL}.{model}={folder / plural}.yaml" for plural, model in STRIMZI.items()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=GENERATE_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return [yaml.safe_load((folder / f"{plural}.yaml").read_text()) for plural in STRIMZI]


def install(server: ApiServer, crds: Sequence[dict[str, Any]]) -> None:
    """Create or update the CRDs, and wait until their objects can be listed in every version."""
    for crd in crds:
        name = crd["metadata"]["name"]
        path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}?fieldManager=test&force=true"
        server.request("PATCH", path, crd, content_type="application/apply-patch+yaml")
    for crd in crds:
        spec = crd["spec"]
        for version in spec["versions"]:
            if version["served"]:
                _wait(server, f"/apis/{spec['group']}/{version['name']}/{spec['names']['plural']}")


def _wait(server: ApiServer, path: str) -> None:
    deadline_s = time.monotonic() + ESTABLISHED_S
    while True:
        try:
            server.request("GET", path)
        except ApiError as error:
            if error.code not in (404, 429, 503) or time.monotonic() > deadline_s:
                raise
            time.sleep(LOOK_S)
        else:
            return


def remove(server: ApiServer, crds: Sequence[dict[str, Any]]) -> None:
    """Delete the CRDs and wait until they are gone: other tests of the session expect a cluster without them."""
    for crd in crds:
        path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{crd['metadata']['name']}"
        server.request("DELETE", path)
        deadline_s = time.monotonic() + ESTABLISHED_S
        while True:
            try:
                server.request("GET", path)
            except ApiError as error:
                if error.code != 404:
                    raise
                break
            assert time.monotonic() < deadline_s, f"{path} is not deleted"
            time.sleep(LOOK_S)
