"""Development clusters: the configurations of kind and skaffold, and `make dev-cluster`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.chart.helm import CHART, ROOT, render

SCHEMA = ROOT.parent / "shared/schemas/skaffold-v4beta14.json"
PROJECT_IMAGES = ("operator", "services", "web")


def skaffold() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "skaffold.yaml").read_text(encoding="utf-8"))
    return loaded


def artifacts() -> list[dict[str, Any]]:
    config = skaffold()
    profiles = [profile["build"].get("artifacts", []) for profile in config["profiles"]]
    return [*config["build"]["artifacts"], *(artifact for listed in profiles for artifact in listed)]


def rules() -> list[dict[str, str]]:
    return [rule for artifact in skaffold()["build"]["artifacts"] for rule in artifact["sync"]["manual"]]


def test_skaffold_accepts_its_configuration() -> None:
    if not SCHEMA.exists():
        pytest.skip(f"skaffold's schema is not there: {SCHEMA.name}")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(skaffold())] == []


def test_skaffold_builds_every_image_from_an_existing_target() -> None:
    assert {artifact["image"].split("/")[-1] for artifact in artifacts()} == set(PROJECT_IMAGES)
    for artifact in artifacts():
        text = (ROOT / artifact["docker"]["dockerfile"]).read_text(encoding="utf-8")
        assert f" AS {artifact['docker']['target']}\n" in text


def test_skaffold_passes_every_image_to_the_chart() -> None:
    (release,) = skaffold()["deploy"]["helm"]["releases"]
    built = {artifact["image"].replace("/", "_") for artifact in artifacts()}
    named = {re.sub(r".*IMAGE_FULLY_QUALIFIED_(\w+)}}", r"\1", text) for text in release["setValueTemplates"].values()}
    assert named == built
    settings = [f"--set={key}=x" for key in release["setValueTemplates"]]
    settings += [f"--set={key}={str(value).lower()}" for key, value in release["setValues"].items()]
    assert render(*settings, release=release["name"])


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["src"])
def test_skaffold_copies_sources_to_their_path_in_the_image(rule: dict[str, str]) -> None:
    found = [path for path in ROOT.glob(rule["src"]) if path.is_file()]
    assert found
    assert rule["src"].startswith(rule["strip"])
    reload = (ROOT / "packaging/reload.py").read_text(encoding="utf-8")
    assert f'"{rule["dest"]}"' in reload or rule["dest"] == "/tmp/page-sources"


def test_skaffold_forwards_the_port_of_the_samples_page() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    (forward,) = skaffold()["portForward"]
    assert forward["resourceName"] == f"{values['sample']['name']}-web"


def test_kind_has_one_node_with_the_ports_of_an_ingress_on_loopback_only() -> None:
    config = yaml.safe_load((ROOT / "kind-config.yaml").read_text(encoding="utf-8"))
    (node,) = config["nodes"]
    assert node["labels"] == {"ingress-ready": "true"}
    assert {mapping["containerPort"] for mapping in node["extraPortMappings"]} == {80, 443}
    assert {mapping["listenAddress"] for mapping in node["extraPortMappings"]} == {"127.0.0.1"}


def test_the_development_command_names_a_missing_program(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "scripts/dev_cluster.py"), "install"]
    environment = {"PATH": str(tmp_path)}
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert answer.returncode == 1
    assert answer.stderr == "error: kubectl is not installed\n"


@pytest.mark.parametrize(
    ("tool", "words"),
    [
        ("nix", "error: nix is not installed: set CONTAINER_TOOL=docker, podman or buildah"),
        ("true", "error: CONTAINER_TOOL=true is not known: docker, podman or buildah"),
    ],
)
def test_the_image_build_lists_the_tools_that_it_supports(tool: str, words: str) -> None:
    command = ["env", f"CONTAINER_TOOL={tool}", "scripts/images.sh"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert answer.returncode == 1
    assert answer.stderr.strip() == words
    assert answer.stdout == ""


def test_the_image_build_says_what_to_install_when_docker_has_no_buildkit(tmp_path: Path) -> None:
    docker = tmp_path / "docker"
    docker.write_text("#!/bin/sh\ncase $1 in version) echo 28.2.2 ;; *) exit 1 ;; esac\n", encoding="utf-8")
    docker.chmod(0o755)
    command = ["env", f"CONTAINER_TOOL={docker}", "scripts/images.sh"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert answer.returncode == 1
    assert answer.stderr.startswith("error: docker 28.2.2 cannot build these images without BuildKit")
    assert "install its package docker-buildx" in answer.stderr
    assert "CONTAINER_TOOL=podman or buildah" in answer.stderr
