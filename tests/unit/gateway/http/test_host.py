"""Which Host headers are valid; `tests/pipeline/test_gateway_problems.py` sends them to a gateway."""

from __future__ import annotations

from typing import Any, cast

import pytest

from flighttracker_gateway.http.host import host_mistake, is_answered


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


NAMES = frozenset({"localhost", "*.localhost", "map.example.org", "*.maps.example.org"})


@pytest.mark.parametrize(
    ("host", "is_own"),
    [
        ("localhost", True),
        ("LocalHost:8000", True),
        ("localhost.:8000", True),
        ("a.localhost:8000", True),
        ("127.0.0.1:8000", True),
        ("192.168.1.4", True),
        ("[::1]:8000", True),
        ("map.example.org", True),
        ("a.maps.example.org", True),
        ("maps.example.org", False),
        ("a.b.maps.example.org", False),
        ("localhost.example.org:8000", False),
        ("127.0.0.1.example.org:8000", False),
        ("example.org", False),
        ("example", False),
        (".", False),
    ],
)
def test_a_name_that_only_leads_here_is_no_own_name(host: str, is_own: bool) -> None:
    scope: Any = {"headers": [(b"host", host.encode())]}
    assert is_answered(scope, NAMES) is is_own
    assert is_answered(scope, frozenset())


def test_a_request_without_a_host_is_answered() -> None:
    assert is_answered(cast("Any", {"headers": []}), NAMES)
