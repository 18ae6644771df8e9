"""`make sbom`: writes a software bill of materials (CycloneDX JSON) for each image and for the wheel.

Each lists the packages that the lock files pin, with their hashes, because images and wheel are installed from these
files only. The Debian and nginx packages of the base images are listed by their own builders. Two runs on the same
sources write the same bytes. Exit codes: 0, or 1 if a tool fails or a package of a lock file is missing in the result.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
CYCLONEDX: Final = "cyclonedx-bom==7.5.0"
PYTHON_LOCKS: Final = {
    "services": "requirements.lock",
    "operator": "requirements-operator.lock",
    "wheel": "requirements.lock",
}
PAGE_LOCK: Final = "web/package-lock.json"
LONGEST_S: Final = 300.0
_NAMESPACE: Final = uuid.UUID("6f9c7d0e-6d2a-4b0e-9a53-0c5b6a7f4d11")


def locked_python(text: str) -> set[str]:
    """Return `name==version` of each requirement of a lock file."""
    return set(re.findall(r"^([A-Za-z0-9._-]+==[^\s;\\]+)", text, re.MULTILINE))


def locked_page(text: str) -> set[str]:
    """Return `name==version` of each npm package that the page contains: neither for development nor optional."""
    packages: dict[str, dict[str, Any]] = json.loads(text)["packages"]
    return {
        f"{path.rpartition('node_modules/')[2]}=={package['version']}"
        for path, package in packages.items()
        if path and not (package.get("dev") or package.get("optional") or package.get("devOptional"))
    }


def completed(document: Mapping[str, Any], name: str, version: str, wanted: set[str]) -> dict[str, Any]:
    """Return a document of one artifact: only its packages, without times and the repetition of each lock line.

    Args:
        document: what the tool printed.
        name: the artifact: services, operator, web or wheel.
        version: version of the flight tracker.
        wanted: the packages that it has to list, as `name==version`.

    Raises:
        ValueError: packages are missing.
    """
    components = [
        {key: value for key, value in component.items() if key != "description"}
        for component in document["components"]
        if f"{_full_name(component)}=={component['version']}" in wanted
    ]
    missing = wanted - {f"{_full_name(component)}=={component['version']}" for component in components}
    if missing:
        raise ValueError(f"{len(missing)} packages are missing: {', '.join(sorted(missing)[:5])}")
    listed = {component["bom-ref"] for component in components}
    metadata = {key: value for key, value in document.get("metadata", {}).items() if key != "timestamp"}
    main = {
        "type": "library" if name == "wheel" else "container",
        "bom-ref": f"flighttracker-{name}@{version}",
        "name": f"flighttracker-{name}",
        "version": version,
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }
    content = {
        **{key: value for key, value in document.items() if key != "serialNumber"},
        "metadata": {**metadata, "component": main},
        "components": components,
        "dependencies": [
            {"ref": main["bom-ref"], "dependsOn": sorted(listed)},
            *[
                {**entry, "dependsOn": [ref for ref in entry.get("dependsOn", []) if ref in listed]}
                for entry in document.get("dependencies", [])
                if entry["ref"] in listed
            ],
        ],
    }
    serial = uuid.uuid5(_NAMESPACE, json.dumps(content, sort_keys=True))
    return {**content, "serialNumber": f"urn:uuid:{serial}"}


def _full_name(component: Mapping[str, Any]) -> str:
    group = component.get("group")
    return f"{group}/{component['name']}" if group else str(component["name"])


def printed_by(command: list[str], folder: Path) -> dict[str, Any]:
    """Run a tool and return the JSON that it prints.

    Raises:
        ValueError: it failed; the message is the last line of its error output.
    """
    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LONGEST_S, check=False)
    if answer.returncode:
        lines = answer.stderr.strip().splitlines() or [f"exit code {answer.returncode}"]
        raise ValueError(f"{Path(command[0]).name} failed: {lines[-1]}")
    document: dict[str, Any] = json.loads(answer.stdout)
    return document


def documents(version: str) -> dict[str, dict[str, Any]]:
    """Return the document of each artifact.

    Raises:
        ValueError: a tool failed, or a package is missing.
    """
    uv = [str(Path(sys.executable).with_name("uv")), "tool", "run", "--from", CYCLONEDX, "cyclonedx-py", "requirements"]
    made = {}
    for name, lock in PYTHON_LOCKS.items():
        printed = printed_by([*uv, "--output-reproducible", lock], ROOT)
        made[name] = completed(printed, name, version, locked_python((ROOT / lock).read_text(encoding="utf-8")))
    npm = ["npm", "sbom", "--sbom-format=cyclonedx", "--package-lock-only"]
    page = locked_page((ROOT / PAGE_LOCK).read_text(encoding="utf-8"))
    made["web"] = completed(printed_by(npm, ROOT / "web"), "web", version, page)
    return made


def main() -> int:
    """Write the documents, print their names, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=ROOT / "build/sbom", help="where to write (default: build/sbom)")
    folder = parser.parse_args().folder
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    try:
        made = documents(version[1] if version else "0")
    except (ValueError, OSError, subprocess.TimeoutExpired) as error:
        print(f"error: {error}; the tools are downloaded at the first run, which needs the internet", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in made.items():
        path = folder / f"{name}.cdx.json"
        path.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        print(f"{path}: {len(document['components'])} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
