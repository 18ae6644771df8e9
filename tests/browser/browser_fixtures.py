"""One Chromium and one gateway for all browser tests, and functions that run a script of this folder in them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser.scenario import PAGE, ScenarioError, one_browser, run_script, running_gateway
from tests.servers.process import ServerProcess

NODE_MODULES = PAGE.parent / "node_modules"
SCENARIOS = Path(__file__).parent


@pytest.fixture(scope="session", name="environment")
def browser_environment() -> Iterator[dict[str, str]]:
    """Yield the environment variables of a script, with a browser that runs during all tests."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    missing = [
        name
        for name, is_there in {
            "node": shutil.which("node") is not None,
            "chromium (or CHROMIUM=path)": chromium is not None,
            "web/node_modules (npm ci)": (NODE_MODULES / "playwright-core").is_dir(),
            "web/node_modules/axe-core (npm ci)": (NODE_MODULES / "axe-core").is_dir(),
            "web/out (make web)": (PAGE / "index.html").is_file(),
        }.items()
        if not is_there
    ]
    if missing:
        pytest.skip(f"missing: {', '.join(missing)}")
    environment = {**os.environ, "CHROMIUM": str(chromium)}
    with one_browser(environment) as endpoint:
        yield {**environment, "BROWSER": endpoint}


@pytest.fixture(scope="session", name="run_at")
def scenario_runner(environment: dict[str, str]) -> Callable[..., str]:
    """Return a function that runs a script against a gateway and returns its output."""

    def run(scenario: str, server: ServerProcess, url: str, **variables: str) -> str:
        try:
            output = run_script(SCENARIOS / f"{scenario}.mjs", server, {**environment, "PAGE_URL": url, **variables})
        except ScenarioError as error:
            pytest.fail(str(error), pytrace=False)
        print(output)
        return output

    return run


@pytest.fixture(scope="session", name="run")
def shared_gateway_runner(
    run_at: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., str]]:
    """Yield a function that runs a script against the shared gateway: 3,000 aircraft, one position each in 3 s."""
    with running_gateway(tmp_path_factory.mktemp("gateway"), aircraft=3_000, interval_s=3) as (server, url):

        def run(scenario: str, **variables: str) -> str:
            return run_at(scenario, server, url, **variables)

        yield run
