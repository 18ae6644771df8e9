"""Tests of the connection to the API server."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from flighttracker.errors import StartError
from flighttracker_operator.cluster.api import connect


def kubeconfig(folder: Path, **cluster: str) -> Path:
    file = folder / "config"
    context = {"name": "a", "context": {"cluster": "a", "user": "a"}}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "a",
        "contexts": [context],
        "clusters": [{"name": "a", "cluster": {"server": "https://api.example.org:6443", **cluster}}],
        "users": [{"name": "a", "user": {"token": "t"}}],
    }
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("cluster", "environment", "expected"),
    [
        ({}, {}, None),
        ({}, {"HTTPS_PROXY": "http://proxy.test:3128"}, "http://proxy.test:3128"),
        ({}, {"HTTPS_PROXY": "http://proxy.test:3128", "NO_PROXY": ".example.org"}, None),
        ({"proxy-url": "http://own.test:1"}, {"HTTPS_PROXY": "http://proxy.test:3128"}, "http://own.test:1"),
    ],
)
async def test_the_api_server_of_a_kubeconfig_is_reached_through_the_proxy_as_kubectl_does(
    cluster: dict[str, str],
    environment: dict[str, str],
    expected: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTPS_PROXY", "NO_PROXY", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig(tmp_path, **cluster)))
    async with connect() as api:
        assert api.configuration.proxy == expected


async def test_a_proxy_that_cannot_be_used_stops_the_operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig(tmp_path)))
    monkeypatch.setenv("https_proxy", "socks5://proxy.test:1080")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(StartError, match="HTTPS_PROXY must be the URL of an HTTP proxy"):
        async with connect():
            pytest.fail("it connected")
