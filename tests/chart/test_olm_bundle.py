"""The OLM bundle says what the chart, the CRD and the examples say. Its rules are checked in `tests/apiserver`."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from scripts.olm import bundle
from scripts.release import ReleaseError

from flighttracker.spec import parse_tracker
from flighttracker_operator.crd import custom_resource_definition
from flighttracker_operator.model.images import images_of
from tests.chart.helm import ROOT, Manifest, of_kind, only, render
from tests.chart.olm_bundle import written_bundle

RELEASE = {"release": "flighttracker", "namespace": "flighttracker"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A written bundle."""
    return written_bundle(tmp_path_factory.mktemp("olm"))


@pytest.fixture(scope="module")
def csv(folder: Path) -> Manifest:
    """The ClusterServiceVersion."""
    (path,) = folder.glob("manifests/*.clusterserviceversion.yaml")
    found: Manifest = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def test_the_bundle_has_what_olm_looks_for(folder: Path) -> None:
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert names == [
        "bundle.Dockerfile",
        "manifests/flighttracker.clusterserviceversion.yaml",
        "manifests/flighttrackers.flighttracker.io.crd.yaml",
        "metadata/annotations.yaml",
    ]
    annotations = yaml.safe_load((folder / "metadata/annotations.yaml").read_text())["annotations"]
    lines = (folder / "bundle.Dockerfile").read_text().splitlines()
    labels = dict(line.removeprefix("LABEL ").split("=") for line in lines if line.startswith("LABEL"))
    assert labels == annotations
    for place in ("manifests", "metadata"):
        assert annotations[f"operators.operatorframework.io.bundle.{place}.v1"] == f"{place}/"
        assert f"COPY {place} /{place}/" in lines
    crd = yaml.safe_load((folder / "manifests/flighttrackers.flighttracker.io.crd.yaml").read_text())
    assert crd == custom_resource_definition()


def test_the_same_sources_give_the_same_archive(folder: Path) -> None:
    first = hashlib.sha256(bundle.archive(ROOT, folder).read_bytes()).digest()
    for path in folder.rglob("*"):
        os.utime(path, (1, 1))
    assert hashlib.sha256(bundle.archive(ROOT, folder).read_bytes()).digest() == first


def test_the_rights_are_those_of_the_chart(csv: Manifest) -> None:
    install = csv["spec"]["install"]["spec"]
    (wide,), (narrow,) = install["clusterPermissions"], install["permissions"]
    (role,) = [
        role for role in of_kind(render(**RELEASE), "ClusterRole")
        if role["metadata"]["name"] == "flighttracker-flighttracker"
    ]  # fmt: skip
    assert [*wide["rules"], *narrow["rules"]] == role["rules"]
    (in_a_namespace,) = of_kind(render("--set=watchNamespaces={team}", **RELEASE), "Role")
    assert narrow["rules"] == in_a_namespace["rules"], "OLM makes a Role of them in each namespace"
    assert {one["serviceAccountName"] for one in (wide, narrow)} == {
        install["deployments"][0]["spec"]["template"]["spec"]["serviceAccountName"]
    }


def test_the_operators_container_is_that_of_the_chart(csv: Manifest) -> None:
    (deployment,) = csv["spec"]["install"]["spec"]["deployments"]
    rendered = only(render(**RELEASE), "Deployment")["spec"]
    ours, charts = (spec["template"]["spec"] for spec in (deployment["spec"], rendered))
    (container,), (charts_container,) = ours["containers"], charts["containers"]
    different = {key for key in charts_container if container[key] != charts_container[key]}
    assert different == {"args", "env", "volumeMounts"}
    assert {key for key in charts if ours.get(key) != charts[key]} == {"containers", "securityContext", "volumes"}
    assert ours["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    assert images_of({v["name"]: v.get("value", "") for v in container["env"]}) == images_of({})
    assert deployment["spec"]["selector"]["matchLabels"].items() <= deployment["label"].items()
    assert "helm" not in json.dumps(deployment).lower()


def test_no_file_has_aliases_which_few_programs_read(folder: Path) -> None:
    for path in folder.rglob("*.yaml"):
        assert not [token for token in yaml.scan(path.read_text()) if isinstance(token, yaml.AliasToken)], path.name


def test_olm_says_which_namespaces_the_operator_watches(csv: Manifest) -> None:
    (deployment,) = csv["spec"]["install"]["spec"]["deployments"]
    env = {v["name"]: v for v in deployment["spec"]["template"]["spec"]["containers"][0]["env"]}
    path = env["WATCH_NAMESPACE"]["valueFrom"]["fieldRef"]["fieldPath"]
    assert path == "metadata.annotations['olm.targetNamespaces']"
    assert env["FLIGHTTRACKER_OPERATOR"]["value"] == "$(POD_NAMESPACE)/flighttracker"
    assert list(env).index("POD_NAMESPACE") < list(env).index("FLIGHTTRACKER_OPERATOR"), "it is expanded"
    assert {mode["type"] for mode in csv["spec"]["installModes"] if mode["supported"]} == {
        "AllNamespaces",
        "MultiNamespace",
        "OwnNamespace",
        "SingleNamespace",
    }


def test_every_image_is_related(csv: Manifest) -> None:
    images = images_of({})
    related = {one["image"] for one in csv["spec"]["relatedImages"]}
    assert related == {
        csv["metadata"]["annotations"]["containerImage"],
        *images.all(),
    }


def test_every_example_is_shown_and_each_version_has_one(csv: Manifest) -> None:
    shown = json.loads(csv["metadata"]["annotations"]["alm-examples"])
    names = {path.stem for path in (ROOT / "examples").glob("*.yaml")}
    assert len(shown) >= len(names)
    for example in shown:
        assert parse_tracker(yaml.safe_dump(example), source="alm-examples").spec is not None
    versions = {version["name"] for version in custom_resource_definition()["spec"]["versions"]}
    assert {example["apiVersion"].partition("/")[2] for example in shown} == versions
    first = json.loads(csv["metadata"]["annotations"]["operatorframework.io/initialization-resource"])
    assert first["metadata"]["name"] == "minimal"


def field_at(schema: Any, path: str) -> Any:
    for name in path.split("."):
        schema = schema["properties"][name]
    return schema


def test_each_descriptor_names_a_field_of_the_crd(csv: Manifest) -> None:
    owned = {one["version"]: one for one in csv["spec"]["customresourcedefinitions"]["owned"]}
    for version in custom_resource_definition()["spec"]["versions"]:
        schema = version["schema"]["openAPIV3Schema"]["properties"]
        for part in ("spec", "status"):
            descriptors = owned[version["name"]][f"{part}Descriptors"]
            assert len({one["path"] for one in descriptors}) == len(descriptors) >= 5
            for one in descriptors:
                assert field_at(schema[part], one["path"])["description"] == one["description"]
    hints = {one["path"]: one["x-descriptors"][-1] for one in owned["v1alpha1"]["specDescriptors"]}
    assert hints["paused"].endswith("booleanSwitch")
    assert hints["gateway.replicas"].endswith("podCount")
    assert hints["redis.external.urlSecret"] == "urn:alm:descriptor:io.kubernetes:Secret"
    assert hints["kafka.partitions"].endswith("number")


def test_a_maintainer_needs_an_address(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="must be NAME <ADDRESS>"):
        bundle._maintainer("Sky")
