"""The security headers of every answer, and the Content-Security-Policy of the page.

The page is a static export of Next.js, whose HTML holds small inline scripts. Their hashes are computed from the files
that are served, and the policy allows only these scripts, without `unsafe-inline`. Text that is injected into the page
(a callsign, an operator's name) therefore never runs. The policy of API answers allows nothing.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from flighttracker.plan_page import map_servers
from flighttracker.settings import GatewaySettings

_INLINE_SCRIPT: Final = re.compile(r"<script(?![^>]*\ssrc\s*=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_INLINE_STYLE: Final = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_DATA_TYPES: Final = (
    b"application/json",
    b"application/problem+json",
    b"application/geo+json",
    b"text/plain",
    b"text/event-stream",
    b"application/vnd.oai",
)
_API_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
_YEAR_S: Final = 31_536_000

_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(self), microphone=(), payment=(), usb=()"),
)


class SecurityPolicy:
    """Chooses the security headers of an answer.

    Args:
        settings: the directory of the page, the URLs of its maps, overlays and photos, and TLS.
    """

    def __init__(self, settings: GatewaySettings) -> None:
        self._directory = Path(settings.page_directory) if settings.page_directory else None
        maps = (settings.tiles_url, *(each.url for each in settings.base_maps))
        self._map_servers = map_servers((*maps, *(each.url for each in settings.overlays)))
        self._photo_servers = map_servers([settings.photos.url] if settings.photos else [])
        self._common = list(_HEADERS)
        if settings.tls is not None:
            self._common.append((b"strict-transport-security", f"max-age={_YEAR_S}".encode()))
        self._page_policy = ""
        self._page_version: object = None

    def headers(self, answer: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """Return the headers to add to an answer with these headers."""
        held = {name.lower(): value for name, value in answer}
        is_data = held.get(b"content-type", b"application/json").startswith(_DATA_TYPES)
        policy = _API_POLICY if is_data or self._directory is None else self._policy_of_page(self._directory)
        added = [*self._common, (b"content-security-policy", policy.encode())]
        if is_data and b"cache-control" not in held:
            added.append((b"cache-control", b"no-store"))
        return added

    def _policy_of_page(self, directory: Path) -> str:
        """Return the policy of the current build; `make web` may build the page again while the gateway runs."""
        try:
            status = (directory / "index.html").stat()
            version: object = (status.st_mtime_ns, status.st_size)
        except OSError:
            version = None
        if version != self._page_version or not self._page_policy:
            try:
                self._page_policy = page_policy(directory, self._map_servers, self._photo_servers)
            except FileNotFoundError:
                # A build removes files while they are read: the next answer reads them again.
                return self._page_policy or _API_POLICY
            self._page_version = version
        return self._page_policy


def page_policy(directory: Path, servers: Iterable[str], photo_servers: Iterable[str] = ()) -> str:
    """Return the Content-Security-Policy for a built page.

    Args:
        directory: where its HTML files are.
        servers: origins of the maps and overlays.
        photo_servers: origins of photos, which are images only.
    """
    documents = [path.read_text(encoding="utf-8") for path in sorted(directory.rglob("*.html"))]
    scripts = _hashes(_INLINE_SCRIPT, documents)
    styles = _hashes(_INLINE_STYLE, documents)
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *scripts)),
            " ".join(("style-src-elem 'self'", *styles)),
            # Attributes only, which cannot run anything; React writes some into the HTML.
            "style-src-attr 'unsafe-inline'",
            " ".join(("img-src 'self' data: blob:", *servers, *(set(photo_servers) - set(servers)))),
            " ".join(("connect-src 'self'", *servers)),
            "font-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self'",
        )
    )


def _hashes(pattern: re.Pattern[str], documents: Iterable[str]) -> list[str]:
    found = {content for document in documents for content in pattern.findall(document) if content}
    digests = (base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() for content in found)
    return sorted(f"'sha256-{digest}'" for digest in digests)
