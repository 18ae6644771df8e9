"""The servers of the page's maps and overlays."""

from __future__ import annotations

import pytest

from flighttracker.plan_page import (
    map_servers,
    plan_attribution,
    plan_base_maps,
    plan_overlays,
    plan_photos,
    plan_receiver,
)
from flighttracker.spec import Web


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


def test_no_name_on_the_page_has_hidden_characters() -> None:
    name, url = "a\u202eb\u2066", "/{z}/{x}/{y}.png"
    web = Web.model_validate(
        {
            "tilesAttribution": name,
            "baseMaps": ({"name": name, "url": url, "attribution": name},),
            "overlays": ({"name": name, "url": "/a.kml"},),
            "receiver": {"latitude": 50, "longitude": 8, "name": name},
            "photos": {"url": "https://photos.example/{icao24}", "attribution": name},
        }
    )
    receiver, photos = plan_receiver(web), plan_photos(web)
    assert receiver is not None
    assert photos is not None
    assert [(each.name, each.attribution) for each in plan_base_maps(web)] == [("ab", "ab")]
    assert plan_attribution(web) == "ab"
    assert [each.name for each in plan_overlays(web)] == ["ab"]
    assert (receiver[2], photos.attribution) == ("ab", "ab")
