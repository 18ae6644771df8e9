"""The page in Chromium below a path of its host: from the gateway, and from the page's nginx in front of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.scenario import PAGE, running_gateway
from tests.page_server import page_server
from tests.servers.process import LOOPBACK

BASE_PATH = "/maps/north"
Run = Callable[..., str]


def test_the_gateway_serves_the_page_below_its_base_path(run_at: Run, tmp_path: Path) -> None:
    with running_gateway(tmp_path, aircraft=300, interval_s=1, base_path=BASE_PATH) as (server, url):
        assert f"requests below {BASE_PATH}/" in run_at("base_path", server, url)


@pytest.mark.parametrize("gateway_path", ["", BASE_PATH])
def test_the_page_server_serves_one_build_below_any_path(run_at: Run, tmp_path: Path, gateway_path: str) -> None:
    """A gateway that does not know the path gets requests without it."""
    with running_gateway(tmp_path, aircraft=300, interval_s=1, base_path=gateway_path) as (server, url):
        gateway = url.removesuffix(f"{gateway_path}/")
        with page_server(tmp_path / "nginx", gateway, base_path=BASE_PATH, page=PAGE, has_policy=True) as port:
            printed = run_at("base_path", server, f"http://{LOOPBACK}:{port}{BASE_PATH}/")
    assert f"requests below {BASE_PATH}/" in printed
