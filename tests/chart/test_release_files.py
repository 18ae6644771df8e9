"""The files of a release, written with the real helm: install.yaml has everything, and the checksums are right."""

from __future__ import annotations

import hashlib
import os
import tarfile
from pathlib import Path

import pytest
import yaml
from scripts import release

from flighttracker.spec import parse_tracker
from flighttracker_operator.crd import custom_resource_definition
from tests.chart.helm import ROOT, find_program


@pytest.fixture(autouse=True)
def _helm_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    program = find_program("helm")
    if program is None:
        pytest.skip("helm is not installed")
    monkeypatch.setenv("PATH", str(Path(program).parent), prepend=os.pathsep)


def test_install_manifest_is_the_whole_installation() -> None:
    objects = list(yaml.safe_load_all(release.install_manifest(ROOT)))
    kinds = [each["kind"] for each in objects if each]
    assert kinds[0] == "Namespace"
    assert {"CustomResourceDefinition", "Deployment", "ServiceAccount", "ClusterRole", "ClusterRoleBinding"} <= set(
        kinds
    )
    namespaced = [each for each in objects if each and each["kind"] in ("Deployment", "ServiceAccount")]
    assert {each["metadata"]["namespace"] for each in namespaced} == {"flighttracker"}


def test_install_yaml_can_be_written_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "build/install.yaml"
    monkeypatch.setattr("sys.argv", ["release", "install-yaml", str(path)])
    release.main()
    assert path.read_text(encoding="utf-8") == release.install_manifest(ROOT)


def test_the_files_of_a_release_have_checksums(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CHANGELOG.md", "charts", "compose.yaml"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/flighttracker-0.1.0-py3-none-any.whl").write_bytes(b"wheel")
    (tmp_path / "dist/flighttracker-0.1.0.tar.gz").write_bytes(b"sdist")
    files = release.write(tmp_path, tmp_path / "out", "Unreleased")
    names = {path.name for path in files}
    assert {"notes.md", "install.yaml", "flighttracker-0.1.0.tgz", "flighttracker-client-0.1.0.tgz"} <= names
    assert {"compose.yaml", "SHA256SUMS"} <= names
    for line in (tmp_path / "out/SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == digest


def test_the_package_of_the_chart_links_to_the_repository(tmp_path: Path) -> None:
    chart = {}
    for source in ("", "https://example.org/flights"):
        package = release.package_chart(ROOT, tmp_path, source)
        with tarfile.open(package) as archive:
            member = archive.extractfile("flighttracker/Chart.yaml")
            assert member is not None
            chart[source] = yaml.safe_load(member.read())
    linked = chart["https://example.org/flights"]
    assert linked["home"] == "https://example.org/flights"
    assert linked["sources"] == ["https://example.org/flights"]
    assert linked["icon"] == "https://example.org/flights/raw/v0.1.0/docs/images/favicon.svg"
    assert chart[""] == {key: value for key, value in linked.items() if key not in ("home", "sources", "icon")}


def test_the_chart_describes_each_version_of_the_crd_with_an_example() -> None:
    chart = yaml.safe_load((ROOT / release.CHART / "Chart.yaml").read_text(encoding="utf-8"))
    crd = custom_resource_definition()
    versions = [version["name"] for version in crd["spec"]["versions"]]
    described = yaml.safe_load(chart["annotations"]["artifacthub.io/crds"])
    assert {(one["name"], one["kind"]) for one in described} == {(crd["metadata"]["name"], "FlightTracker")}
    assert sorted(one["version"] for one in described) == sorted(versions)
    examples = yaml.safe_load(chart["annotations"]["artifacthub.io/crdsExamples"])
    assert sorted(one["apiVersion"].partition("/")[2] for one in examples) == sorted(versions)
    for example in examples:
        parse_tracker(yaml.safe_dump(example), source="crdsExamples")
