"""Fetch the programs for the tests of the operator's workloads: `python -m tests.workloads.fetch`. About 500 MB, once.

From Maven Central: Kafka's own commands, with which a pod of the builtin Kafka starts and makes its topics, and the
model of Strimzi's objects, from which Strimzi's own generator makes the CRDs. As Go modules: the projects whose kinds
the operator may write beside Strimzi's, with their CRDs as files; OLM's CRD of operators, and its program that checks
bundles; Traefik; what compiles the CRD's rules. From PyPI: the schemas of Kubernetes' versions. Everything is kept
beside the servers of `tests.servers.prepare`; what is there already is left alone. Needs Maven (which needs a Java) and
Go.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.servers.prepare import SERVERS

HOW_TO_GET: Final = "python -m tests.workloads.fetch"
POMS: Final = {"kafka-tools": "Kafka's commands, 4.1.1", "strimzi": "Strimzi's API, 0.51.0"}
"""Parts to fetch: each has a folder with a `pom.xml` here, and a folder of the same name in `SERVERS`."""

MODULES: Final = {
    "sigs.k8s.io/gateway-api@v1.4.0": (
        "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml",
        "config/crd/standard/gateway.networking.k8s.io_backendtlspolicies.yaml",
    ),
    "github.com/kedacore/keda/v2@v2.17.2": ("config/crd/bases/keda.sh_scaledobjects.yaml",),
    "github.com/prometheus-operator/prometheus-operator@v0.82.2": (
        "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
        "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
    ),
}
"""Go modules, and the CRDs that are taken from each."""
OLM: Final = "github.com/operator-framework/api"
OLM_VERSION: Final = "v0.34.0"
OLM_CRD: Final = "operators.coreos.com_clusterserviceversions.yaml"
VERIFY: Final = SERVERS / "olm" / f"operator-verify-{OLM_VERSION}"
"""The program with the rules of `operator-sdk bundle validate`."""
TRAEFIK_VERSION: Final = "v3.6.12"
"""Later modules lack a package that they need."""
TRAEFIK: Final = SERVERS / "traefik" / f"traefik-{TRAEFIK_VERSION}"
COMPILE_S: Final = 1800.0
RULE_COMPILER: Final = Path(__file__).parents[1] / "apiserver/rule_compiler"
"""Sources of the program that compiles the CRD's rules as a version of Kubernetes does."""
SCHEMAS_OF: Final = 37
"""The newest version of Kubernetes of which there are schemas: 1.37."""
SCHEMAS: Final = SERVERS / f"kubernetes-schemas-1.{SCHEMAS_OF}"
"""JSON Schemas of Kubernetes 1.25 and later, from a wheel that is named with its hash."""
SCHEMAS_WHEEL: Final = (
    "kubernetes-validate==1.37.0 --hash=sha256:85136d018a27b50ec7fc049d902bfa5193f5976807e6c0f408e3ab6fe078cad9"
)
CRDS: Final = SERVERS / "crds"
DOWNLOAD_S: Final = 300.0


def jars_or_skip(name: str) -> Path:
    """Return the folder with the jars, or skip and say how to get them."""
    if not _is_there(name):
        pytest.skip(f"{POMS[name]} are not there: {HOW_TO_GET}")
    return SERVERS / name


def crds_or_skip() -> list[Path]:
    """Return the files with the CRDs of Gateway API, KEDA and the Prometheus operator, or skip and say how."""
    files = [CRDS / Path(name).name for names in MODULES.values() for name in names]
    if not all(file.is_file() for file in files):
        pytest.skip(f"the CRDs of Gateway API, KEDA and the Prometheus operator are not there: {HOW_TO_GET}")
    return files


def olm_or_skip() -> tuple[Path, Path]:
    """Return the program that checks bundles, and the CRD of ClusterServiceVersions, or skip and say how."""
    if not VERIFY.is_file():
        pytest.skip(f"OLM's operator-verify is not there: {HOW_TO_GET}")
    return VERIFY, VERIFY.with_name(OLM_CRD)


def traefik_or_skip() -> Path:
    """Return Traefik's program, or skip and say how to get it."""
    if not TRAEFIK.is_file():
        pytest.skip(f"Traefik is not there: {HOW_TO_GET}")
    return TRAEFIK


def rule_compiler_or_skip() -> Path:
    """Return the program that compiles the CRD's rules, or skip and say how to get it."""
    if not _rule_compiler().is_file():
        pytest.skip(f"the compiler of the CRD's rules is not there: {HOW_TO_GET}")
    return _rule_compiler()


def schemas_or_skip() -> Path:
    """Return the folder with the schemas of Kubernetes' versions, or skip and say how to get them."""
    if not SCHEMAS.is_dir():
        pytest.skip(f"the schemas of Kubernetes' versions are not there: {HOW_TO_GET}")
    return SCHEMAS


def fetch_crds() -> None:
    """Fetch the Go modules and keep their CRDs."""
    CRDS.mkdir(parents=True, exist_ok=True)
    for module, names in MODULES.items():
        folder = _module(module)
        for name in names:
            shutil.copyfile(folder / name, CRDS / Path(name).name)


