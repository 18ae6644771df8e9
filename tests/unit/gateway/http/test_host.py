"""Which Host headers are valid; `tests/pipeline/test_gateway_problems.py` sends them to a gateway."""

from __future__ import annotations

from typing import Any, cast

import pytest

from flighttracker_gateway.http.host import host_mistake


@pytest.mark.parametrize(
    ("version", "hosts", "mistake"),
    [
        ("1.1", ["a.example"], ""),
        ("1.1", ["[::1]:8080"], ""),
        ("1.0", [], ""),
        ("1.1", [], "The header Host is missing."),
        ("1.0", ["a", "a"], "The header Host is repeated; send it once."),
        ("1.1", ["a\x00"], "The header Host is neither a host name nor an address, with an optional port."),
        ("1.1", ["a:port"], "The header Host is neither a host name nor an address, with an optional port."),
    ],
)
def test_a_request_has_one_host(version: str, hosts: list[str], mistake: str) -> None:
    scope: dict[str, Any] = {"http_version": version, "headers": [(b"host", host.encode()) for host in hosts]}
    assert host_mistake(cast("Any", scope)) == mistake
