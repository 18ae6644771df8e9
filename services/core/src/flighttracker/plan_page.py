"""Maps, overlays, receiver and photos of the page: from the resource to the gateway's settings, and their servers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from flighttracker.settings import BaseMapSettings, OverlaySettings, PhotoSettings
from flighttracker.spec import Web
from flighttracker.text import printable

_HOST: Final = re.compile(r"(\*\.)?[A-Za-z0-9.:-]+")


def plan_attribution(web: Web) -> str:
    """Return the attribution of the tiles."""
    return printable(web.tiles_attribution)


def plan_base_maps(web: Web) -> tuple[BaseMapSettings, ...]:
    """Return the further maps of the page."""
    return tuple(
        BaseMapSettings(name=printable(each.name), url=each.url, attribution=printable(each.attribution))
        for each in web.base_maps
    )


def plan_overlays(web: Web) -> tuple[OverlaySettings, ...]:
    """Return the overlays of the page."""
    return tuple(OverlaySettings(name=printable(each.name), url=each.url) for each in web.overlays)


def plan_receiver(web: Web) -> tuple[float, float, str] | None:
    """Return the receiver's latitude and longitude in degrees, and its name; None without one."""
    place = web.receiver
    return None if place is None else (place.latitude, place.longitude, printable(place.name))


def plan_photos(web: Web) -> PhotoSettings | None:
    """Return where the page finds photos; None without a server of photos."""
    photos = web.photos
    if photos is None:
        return None
    return PhotoSettings(url=photos.url, page_url=photos.page_url or "", attribution=printable(photos.attribution))


def map_servers(urls: Iterable[str]) -> list[str]:
    """Return the origins of the page's maps and overlays, each once, as a Content-Security-Policy contains them.

    Args:
        urls: of tiles and files. Paths on the page's host have no origin, and hosts that a policy cannot contain are
            left out.
    """
    origins = set[str]()
    for url in urls:
        place = urlsplit(re.sub(r"\{\w+\}", "*", url))
        host = place.netloc.rpartition("@")[2]
        # `{s}.tile.example.org` becomes a wildcard; a policy allows a star only as the first label.
        if place.scheme in ("http", "https") and _HOST.fullmatch(host):
            origins.add(f"{place.scheme}://{host}")
    return sorted(origins)


def page_urls(web: Web) -> list[str]:
    """Return the URLs from which browsers load maps and overlays."""
    return [web.tiles_url, *(each.url for each in web.base_maps), *(each.url for each in web.overlays)]
