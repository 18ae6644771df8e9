"""`flighttracker examples` and `flighttracker crd`: print files that the package contains."""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import Path

from flighttracker.errors import StartError
from flighttracker_cli.packaged_files import Folder, find_folder


def example_summaries() -> dict[str, str]:
    """Return the name of each example and the first sentence of its comment.

    Raises:
        StartError: this installation contains no examples.
    """
    return {path.stem: _summary(path) for path in sorted(_folder(Folder.EXAMPLES).glob("*.yaml"))}


def example_text(name: str) -> str:
    """Return an example as YAML.

    Raises:
        StartError: there is no such example.
    """
    names = example_summaries()
    if name not in names:
        raise StartError(f"there is no example {name}: choose one of {', '.join(names)}")
    return (_folder(Folder.EXAMPLES) / f"{name}.yaml").read_text(encoding="utf-8")


def crd_text() -> str:
    """Return the CustomResourceDefinition as YAML.

    Raises:
        StartError: this installation does not contain it.
    """
    return "".join(path.read_text(encoding="utf-8") for path in sorted(_folder(Folder.CRDS).glob("*.yaml")))


def _folder(folder: Folder) -> Path:
    path = find_folder(folder)
    if path is None:
        raise StartError(
            f"this installation has no {folder.name.lower()}: install the released wheel, or use a checkout"
        )
    return path


def _summary(path: Path) -> str:
    """Return the first sentence of the comment that begins an example."""
    lines = takewhile(lambda line: line.startswith("#"), path.read_text(encoding="utf-8").splitlines())
    comment = " ".join(line.lstrip("# ") for line in lines)
    return re.split(r"(?<=\.)\s", comment, maxsplit=1)[0]
