"""Values that the chart rejects, and the files that are generated from values.yaml."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.chart.helm import CHART, ROOT, helm


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("--set=imag.tag=1", "'imag' not allowed"),
        ("--set=image.tga=1", "'tga' not allowed"),
        ("--set-json=image.tag=1", "/image/tag': got number, want string"),
        ("--set=image.pullPolicy=Sometimes", "/image/pullPolicy': value must be one of 'Always'"),
        ("--set=image.digests.web=latest", "/image/digests/web': 'latest' does not match pattern"),
        ("--set=image.prefix=a", "/image': additional properties 'prefix' not allowed"),
        ("--set-json=image.pullSecrets=[{}]", "/image/pullSecrets/0'"),
        ("--set=nameOverride=A", "/nameOverride': 'A' does not match pattern"),
        ("--set=rbac.optionalApis={keda.org}", "/rbac/optionalApis/0': value must be one of"),
        ("--set=extraVolumes={a}", "/extraVolumes/0': got string, want object"),
        ("--set-json=commonLabels.a=1", "/commonLabels/a': got number, want string"),
        ("--set=log.level=loud", "/log/level': value must be one of 'debug'"),
        ("--set=watchNamespaces={Team_A}", "/watchNamespaces/0': 'Team_A' does not match pattern"),
        ("--set=watchNamespaces={a,a}", "/watchNamespaces': items at 0 and 1 are equal"),
        ("--set=watchNamespaces=a", "/watchNamespaces': got string, want array"),
        ("--set=serverImages.kafka=", "/serverImages/kafka': minLength: got 0, want 1"),
        ("--set=rbac.create=maybe", "/rbac/create': got string, want boolean"),
        ("--set=metrics.serviceMonitor.interval=often", "/metrics/serviceMonitor/interval': 'often' does not match"),
        ("--set=policy.imagePrefixes={a}", "/policy': additional properties 'imagePrefixes' not allowed"),
        (
            "--set=policy.outgoing.httpProxy=http://me:pw@proxy",
            "/policy/outgoing/httpProxy': 'http://me:pw@proxy' does not",
        ),
        (
            "--set=policy.egress.deniedNetworks={10.0.0.0}",
            "/policy/egress/deniedNetworks/0': '10.0.0.0' does not match",
        ),
        ("--set=policy.egress.deniedNetworks={0.0.0.0/0}", "'0.0.0.0/0' does not match pattern"),
        ("--set=policy.anyHost=yes", "/policy/anyHost': got string, want boolean"),
        ("--set=policy.hosts={.example.org}", "/policy/hosts/0': '.example.org' does not match pattern"),
        ("--set=sample.name=Sample", "/sample/name': 'Sample' does not match pattern"),
        ('--set-json=extraEnv=[{"value":"x"}]', "/extraEnv/0': missing property 'name'"),
        ('--set-json=nodeSelector={"disk":1}', "/nodeSelector/disk': got number, want string"),
        (f"--set=fullnameOverride={'x' * 41}", "/fullnameOverride': maxLength: got 41, want 40"),
    ],
)
def test_an_invalid_value_is_rejected_with_its_path(argument: str, words: str) -> None:
    answer = helm("template", "map", str(CHART), argument, check=False)
    assert answer.returncode != 0
    assert words in answer.stderr


def test_global_values_of_a_parent_chart_are_accepted() -> None:
    assert helm("template", "map", str(CHART), "--set=global.imageRegistry=mirror").returncode == 0


def test_the_files_generated_from_the_values_are_up_to_date(tmp_path: Path) -> None:
    copy = tmp_path / "charts/flighttracker"
    copy.mkdir(parents=True)
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts/make_chart.py", tmp_path / "scripts")
    for name in ("values.yaml", "README.head.md"):
        shutil.copy(CHART / name, copy)
    subprocess.run([sys.executable, str(tmp_path / "scripts/make_chart.py")], check=True, timeout=60)
    for name in ("README.md", "values.schema.json"):
        assert (copy / name).read_text(encoding="utf-8") == (CHART / name).read_text(encoding="utf-8"), "make generate"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a:\n  b: 1\n", "values.yaml: a.b has no description"),
        ("# @schema {minimum: 1}\na: 1\n", "values.yaml:2: @schema without a description"),
    ],
)
def test_a_value_without_a_comment_is_an_error(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "charts/flighttracker").mkdir(parents=True)
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts/make_chart.py", tmp_path / "scripts")
    (tmp_path / "charts/flighttracker/values.yaml").write_text(text, encoding="utf-8")
    command = [sys.executable, str(tmp_path / "scripts/make_chart.py")]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 1
    assert words in answer.stderr


def test_the_chart_has_the_version_of_the_project() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (chart["version"], chart["appVersion"]) == (project["version"], project["version"])
