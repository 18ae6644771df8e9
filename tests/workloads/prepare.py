"""Fetch what the tests of the builtin servers and of Strimzi's objects need: `python -m tests.workloads.prepare`.

Kafka's own commands, with which a pod of the builtin Kafka starts and makes its topics, and Strimzi's model of its
objects, from which its own generator makes the CRDs: both from Maven Central, about 120 MB, beside the servers of
`tests.servers.prepare`. What is there already is left alone. Needs Maven, which needs a Java.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.servers.prepare import SERVERS

HOW_TO_GET: Final = "python -m tests.workloads.prepare"
POMS: Final = {"kafka-tools": "Kafka's commands, 4.1.1", "strimzi": "Strimzi's API, 0.51.0"}
"""What is fetched: a folder with a `pom.xml` beside this file, and a folder of the same name in `SERVERS`."""


def jars_or_skip(name: str) -> Path:
    """Return the folder with the jars, or skip and say how to get them."""
    if not _is_there(name):
        pytest.skip(f"{POMS[name]} are not there: {HOW_TO_GET}")
    return SERVERS / name


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
    """Fetch what is missing and say what is there."""
    for name, title in POMS.items():
        if not _is_there(name):
            print(f"Fetching {title} ...", flush=True)
            fetch(name)
        print(f"{title}: {SERVERS / name}", flush=True)


def _is_there(name: str) -> bool:
    mark = SERVERS / name / "pom.xml"
    return mark.is_file() and mark.read_bytes() == _pom(name).read_bytes()


def _pom(name: str) -> Path:
    return Path(__file__).with_name(name) / "pom.xml"


if __name__ == "__main__":
    main()
