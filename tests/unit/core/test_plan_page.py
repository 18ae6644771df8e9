"""The servers of the page's maps and overlays."""

from __future__ import annotations

import pytest

from flighttracker.plan_page import map_servers


@pytest.mark.parametrize(
    ("url", "servers"),
    [
        ("", []),
        ("/maps/europe.pmtiles", []),
        ("https://tiles.example/{z}/{x}/{y}.png?key=abc", ["https://tiles.example"]),
        ("https://{s}.tiles.example:8443/{z}/{x}/{y}.png", ["https://*.tiles.example:8443"]),
        ("http://user:password@tiles.example/{z}", ["http://tiles.example"]),
        ("https://a-{s}.tiles.example/{z}", []),
        ("https://tiles.example;script-src/{z}", []),
        ('https://tiles.example"/{z}', []),
        ("javascript:alert(1)/{z}", []),
        ("https:// *.example/{z}", []),
    ],
)
def test_the_origin_of_a_map_without_what_a_policy_cannot_contain(url: str, servers: list[str]) -> None:
    assert map_servers([url]) == servers


def test_each_server_is_listed_once() -> None:
    urls = ["https://b.example/1.kml", "https://a.example/{z}/{x}/{y}.png", "https://b.example/2.kml"]
    assert map_servers(urls) == ["https://a.example", "https://b.example"]
