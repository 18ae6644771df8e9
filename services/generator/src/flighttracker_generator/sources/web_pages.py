"""Recognizes web pages among the answers of a source, and guesses the address that is meant. Pure."""

from __future__ import annotations

from typing import Final
from urllib.parse import urljoin, urlsplit

_HTML_BEGINNINGS: Final = (b"<!doctype html", b"<html", b"<head", b"<?xml", b"<!--", b"<script", b"<body")
_PAGES: Final = ("", "index.html", "index.htm", "index.php", "gmap.html", "map")


def is_web_page(content_type: str, body: bytes | bytearray) -> bool:
    """Return whether an answer is HTML, whatever its server calls it."""
    beginning = bytes(body[:64]).removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if content_type in ("text/html", "application/xhtml+xml"):
        return not beginning.startswith((b"{", b"["))
    return beginning.startswith(_HTML_BEGINNINGS)


def receiver_hint(url: str) -> str:
    """Return which addresses are probably meant by the address of a receiver's page, as the end of a sentence."""
    parts = urlsplit(url)
    host = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    folder, _, page = parts.path.rpartition("/")
    if page and page not in _PAGES and "." not in page:
        folder, page = parts.path, ""  # http://pi/tar1090, without the slash at the end
    if page not in _PAGES:
        return ""
    guesses = [urljoin(f"{host}{folder}/", "data/aircraft.json")]
    if not folder.strip("/"):
        guesses += [f"{host}/tar1090/data/aircraft.json", f"{host}/skyaware/data/aircraft.json"]
    return f"; the aircraft are probably at {' or '.join(guesses)}"


def usual_places(url: str) -> str:
    """Return where receivers have the file of a URL that does not exist, as the end of a sentence; empty for others."""
    parts = urlsplit(url)
    # The paths of networks are longer.
    if not parts.path.endswith("/aircraft.json") and "/" in parts.path.strip("/"):
        return ""
    host = parts.netloc.rpartition("@")[2]
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    places = (
        f"{parts.scheme}://{host}/tar1090/data/aircraft.json",
        f"{parts.scheme}://{host}/skyaware/data/aircraft.json",
        f"http://{name}:8080/data/aircraft.json",
    )
    return f"; receivers usually have it at {' or '.join(place for place in places if place != url)}"
