"""Every object of the chart and of every tracker is valid in each version of Kubernetes that the chart allows, and the
rules of the CRD compile there.

The schemas are strict: a field that a version does not have is an error. Objects of other projects are tested with
their CRDs in `strimzi/test_applied.py`.
"""

from __future__ import annotations

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest
import yaml

from flighttracker_operator.manifests import desired
from flighttracker_operator.model.facts import Manifest
from tests.apiserver.strimzi.test_applied import TRACKERS, known
from tests.chart.helm import CHART, EVERYTHING, render
from tests.workloads.fetch import SCHEMAS_OF, rule_compiler_or_skip, schemas_or_skip

OLDEST: Final = int(
    yaml.safe_load((CHART / "Chart.yaml").read_text())["kubeVersion"].removeprefix(">=1.").split(".")[0]
)
VERSIONS: Final = [f"1.{minor}" for minor in range(OLDEST, SCHEMAS_OF + 1)]
CRD: Final = next((CHART / "crds").glob("*.yaml"))


@cache
def chart_objects() -> list[Manifest]:
    """Return the objects of three installations: the defaults, every value, and namespaces only."""
    namespaces = ("--set=watchNamespaces={one},rbac.clusterRoles=true",)
    return [*render(), *render(*EVERYTHING), *render(*namespaces)]


@cache
def tracker_objects() -> list[Manifest]:
    """Return the objects of every tracker of the tests and examples, each different one once."""
    found = {json.dumps(one): one for wanted in TRACKERS for one in desired(wanted, known(wanted, "flights"))}
    return list(found.values())


class Schemas:
    """The schemas of one version of Kubernetes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        definitions = json.loads((folder / "_definitions.json").read_text(encoding="utf-8"))
        self._registry = jsonschema_rs.Registry([("file:///k8s/_definitions.json", definitions)])
        self._validators: dict[str, Any] = {}

    def mistakes(self, manifest: Manifest) -> list[str] | None:
        """Return what is wrong with an object; None if Kubernetes has no such kind."""
        group, _, version = manifest["apiVersion"].rpartition("/")
        name = "-".join(filter(None, (manifest["kind"].lower(), group.split(".")[0], version)))
        path = self._folder / f"{name}.json"
        if not path.is_file():
            return None
        if name not in self._validators:
            schema = {"$id": f"file:///k8s/{name}.json", **json.loads(path.read_text(encoding="utf-8"))}
            self._validators[name] = jsonschema_rs.validator_for(schema, registry=self._registry)
        return [f"{error.instance_path}: {error.message}" for error in self._validators[name].iter_errors(manifest)]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_valid(version: str) -> None:
    schemas = Schemas(schemas_or_skip() / version)
    checked: set[str] = set()
    for manifest in (*chart_objects(), *tracker_objects()):
        mistakes = schemas.mistakes(manifest)
        if mistakes is None:
            assert "." in manifest["apiVersion"], f"{manifest['kind']} is in no schema"
            assert (
                not manifest["apiVersion"].partition("/")[0].endswith(".k8s.io") or "gateway" in manifest["apiVersion"]
            )
            continue
        assert mistakes == [], f"{manifest['kind']} {manifest['metadata']['name']}"
        checked.add(manifest["kind"])
    assert checked >= {
        "Deployment",
        "StatefulSet",
        "Ingress",
        "NetworkPolicy",
        "HorizontalPodAutoscaler",
        "ClusterRole",
    }


def test_a_field_that_a_version_does_not_have_is_found() -> None:
    (pod,) = [one for one in chart_objects() if one["kind"] == "Deployment"][:1]
    newer = json.loads(json.dumps(pod))
    newer["spec"]["template"]["spec"]["resources"] = {"requests": {"cpu": "1"}}  # of the whole pod: since 1.32
    assert Schemas(schemas_or_skip() / "1.29").mistakes(newer)
    assert Schemas(schemas_or_skip() / VERSIONS[-1]).mistakes(newer) == []


def rejected_rules(version: str, crd: Path) -> str:
    """Return what the compiler of the API server says of the rules of a CRD; empty if it takes all."""
    command = [str(rule_compiler_or_skip()), version, str(crd)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 0 or answer.stdout, answer.stderr
    return answer.stdout if answer.returncode else ""


@pytest.mark.parametrize("version", VERSIONS[:3])
def test_the_rules_of_the_crd_compile(version: str) -> None:
    assert rejected_rules(version, CRD) == ""


def test_a_function_that_a_version_does_not_have_is_found(tmp_path: Path) -> None:
    """An API server has functions for addresses since 1.30, and takes them in a new CRD since 1.31."""
    crd = yaml.safe_load(CRD.read_text(encoding="utf-8"))
    spec = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    spec["properties"]["gateway"]["x-kubernetes-validations"].append({"rule": "isIP('192.0.2.1')", "message": "is not"})
    path = tmp_path / "crd.yaml"
    path.write_text(yaml.safe_dump(crd), encoding="utf-8")
    assert ".spec.gateway: isIP('192.0.2.1'): " in rejected_rules("1.29", path)
    assert "isIP" in rejected_rules("1.30", path)
    assert rejected_rules("1.31", path) == ""
