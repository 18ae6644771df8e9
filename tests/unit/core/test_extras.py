from __future__ import annotations

import tomllib
from pathlib import Path

from flighttracker.extras import EXTRA_OF_MODULE, missing_extra

PROJECT = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))


def test_a_missing_optional_package_is_reported_with_the_command_that_installs_it() -> None:
    error = missing_extra(ModuleNotFoundError("No module named 'aiokafka'", name="aiokafka.admin"))
    assert str(error) == "the package aiokafka is not installed: run pip install 'flighttracker[kafka]'"


def test_another_missing_module_is_a_bug() -> None:
    assert missing_extra(ModuleNotFoundError("No module named 'flighttracker.x'", name="flighttracker.x")) is None
    assert missing_extra(ModuleNotFoundError("no name")) is None


def test_each_extra_installs_the_package_that_it_is_suggested_for() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    for module, extra in EXTRA_OF_MODULE.items():
        assert any(requirement.startswith(module) for requirement in extras[extra]), module
        assert not any(requirement.startswith(module) for requirement in PROJECT["project"]["dependencies"]), module
