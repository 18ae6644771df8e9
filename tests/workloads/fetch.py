"""Fetch the programs for the tests of the operator's workloads: `python -m tests.workloads.fetch`. About 200 MB, once.

From Maven Central: Kafka's own commands, with which a pod of the builtin Kafka starts and makes its topics, and the
model of Strimzi's objects, from which Strimzi's own generator makes the CRDs. As Go modules: the projects whose kinds
the operator may write beside Strimzi's, with their CRDs as files. Everything is kept beside the servers of
`tests.servers.prepare`; what is there already is left alone. Needs Maven (which needs a Java) and Go.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.servers.prepare import SERVERS

HOW_TO_GET: Final = "python -m tests.workloads.fetch"
POMS: Final = {"kafka-tools": "Kafka's commands, 4.1.1", "strimzi": "Strimzi's API, 0.51.0"}
"""Parts to fetch: each has a folder with a `pom.xml` here, and a folder of the same name in `SERVERS`."""

MODULES: Final = {
    "sigs.k8s.io/gateway-api@v1.2.1": ("config/crd/standard/gateway.networking.k8s.io_httproutes.yaml",),
    "github.com/kedacore/keda/v2@v2.17.2": ("config/crd/bases/keda.sh_scaledobjects.yaml",),
    "github.com/prometheus-operator/prometheus-operator@v0.82.2": (
        "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
        "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
    ),
}
"""Go modules, and the CRDs that are taken from each."""
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


def fetch_crds() -> None:
    """Fetch the Go modules and keep their CRDs."""
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    if go is None:
        sys.exit("error: go is not installed: on Debian and Ubuntu, apt-get install golang-go")
    CRDS.mkdir(parents=True, exist_ok=True)
    for module, names in MODULES.items():
        command = [go, "mod", "download", "-json", module]
        done = subprocess.run(command, capture_output=True, text=True, cwd=CRDS, timeout=DOWNLOAD_S, check=False)
        if done.returncode:
            sys.exit(f"error: {module} could not be fetched: {done.stdout}{done.stderr}")
        for name in names:
            shutil.copyfile(Path(json.loads(done.stdout)["Dir"]) / name, CRDS / Path(name).name)


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


def _is_there(name: str) -> bool:
    mark = SERVERS / name / "pom.xml"
    return mark.is_file() and mark.read_bytes() == _pom(name).read_bytes()


def _pom(name: str) -> Path:
    return Path(__file__).with_name(name) / "pom.xml"


if __name__ == "__main__":
    main()
