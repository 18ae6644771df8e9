"""Checks a release, and writes the files that no other command builds. `make release-check` runs it.

    python -m scripts.release check [--tag v1.2.3]    one version everywhere; with a tag, the tag's, and its changes
    python -m scripts.release write FOLDER            chart, npm package, install.yaml, compose.yaml, notes.md,
                                                      SHA256SUMS, and what is in dist/, build/sbom/ and build/olm/
    python -m scripts.release install-yaml FILE       only install.yaml

Exit codes: 0, or 1 with a line for each mistake.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import yaml
from scripts.npm_package import NpmError, check, pack

ROOT: Final = Path(__file__).parents[1]
CHART: Final = "charts/flighttracker"
NAMESPACE: Final = "flighttracker"
NPM_PACKAGES: Final = ("web/package.json", "web/client/package.json")
UNRELEASED: Final = "Unreleased"
_HEADING: Final = re.compile(r"^## (.+)$", re.M)


class ReleaseError(Exception):
    """Something in the repository or on this computer prevents the release; the message says how to fix it."""


def versions(root: Path) -> Mapping[str, str]:
    """Return every version in the repository, by where it is. They change together."""
    chart = yaml.safe_load((root / CHART / "Chart.yaml").read_text(encoding="utf-8"))
    return {
        "pyproject.toml": tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"],
        f"{CHART}/Chart.yaml version": str(chart["version"]),
        f"{CHART}/Chart.yaml appVersion": str(chart["appVersion"]),
        **{name: json.loads((root / name).read_text(encoding="utf-8"))["version"] for name in NPM_PACKAGES},
    }


def mistakes(root: Path, tag: str) -> Iterator[str]:
    """Yield what prevents a release; without a tag, what would prevent any."""
    found = versions(root)
    version = found["pyproject.toml"]
    for place, other in found.items():
        if other != version:
            yield f"{place} is {other}, but pyproject.toml has {version}: change them together"
    if tag and tag != f"v{version}":
        yield f"the tag is {tag}, but pyproject.toml has {version}: tag v{version}, or change the version"
    section = version if tag else UNRELEASED
    try:
        notes(root, section)
    except ReleaseError as error:
        yield str(error)


def notes(root: Path, section: str) -> str:
    """Return a section of the changelog, without its heading.

    Raises:
        ReleaseError: there is no such section, or it is empty.
    """
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    _, *parts = _HEADING.split(text)
    sections = {
        title.partition(" ")[0].strip("[]"): body.strip() for title, body in zip(parts[::2], parts[1::2], strict=True)
    }
    if section not in sections:
        raise ReleaseError(f"CHANGELOG.md has no section '## {section}': rename '## {UNRELEASED}', and begin a new one")
    if not sections[section]:
        raise ReleaseError(f"the section '## {section}' of CHANGELOG.md is empty: say what changes")
    return sections[section] + "\n"


def install_manifest(root: Path) -> str:
    """Return the whole installation for `kubectl apply --server-side -f`: namespace, CRD, operator and its rights.

    Raises:
        ReleaseError: helm is missing, or fails.
    """
    namespace = yaml.safe_dump(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}, sort_keys=False
    )
    rendered = run_helm("template", NAMESPACE, str(root / CHART), "--namespace", NAMESPACE, "--include-crds")
    return f"{namespace}---\n{rendered.removeprefix('---').lstrip()}"


def write(root: Path, folder: Path, section: str) -> list[Path]:
    """Write the files of a release into a new folder, and return them.

    Raises:
        ReleaseError: helm or npm is missing or fails, dist/ has no wheel, or the changelog has no such section.
    """
    built = sorted([*root.glob("dist/*.whl"), *root.glob("dist/*.tar.gz")])
    if len(built) != 2:
        raise ReleaseError(f"dist/ must have one wheel and one sdist, but has {len(built)} files: run make dist")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "notes.md").write_text(notes(root, section), encoding="utf-8")
    (folder / "install.yaml").write_text(install_manifest(root), encoding="utf-8")
    package_chart(root, folder, os.environ.get("SOURCE_URL", ""))
    _pack_client(folder)
    others = [*sorted(root.glob("build/sbom/*.json")), *sorted(root.glob("build/olm/*.tgz"))]
    for path in (*built, root / "compose.yaml", *others):
        shutil.copy(path, folder)
    files = sorted(folder.iterdir())
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)
    (folder / "SHA256SUMS").write_text(sums, encoding="utf-8")
    return [*files, folder / "SHA256SUMS"]


def package_chart(root: Path, folder: Path, source: str) -> Path:
    """Write the chart's package into a folder, with links to the repository if its address is known.

    Raises:
        ReleaseError: helm is missing, or fails.
    """
    with TemporaryDirectory() as name:
        chart = Path(shutil.copytree(root / CHART, Path(name) / "flighttracker"))
        described = yaml.safe_load((chart / "Chart.yaml").read_text(encoding="utf-8"))
        if source:
            icon = f"{source}/raw/v{described['version']}/docs/images/favicon.svg"
            links = {"home": source, "sources": [source], "icon": icon}
            text = yaml.safe_dump({**described, **links}, sort_keys=False, allow_unicode=True)
            (chart / "Chart.yaml").write_text(text, encoding="utf-8")
        run_helm("package", str(chart), "--destination", str(folder))
    return folder / f"flighttracker-{described['version']}.tgz"


def _pack_client(folder: Path) -> None:
    """Write the npm package, after it was installed and imported where nothing else is."""
    try:
        with TemporaryDirectory() as empty:
            check(pack(folder), Path(empty))
    except NpmError as error:
        raise ReleaseError(str(error)) from error


def run_helm(*arguments: str) -> str:
    """Run helm and return its output.

    Raises:
        ReleaseError: helm is missing, or fails.
    """
    if shutil.which("helm") is None:
        raise ReleaseError("helm is not installed: https://helm.sh/docs/intro/install")
    answer = subprocess.run(["helm", *arguments], capture_output=True, text=True, timeout=120, check=False)
    if answer.returncode:
        raise ReleaseError(f"helm {arguments[0]} failed: {answer.stderr.strip()}")
    return answer.stdout


def main() -> None:
    """Run a command of this module."""
    parser = argparse.ArgumentParser(description="Check a release, or write its files.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("check", "write"):
        command = commands.add_parser(name)
        command.add_argument("--tag", default="", help="tag of the release, v1.2.3; without it, a dry run")
        if name == "write":
            command.add_argument("folder", type=Path)
    commands.add_parser("install-yaml").add_argument("file", type=Path)
    options = parser.parse_args()
    try:
        if options.command == "install-yaml":
            options.file.parent.mkdir(parents=True, exist_ok=True)
            options.file.write_text(install_manifest(ROOT), encoding="utf-8")
            print(options.file)
            return
        found = list(mistakes(ROOT, options.tag))
        for mistake in found:
            print(f"error: {mistake}", file=sys.stderr)
        if found:
            sys.exit(1)
        if options.command == "check":
            print(f"version {versions(ROOT)['pyproject.toml']}: pyproject, chart, page and changelog agree")
            return
        for path in write(ROOT, options.folder, options.tag.removeprefix("v") or UNRELEASED):
            print(f"{path.stat().st_size:>10,}  {path}")
    except ReleaseError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
