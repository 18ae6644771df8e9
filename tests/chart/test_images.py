"""The project's modules do not need the parts of dependencies that packaging/install.sh removes."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

WITHOUT = """
import fnmatch, importlib, importlib.metadata, pkgutil, sys
packages, kept, left_out = (text.split() for text in sys.argv[1:])
patterns = {name.replace("/", ".") for name in left_out if "*" in name}
modules = {name.replace("/", ".") for name in left_out if "/" in name and "*" not in name}
for name in (name for name in left_out if "/" not in name):
    files = importlib.metadata.distribution(name).files or ()
    modules |= {file.parts[0].removesuffix(".py") for file in files if file.suffix == ".py" and ".." not in file.parts}

class Absent:
    def find_spec(self, name, path=None, target=None):
        # The __init__ of a package with a slash stays.
        if any(name.startswith(f"{module}.") or (name == module and "." not in module) for module in modules) or any(
            fnmatch.fnmatchcase(name, pattern) for pattern in patterns
        ):
            raise ModuleNotFoundError(f"{name} is not in the image", name=name)

sys.meta_path.insert(0, Absent())
for package in packages:
    found = importlib.import_module(package)
    for module in pkgutil.walk_packages(found.__path__, f"{package}."):
        importlib.import_module(module.name)
for name in kept:
    importlib.import_module(name)
assert not any(name in sys.modules for name in modules if "." not in name)
"""

IMAGES = {
    "services": (
        "flighttracker flighttracker_schemas flighttracker_generator flighttracker_gateway flighttracker_historian"
        " flighttracker_cli",
        "litestar._openapi.plugin litestar._openapi.schema_generation.schema uvicorn uvloop httptools",
    ),
    "operator": (
        "flighttracker_operator",
        "kubernetes.aio.client kubernetes.aio.config kubernetes.aio.client.rest kubernetes.aio.client.api_client",
    ),
}


def left_out(image: str) -> str:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    match = re.search(rf"install-flighttracker (?:'flighttracker\[{image}\]'|--group {image}-image) (.+)", dockerfile)
    assert match is not None, f"the Dockerfile installs no {image}"
    return " ".join(shlex.split(match[1]))


def test_the_operators_image_has_what_its_extra_and_the_core_need() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    group = set(project["dependency-groups"]["operator-image"])
    assert set(project["project"]["optional-dependencies"]["operator"]) <= group
    assert group <= {*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["operator"]}


@pytest.mark.parametrize("image", IMAGES)
def test_no_image_needs_the_files_that_it_omits(image: str) -> None:
    command = [sys.executable, "-c", WITHOUT, *IMAGES[image], left_out(image)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert answer.returncode == 0, answer.stderr


def test_arrow_loads_without_the_files_that_the_image_omits(tmp_path: Path) -> None:
    """The import hook above does not see shared libraries: this removes them from a copy."""
    shutil.copytree(Path(sysconfig.get_path("platlib"), "pyarrow"), tmp_path / "pyarrow")
    omitted = [name for name in left_out("services").split() if name.startswith("pyarrow/")]
    files = {file for name in omitted for file in tmp_path.glob(name)}
    assert len(files) > len(omitted)
    for file in files:
        shutil.rmtree(file) if file.is_dir() else file.unlink()
    code = "import pyarrow.compute, pyarrow.csv, pyarrow.parquet, pyarrow.fs as fs; print(fs.__file__, fs.S3FileSystem)"
    command = [sys.executable, "-c", code]
    answer = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, env={"PYTHONPATH": str(tmp_path)}
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith(str(tmp_path))