def fetch_olm() -> None:
    """Compile OLM's program and keep it, with its CRD."""
    VERIFY.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_module(f"{OLM}@{OLM_VERSION}") / "crds" / OLM_CRD, VERIFY.with_name(OLM_CRD))
    with tempfile.TemporaryDirectory() as name:
        environment = {**os.environ, "GOBIN": name, "CGO_ENABLED": "0", "GOFLAGS": "-mod=mod"}
        _run([_go(), "install", f"{OLM}/cmd/operator-verify@{OLM_VERSION}"], environment)
        shutil.copy(Path(name) / "operator-verify", VERIFY)


def fetch_traefik() -> None:
    """Compile Traefik in a copy of its module, which names replacements of others, and keep the program."""
    TRAEFIK.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        sources = Path(name) / "sources"
        shutil.copytree(_module(f"github.com/traefik/traefik/v3@{TRAEFIK_VERSION}"), sources)
        _build(sources, "./cmd/traefik", TRAEFIK)


def fetch_rule_compiler() -> None:
    """Compile the compiler of the CRD's rules, and remove that of earlier sources."""
    shutil.rmtree(_rule_compiler().parent, ignore_errors=True)
    _rule_compiler().parent.mkdir(parents=True)
    _build(RULE_COMPILER, ".", _rule_compiler())


def _rule_compiler() -> Path:
    sources = b"".join((RULE_COMPILER / name).read_bytes() for name in ("main.go", "go.sum"))
    return SERVERS / "rule-compiler" / f"rule-compiler-{hashlib.sha256(sources).hexdigest()[:12]}"


def fetch_schemas() -> None:
    """Fetch the wheel with the schemas and keep those without references to others."""
    with tempfile.TemporaryDirectory() as name:
        wanted = Path(name) / "requirements.txt"
        wanted.write_text(SCHEMAS_WHEEL, encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        _run([*command, "--require-hashes", "--dest", name, "--requirement", str(wanted)])
        (wheel,) = Path(name).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.namelist():
                version = re.search(r"/v(1[.][0-9]+)[.0-9]+-local-strict/([^/]+[.]json)$", member)
                if version is not None:
                    kept = Path(name) / "kept" / version[1] / version[2]
                    kept.parent.mkdir(parents=True, exist_ok=True)
                    kept.write_bytes(archive.read(member))
        shutil.move(Path(name) / "kept", SCHEMAS)


def _go() -> str:
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    if go is None:
        sys.exit("error: go is not installed: on Debian and Ubuntu, apt-get install golang-go")
    return go


def _module(module: str) -> Path:
    """Download a Go module and return its folder."""
    return Path(json.loads(_run([_go(), "mod", "download", "-json", module]))["Dir"])


def _build(sources: Path, package: str, target: Path) -> None:
    """Compile a Go package and keep its program; an interrupted compilation leaves none."""
    with tempfile.TemporaryDirectory() as name:
        program = Path(name) / "program"
        environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly"}
        command = [_go(), "-C", str(sources), "build", "-trimpath", "-ldflags=-s -w", "-o", str(program), package]
        _run(command, environment, COMPILE_S)
        shutil.move(program, target)


def _run(command: list[str], environment: Mapping[str, str] | None = None, timeout_s: float = DOWNLOAD_S) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=SERVERS, timeout=timeout_s, check=False, env=environment
    )
    if done.returncode:
        sys.exit(f"error: {' '.join(command)} failed: {done.stdout}{done.stderr}")
    return done.stdout


def fetch(name: str) -> None:
    """Fetch the jars into `SERVERS`; a fetch that was interrupted leaves nothing behind that looks complete."""
    maven = shutil.which("mvn")
    if maven is None:
        sys.exit("error: mvn is not installed: on Debian and Ubuntu, apt-get install maven")
    folder = SERVERS / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [maven, "--batch-mode", "--quiet", "--file", str(_pom(name)), f"-Dtarget={folder}", "package"]
    if subprocess.run(command, check=False).returncode:
        sys.exit(f"error: {POMS[name]} could not be fetched, see Maven's message above")
    shutil.copyfile(_pom(name), folder / "pom.xml")


def main() -> None:
    """Fetch the missing parts and list all parts."""
    for name, title in POMS.items():
        if not _is_there(name):
            print(f"Fetching {title} ...", flush=True)
            fetch(name)
        print(f"{title}: {SERVERS / name}", flush=True)
    if not all((CRDS / Path(name).name).is_file() for names in MODULES.values() for name in names):
        print("Fetching CRDs ...", flush=True)
        fetch_crds()
    print(f"CRDs of Gateway API, KEDA and the Prometheus operator: {CRDS}")
    for path, title, get in (
        (VERIFY, "OLM's operator-verify", fetch_olm),
        (_rule_compiler(), "the compiler of the CRD's rules", fetch_rule_compiler),
        (TRAEFIK, f"Traefik {TRAEFIK_VERSION}", fetch_traefik),
        (SCHEMAS, "Kubernetes' schemas", fetch_schemas),
    ):
        if not path.exists():
            print(f"Fetching {title} ...", flush=True)
            get()
        print(f"{title}: {path}")


def _is_there(name: str) -> bool:
    mark = SERVERS / name / "pom.xml"
    return mark.is_file() and mark.read_bytes() == _pom(name).read_bytes()


def _pom(name: str) -> Path:
    return Path(__file__).with_name(name) / "pom.xml"


if __name__ == "__main__":
    main()
