"""The page in Chromium under the Content-Security-Policy that the gateway gives it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.browser.scenario import running_gateway


def test_the_policy_blocks_injected_scripts_and_nothing_of_the_page(run_at: Callable[..., str], tmp_path: Path) -> None:
    with running_gateway(tmp_path, aircraft=500, interval_s=1) as (server, url):
        printed = run_at("policy", server, url)
    assert "script-src-elem inline" in printed
    assert "script-src-attr inline" in printed
    assert "connect-src https://elsewhere.example" in printed
