"""Packs `@flighttracker/client`, and installs the package where nothing else is. The release and the tests use it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Final

CLIENT: Final = Path(__file__).parents[1] / "web/client"
LONGEST_S: Final = 120.0


class NpmError(Exception):
    """npm or node failed; the message has its output."""


def build(folder: Path) -> None:
    """Compile the modules of the package into a folder.

    Raises:
        NpmError: the page's packages are not installed, or there is a mistake in a module.
    """
    _run(["node", "../node_modules/typescript/bin/tsc", "-p", ".", "--outDir", str(folder.resolve())], CLIENT)


def pack(folder: Path) -> Path:
    """Build the package and write it into a folder; return its path.

    Raises:
        NpmError: npm is missing or fails.
    """
    answer = _run(["npm", "pack", "--json", "--pack-destination", str(folder.resolve())], CLIENT)
    # What the build prints comes before the JSON.
    described = json.loads(answer[answer.index("[") :])
    return folder / str(described[0]["filename"])


def install(package: Path, folder: Path) -> None:
    """Install a package into an empty folder, without a registry.

    Raises:
        NpmError: npm is missing or fails, or the package needs another one.
    """
    (folder / "package.json").write_text('{"type": "module", "private": true}\n', encoding="utf-8")
    _run(["npm", "install", "--offline", "--no-audit", "--no-fund", "--silent", str(package.resolve())], folder)


def check(package: Path, folder: Path) -> None:
    """Install a package into an empty folder, and import it with Node.js.

    Raises:
        NpmError: it cannot be installed or imported, or has no `connect`.
    """
    install(package, folder)
    script = 'import { connect } from "@flighttracker/client"; if (typeof connect !== "function") process.exit(1);'
    (folder / "import.mjs").write_text(script, encoding="utf-8")
    _run(["node", "import.mjs"], folder)


def _run(command: list[str], folder: Path) -> str:
    try:
        answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LONGEST_S, check=False)
    except FileNotFoundError as error:
        raise NpmError(f"{command[0]} is not installed: install Node.js 20 or newer") from error
    if answer.returncode:
        raise NpmError(f"{' '.join(command[:2])} failed: {(answer.stderr or answer.stdout).strip()}")
    return answer.stdout
