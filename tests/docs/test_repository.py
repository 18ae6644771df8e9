"""Rules of the repository's layout: names that would break imports, the standard library or pytest."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_the_operator_folder_is_not_a_package() -> None:
    """The standard library has a module `operator`; an `__init__.py` would shadow it."""
    assert not (ROOT / "operator" / "__init__.py").exists()


def test_test_folders_are_not_packages() -> None:
    """pytest imports tests by path (`importlib`); a package would import them by name as well."""
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_tests_are_in_the_tests_folder() -> None:
    strays = [path for path in tracked_files() if path.name.startswith("test_") and path.suffix == ".py"]
    assert [path for path in strays if not path.is_relative_to(ROOT / "tests")] == []


def test_make_runs_every_folder_of_tests() -> None:
    """`make test` names its folders, so a new one must be named, too."""
    folders = {path.relative_to(ROOT).parts[1] for path in tracked_files() if path.match("tests/*/**/test_*.py")}
    folders |= {path.relative_to(ROOT).parts[1] for path in tracked_files() if path.match("tests/*/test_*.py")}
    recipes = re.findall(r"^\t\$\(PYTEST\)(.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert folders == set(re.findall(r"\btests/(\w+)", "".join(recipes)))


def test_names_of_test_files_are_unique() -> None:
    names = [path.name for path in tracked_files() if path.is_relative_to(ROOT / "tests") and path.suffix == ".py"]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


def test_fixtures_of_plugins_have_unique_names() -> None:
    """A plugin of one test module serves the whole session: of two with one name, the later hides the other."""
    texts = [
        path.read_text(encoding="utf-8")
        for path in tracked_files()
        if path.is_relative_to(ROOT / "tests") and path.suffix == ".py"
    ]
    plugins = {
        name
        for text in texts
        for names in re.findall(r"^pytest_plugins = \[(.*)\]", text, re.M)
        for name in re.findall(r'"([\w.]+)"', names)
    }
    fixture = re.compile(r"^@pytest\.fixture[^\n]*\n(?:async )?def (\w+)", re.M)
    names = [
        name for plugin in plugins for name in fixture.findall((ROOT / f"{plugin.replace('.', '/')}.py").read_text())
    ]
    assert len(plugins) > 3
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


def test_no_built_package_is_tracked() -> None:
    built = {".whl", ".tgz", ".gz", ".pyc", ".so"}
    assert [path for path in tracked_files() if path.suffix in built] == []


def test_modules_are_named_after_a_thing() -> None:
    vague = {"utils.py", "util.py", "common.py", "helpers.py", "misc.py"}
    assert [path for path in tracked_files() if path.name in vague] == []


def test_no_module_is_longer_than_350_lines() -> None:
    modules = [path for path in tracked_files() if path.suffix in {".py", ".ts", ".tsx"}]
    lengths = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in modules}
    assert {path: length for path, length in lengths.items() if length > 350} == {}


PACKAGES = {
    "gateway": "services/gateway/src/flighttracker_gateway",
    "historian": "services/historian/src/flighttracker_historian",
    "operator": "operator/src/flighttracker_operator",
    "generator": "services/generator/src/flighttracker_generator",
    "cli": "services/cli/src/flighttracker_cli",
    "core": "services/core/src/flighttracker",
}


def test_a_unit_test_is_in_the_folder_of_its_module() -> None:
    """Every folder of tests/unit/PACKAGE is a folder of the package."""
    strays = []
    for package, sources in PACKAGES.items():
        tests = ROOT / "tests" / "unit" / package
        folders = {path.parent.relative_to(tests) for path in tests.rglob("*.py")}
        strays += [f"{package}/{folder}" for folder in folders if not (ROOT / sources / folder).is_dir()]
    assert strays == []


def test_a_logger_has_one_spelling() -> None:
    sources = [path for path in tracked_files() if path.suffix == ".py" and "src" in path.parts]
    spelled = {
        path.relative_to(ROOT): re.findall(r"^(\w+).*= logging\.getLogger\(__name__\)", path.read_text(), re.M)
        for path in sources
    }
    assert {path: names for path, names in spelled.items() if names not in ([], ["_logger"])} == {}


def test_every_module_has_a_docstring() -> None:
    sources = [path for path in tracked_files() if path.suffix == ".py" and "src" in path.parts]
    silent = [path.relative_to(ROOT) for path in sources if not path.read_text(encoding="utf-8").startswith('"""')]
    assert silent == []
